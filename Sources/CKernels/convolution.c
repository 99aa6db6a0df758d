// Images as columns of windows, so that convolutions are matrix products, and back.
#include <string.h>

#include "CKernels.h"
#include "threads.h"

/// Planes [height, width] are dealt with one by one: plane `c` of image `i` fills rows c * kernel ... and columns
/// i * places ... of the matrix.
struct job {
  const struct ck_window *window;
  const void *from;
  void *to;
  size_t parts;
};

/// Rows of lengths that images often have are copied or added as vectors rather than by calls.
#define WITH_LENGTH(LENGTH, ROW) \
  switch (LENGTH) {              \
    case 2: ROW(2) break;        \
    case 4: ROW(4) break;        \
    case 7: ROW(7) break;        \
    case 8: ROW(8) break;        \
    case 14: ROW(14) break;      \
    case 16: ROW(16) break;      \
    case 32: ROW(32) break;      \
    default: ROW(LENGTH)         \
  }

#define GET_ROWS(N)                                                             \
  for (ptrdiff_t y = 0; y < g->out_h; y++, out += (N), in += g->stride_h * row) \
    memcpy(out, in, (size_t)(N) * sizeof(*out));

#define ADD_ROWS(N)                                                             \
  for (ptrdiff_t y = 0; y < g->out_h; y++, in += (N), out += g->stride_h * row) \
    for (ptrdiff_t x = 0; x < (N); x++) out[x] += in[x];

#define COLUMNS(NAME, T)                                                                                          \
  /* The windows of a padded plane, as rows that lie `line` elements apart. */                                    \
  static void get_##NAME(const struct ck_window *g, const T *plane, ptrdiff_t row, T *columns, ptrdiff_t line) {  \
    for (ptrdiff_t ky = 0; ky < g->kernel_h; ky++)                                                                \
      for (ptrdiff_t kx = 0; kx < g->kernel_w; kx++, columns += line) {                                           \
        const T *in = plane + ky * g->dilation_h * row + kx * g->dilation_w;                                      \
        T *out = columns;                                                                                         \
        if (g->stride_w == 1) {                                                                                   \
          WITH_LENGTH(g->out_w, GET_ROWS)                                                                         \
        } else {                                                                                                  \
          for (ptrdiff_t y = 0; y < g->out_h; y++, out += g->out_w, in += g->stride_h * row)                      \
            for (ptrdiff_t x = 0; x < g->out_w; x++) out[x] = in[x * g->stride_w];                                \
        }                                                                                                         \
      }                                                                                                           \
  }                                                                                                               \
  static void add_##NAME(const struct ck_window *g, const T *columns, ptrdiff_t line, T *plane, ptrdiff_t row) {  \
    for (ptrdiff_t ky = 0; ky < g->kernel_h; ky++)                                                                \
      for (ptrdiff_t kx = 0; kx < g->kernel_w; kx++, columns += line) {                                           \
        T *restrict out = plane + ky * g->dilation_h * row + kx * g->dilation_w;                                  \
        const T *restrict in = columns;                                                                           \
        if (g->stride_w == 1) {                                                                                   \
          WITH_LENGTH(g->out_w, ADD_ROWS)                                                                         \
        } else {                                                                                                  \
          for (ptrdiff_t y = 0; y < g->out_h; y++, in += g->out_w, out += g->stride_h * row)                      \
            for (ptrdiff_t x = 0; x < g->out_w; x++) out[x * g->stride_w] += in[x];                               \
        }                                                                                                         \
      }                                                                                                           \
  }                                                                                                               \
  static void im2col_##NAME(void *context, size_t part) {                                                         \
    const struct job *job = context;                                                                              \
    const struct ck_window *g = job->window;                                                                      \
    ptrdiff_t row = g->width + 2 * g->pad_w, rows = g->height + 2 * g->pad_h, places = g->out_h * g->out_w;       \
    ptrdiff_t line = g->images * places, kernel = g->kernel_h * g->kernel_w;                                      \
    size_t planes = (size_t)(g->images * g->channels), bytes = (size_t)(rows * row) * sizeof(T);                  \
    T *padded = g->pad_h == 0 && g->pad_w == 0 ? 0 : ck_allocate(bytes);                                          \
    if (padded) memset(padded, 0, bytes);                                                                         \
    for (size_t k = planes * part / job->parts; k < planes * (part + 1) / job->parts; k++) {                      \
      ptrdiff_t c = (ptrdiff_t)k / g->images, i = (ptrdiff_t)k % g->images;                                       \
      const T *plane = (const T *)job->from + i * g->image_stride + c * g->height * g->width;                     \
      if (padded)                                                                                                 \
        for (ptrdiff_t y = 0; y < g->height; y++)                                                                 \
          memcpy(padded + (y + g->pad_h) * row + g->pad_w, plane + y * g->width, (size_t)g->width * sizeof(T));   \
      get_##NAME(g, padded ? padded : plane, row, (T *)job->to + c * kernel * line + i * places, line);           \
    }                                                                                                             \
    if (padded) ck_release(padded, bytes);                                                                        \
  }                                                                                                               \
  static void col2im_##NAME(void *context, size_t part) {                                                         \
    const struct job *job = context;                                                                              \
    const struct ck_window *g = job->window;                                                                      \
    ptrdiff_t row = g->width + 2 * g->pad_w, rows = g->height + 2 * g->pad_h, places = g->out_h * g->out_w;       \
    ptrdiff_t line = g->images * places, kernel = g->kernel_h * g->kernel_w;                                      \
    size_t planes = (size_t)(g->images * g->channels), bytes = (size_t)(rows * row) * sizeof(T);                  \
    T *padded = g->pad_h == 0 && g->pad_w == 0 ? 0 : ck_allocate(bytes);                                          \
    for (size_t k = planes * part / job->parts; k < planes * (part + 1) / job->parts; k++) {                      \
      ptrdiff_t c = (ptrdiff_t)k / g->images, i = (ptrdiff_t)k % g->images;                                       \
      T *plane = (T *)job->to + i * g->image_stride + c * g->height * g->width;                                   \
      const T *columns = (const T *)job->from + c * kernel * line + i * places;                                   \
      if (!padded) {                                                                                              \
        add_##NAME(g, columns, line, plane, row);                                                                 \
        continue;                                                                                                 \
      }                                                                                                           \
      memset(padded, 0, bytes);                                                                                   \
      add_##NAME(g, columns, line, padded, row);                                                                  \
      for (ptrdiff_t y = 0; y < g->height; y++) {                                                                 \
        const T *in = padded + (y + g->pad_h) * row + g->pad_w;                                                   \
        for (ptrdiff_t x = 0; x < g->width; x++) plane[y * g->width + x] += in[x];                                \
      }                                                                                                           \
    }                                                                                                             \
    if (padded) ck_release(padded, bytes);                                                                        \
  }

COLUMNS(f32, float)
COLUMNS(f64, double)

/// Shares the planes out between threads if they are many.
static void run(const struct ck_window *g, const void *from, void *to, void (*part)(void *, size_t)) {
  size_t planes = (size_t)(g->images * g->channels);
  if (planes == 0) return;
  double elements = (double)planes * (double)(g->kernel_h * g->kernel_w * g->out_h * g->out_w);
  size_t parts = ck_parallel_parts(0.4 * elements);
  struct job job = {.window = g, .from = from, .to = to, .parts = parts < planes ? parts : planes};
  ck_parallel(job.parts, part, &job);
}

void ck_im2col(int type, const struct ck_window *window, const void *images, void *columns) {
  run(window, images, columns, type == CK_F32 ? im2col_f32 : im2col_f64);
}

void ck_col2im(int type, const struct ck_window *window, const void *columns, void *images) {
  run(window, columns, images, type == CK_F32 ? col2im_f32 : col2im_f64);
}

void ck_copy_runs(size_t bytes, size_t rows, size_t columns, const void *from, size_t from_row, size_t from_column,
                  void *to, size_t to_row, size_t to_column) {
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < columns; c++)
      memcpy((char *)to + r * to_row + c * to_column, (const char *)from + r * from_row + c * from_column, bytes);
}

#define ADD_TO_RUNS(T)                                              \
  for (size_t i = 0; i < images; i++)                               \
    for (size_t r = 0; r < runs; r++) {                             \
      T *run = (T *)out + i * image_stride + r * length, number = (T)numbers[r]; \
      for (size_t k = 0; k < length; k++) run[k] += number;         \
    }

void ck_add_to_runs(int type, size_t images, size_t image_stride, size_t runs, size_t length, const double *numbers,
                    void *out) {
  if (type == CK_F32) {
    ADD_TO_RUNS(float)
  } else {
    ADD_TO_RUNS(double)
  }
}
