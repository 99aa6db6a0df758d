// Pooling: the largest element or the weighted sum of each window, and the ways back. Planes are shared out to threads.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"
#include "threads.h"

struct job {
  const struct ck_pool *pool;
  size_t parts;
  bool halves;
  const double *row_weights, *column_weights;
  const int32_t *positions;
  int32_t *found;
  const void *from;
  void *to;
};

/// Whether the windows are 2 by 2, next to each other.
static bool is_halving(const struct ck_pool *p) {
  if (p->step_h != 1 || p->step_w != 1) return false;
  for (ptrdiff_t i = 0; i < p->out_h; i++)
    if (p->rows[2 * i] != 2 * i || p->rows[2 * i + 1] != 2 * i + 2) return false;
  for (ptrdiff_t j = 0; j < p->out_w; j++)
    if (p->columns[2 * j] != 2 * j || p->columns[2 * j + 1] != 2 * j + 2) return false;
  return true;
}

/// Rows of a window first, which works on whole rows; then columns.
#define PER_PLANE(NAME, T)                                                                                          \
  static void max_##NAME(const struct ck_pool *p, const T *in, T *out, T *line) {                                   \
    for (ptrdiff_t i = 0; i < p->out_h; i++, out += p->out_w) {                                                     \
      const T *row = in + p->rows[2 * i] * p->width;                                                                \
      memcpy(line, row, (size_t)p->width * sizeof(T));                                                              \
      for (ptrdiff_t y = p->rows[2 * i] + p->step_h; y < p->rows[2 * i + 1]; y += p->step_h) {                      \
        row = in + y * p->width;                                                                                    \
        for (ptrdiff_t x = 0; x < p->width; x++) line[x] = row[x] > line[x] || row[x] != row[x] ? row[x] : line[x]; \
      }                                                                                                             \
      for (ptrdiff_t j = 0; j < p->out_w; j++) {                                                                    \
        T best = line[p->columns[2 * j]];                                                                           \
        for (ptrdiff_t x = p->columns[2 * j] + p->step_w; x < p->columns[2 * j + 1]; x += p->step_w)                \
          best = line[x] > best || line[x] != line[x] ? line[x] : best;                                             \
        out[j] = best;                                                                                              \
      }                                                                                                             \
    }                                                                                                               \
  }                                                                                                                 \
  /* Windows of 2 by 2 next to each other, without branches. */                                                     \
  static void max2_##NAME(const struct ck_pool *p, const T *in, T *out) {                                           \
    for (ptrdiff_t i = 0; i < p->out_h; i++, out += p->out_w) {                                                     \
      const T *top = in + 2 * i * p->width, *low = top + p->width;                                                  \
      for (ptrdiff_t j = 0; j < p->out_w; j++) {                                                                    \
        T a = top[2 * j], b = top[2 * j + 1], c = low[2 * j], d = low[2 * j + 1];                                   \
        T best = ((b > a) | (b != b)) ? b : a, other = ((d > c) | (d != d)) ? d : c;                                \
        out[j] = ((other > best) | (other != other)) ? other : best;                                                \
      }                                                                                                             \
    }                                                                                                               \
  }                                                                                                                 \
  static void positions2_##NAME(const struct ck_pool *p, const T *in, int32_t *out) {                               \
    for (ptrdiff_t i = 0; i < p->out_h; i++, out += p->out_w) {                                                     \
      const T *top = in + 2 * i * p->width, *low = top + p->width;                                                  \
      int32_t at = (int32_t)(2 * i * p->width), below = at + (int32_t)p->width;                                     \
      for (ptrdiff_t j = 0; j < p->out_w; j++) {                                                                    \
        T a = top[2 * j], b = top[2 * j + 1], c = low[2 * j], d = low[2 * j + 1];                                   \
        int32_t x = (int32_t)(2 * j), right = (b > a) | ((b != b) & (a == a)), lower = (d > c) | ((d != d) & (c == c)); \
        T best = right ? b : a, other = lower ? d : c;                                                              \
        int32_t down = (other > best) | ((other != other) & (best == best));                                        \
        out[j] = down ? below + x + lower : at + x + right;                                                         \
      }                                                                                                             \
    }                                                                                                               \
  }                                                                                                                 \
  static void positions_##NAME(const struct ck_pool *p, const T *in, int32_t *out) {                                \
    for (ptrdiff_t i = 0; i < p->out_h; i++)                                                                        \
      for (ptrdiff_t j = 0; j < p->out_w; j++, out++) {                                                             \
        ptrdiff_t at = p->rows[2 * i] * p->width + p->columns[2 * j];                                               \
        T best = in[at];                                                                                            \
        for (ptrdiff_t y = p->rows[2 * i]; y < p->rows[2 * i + 1]; y += p->step_h)                                  \
          for (ptrdiff_t x = p->columns[2 * j]; x < p->columns[2 * j + 1]; x += p->step_w) {                        \
            T v = in[y * p->width + x];                                                                             \
            if (v > best || (v != v && best == best)) {                                                             \
              best = v;                                                                                             \
              at = y * p->width + x;                                                                                \
            }                                                                                                       \
          }                                                                                                         \
        *out = (int32_t)at;                                                                                         \
      }                                                                                                             \
  }                                                                                                                 \
  static void part_max_##NAME(void *context, size_t part) {                                                         \
    const struct job *j = context;                                                                                  \
    const struct ck_pool *p = j->pool;                                                                              \
    size_t area = (size_t)(p->height * p->width), out = (size_t)(p->out_h * p->out_w);                              \
    T *line = ck_allocate((size_t)p->width * sizeof(T));                                                            \
    for (size_t k = p->planes * part / j->parts; k < p->planes * (part + 1) / j->parts; k++)                        \
      if (j->halves) max2_##NAME(p, (const T *)j->from + k * area, (T *)j->to + k * out);                           \
      else max_##NAME(p, (const T *)j->from + k * area, (T *)j->to + k * out, line);                                \
    ck_release(line, (size_t)p->width * sizeof(T));                                                                 \
  }                                                                                                                 \
  static void part_positions_##NAME(void *context, size_t part) {                                                   \
    const struct job *j = context;                                                                                  \
    const struct ck_pool *p = j->pool;                                                                              \
    size_t area = (size_t)(p->height * p->width), out = (size_t)(p->out_h * p->out_w);                              \
    for (size_t k = p->planes * part / j->parts; k < p->planes * (part + 1) / j->parts; k++)                        \
      if (j->halves) positions2_##NAME(p, (const T *)j->from + k * area, j->found + k * out);                       \
      else positions_##NAME(p, (const T *)j->from + k * area, j->found + k * out);                                  \
  }                                                                                                                 \
  static void part_scatter_##NAME(void *context, size_t part) {                                                     \
    const struct job *j = context;                                                                                  \
    const struct ck_pool *p = j->pool;                                                                              \
    size_t area = (size_t)(p->height * p->width), out = (size_t)(p->out_h * p->out_w);                              \
    for (size_t k = p->planes * part / j->parts; k < p->planes * (part + 1) / j->parts; k++)                        \
      for (size_t i = 0; i < out; i++)                                                                              \
        ((T *)j->to)[k * area + (size_t)j->positions[k * out + i]] += ((const T *)j->from)[k * out + i];            \
  }                                                                                                                 \
  static void part_gather_##NAME(void *context, size_t part) {                                                      \
    const struct job *j = context;                                                                                  \
    const struct ck_pool *p = j->pool;                                                                              \
    size_t area = (size_t)(p->height * p->width), out = (size_t)(p->out_h * p->out_w);                              \
    for (size_t k = p->planes * part / j->parts; k < p->planes * (part + 1) / j->parts; k++)                        \
      for (size_t i = 0; i < out; i++)                                                                              \
        ((T *)j->to)[k * out + i] = ((const T *)j->from)[k * area + (size_t)j->positions[k * out + i]];             \
  }                                                                                                                 \
  static void part_sum_##NAME(void *context, size_t part) {                                                         \
    const struct job *j = context;                                                                                  \
    const struct ck_pool *p = j->pool;                                                                              \
    size_t area = (size_t)(p->height * p->width);                                                                   \
    T *line = ck_allocate((size_t)p->width * sizeof(T));                                                            \
    for (size_t k = p->planes * part / j->parts; k < p->planes * (part + 1) / j->parts; k++) {                      \
      const T *in = (const T *)j->from + k * area;                                                                  \
      T *out = (T *)j->to + k * (size_t)(p->out_h * p->out_w);                                                      \
      for (ptrdiff_t i = 0; i < p->out_h; i++, out += p->out_w) {                                                   \
        memset(line, 0, (size_t)p->width * sizeof(T));                                                              \
        for (ptrdiff_t y = p->rows[2 * i]; y < p->rows[2 * i + 1]; y += p->step_h)                                  \
          for (ptrdiff_t x = 0; x < p->width; x++) line[x] += in[y * p->width + x];                                 \
        for (ptrdiff_t o = 0; o < p->out_w; o++) {                                                                  \
          T sum = 0;                                                                                                \
          for (ptrdiff_t x = p->columns[2 * o]; x < p->columns[2 * o + 1]; x += p->step_w) sum += line[x];          \
          out[o] = sum * (T)(j->row_weights[i] * j->column_weights[o]);                                             \
        }                                                                                                           \
      }                                                                                                             \
    }                                                                                                               \
    ck_release(line, (size_t)p->width * sizeof(T));                                                                 \
  }                                                                                                                 \
  static void part_spread_##NAME(void *context, size_t part) {                                                      \
    const struct job *j = context;                                                                                  \
    const struct ck_pool *p = j->pool;                                                                              \
    size_t area = (size_t)(p->height * p->width);                                                                   \
    for (size_t k = p->planes * part / j->parts; k < p->planes * (part + 1) / j->parts; k++) {                      \
      const T *from = (const T *)j->from + k * (size_t)(p->out_h * p->out_w);                                       \
      T *to = (T *)j->to + k * area;                                                                                \
      for (ptrdiff_t i = 0; i < p->out_h; i++)                                                                      \
        for (ptrdiff_t o = 0; o < p->out_w; o++) {                                                                  \
          T share = from[i * p->out_w + o] * (T)(j->row_weights[i] * j->column_weights[o]);                         \
          for (ptrdiff_t y = p->rows[2 * i]; y < p->rows[2 * i + 1]; y += p->step_h)                                \
            for (ptrdiff_t x = p->columns[2 * o]; x < p->columns[2 * o + 1]; x += p->step_w)                        \
              to[y * p->width + x] += share;                                                                        \
        }                                                                                                           \
    }                                                                                                               \
  }

PER_PLANE(f32, float)
PER_PLANE(f64, double)

/// Shares the planes out; an element takes about so many nanoseconds.
static void run(struct job *job, double nanoseconds, void (*part)(void *, size_t)) {
  const struct ck_pool *p = job->pool;
  if (p->planes == 0 || p->out_h == 0 || p->out_w == 0) return;
  size_t parts = ck_parallel_parts(nanoseconds * (double)p->planes * (double)(p->height * p->width));
  job->parts = parts < p->planes ? parts : p->planes;
  ck_parallel(job->parts, part, job);
}

#define CHOOSE(PART) (type == CK_F32 ? PART##_f32 : PART##_f64)

void ck_pool_max(int type, const struct ck_pool *pool, const void *in, void *out) {
  struct job job = {.pool = pool, .halves = is_halving(pool), .from = in, .to = out};
  run(&job, 0.5, CHOOSE(part_max));
}

void ck_pool_positions(int type, const struct ck_pool *pool, const void *in, int32_t *out) {
  struct job job = {.pool = pool, .halves = is_halving(pool), .from = in, .found = out};
  run(&job, 2, CHOOSE(part_positions));
}

void ck_pool_scatter(int type, const struct ck_pool *pool, const int32_t *positions, const void *out, void *in) {
  struct job job = {.pool = pool, .positions = positions, .from = out, .to = in};
  run(&job, 0.5, CHOOSE(part_scatter));
}

void ck_pool_gather(int type, const struct ck_pool *pool, const int32_t *positions, const void *in, void *out) {
  struct job job = {.pool = pool, .positions = positions, .from = in, .to = out};
  run(&job, 0.5, CHOOSE(part_gather));
}

void ck_pool_sum(int type, const struct ck_pool *pool, const double *row_weights, const double *column_weights,
                 const void *in, void *out) {
  struct job job = {
      .pool = pool, .row_weights = row_weights, .column_weights = column_weights, .from = in, .to = out};
  run(&job, 1, CHOOSE(part_sum));
}

void ck_pool_spread(int type, const struct ck_pool *pool, const double *row_weights, const double *column_weights,
                    const void *out, void *in) {
  struct job job = {
      .pool = pool, .row_weights = row_weights, .column_weights = column_weights, .from = out, .to = in};
  run(&job, 1, CHOOSE(part_spread));
}
