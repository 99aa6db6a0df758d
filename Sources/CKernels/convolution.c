// Images as columns of windows, so that convolutions are matrix products, and back.
#include <string.h>

#include "CKernels.h"

static ptrdiff_t ceil_div(ptrdiff_t a, ptrdiff_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

/// The outputs whose element at `shift` from the window's start lies in 0..<length: from *low up to, not including, *high.
static void inside(ptrdiff_t shift, ptrdiff_t stride, ptrdiff_t length, ptrdiff_t outputs, ptrdiff_t *low,
                   ptrdiff_t *high) {
  ptrdiff_t first = ceil_div(-shift, stride), past = ceil_div(length - shift, stride);
  *low = first < 0 ? 0 : first > outputs ? outputs : first;
  *high = past < *low ? *low : past > outputs ? outputs : past;
}

#define COLUMNS(NAME, T)                                                                                             \
  static void im2col_##NAME(const struct ck_window *g, const T *image, T *out) {                                     \
    for (ptrdiff_t c = 0; c < g->channels; c++)                                                                      \
      for (ptrdiff_t ky = 0; ky < g->kernel_h; ky++)                                                                 \
        for (ptrdiff_t kx = 0; kx < g->kernel_w; kx++) {                                                             \
          ptrdiff_t shift = kx * g->dilation_w - g->pad_w, low, high;                                                \
          inside(shift, g->stride_w, g->width, g->out_w, &low, &high);                                               \
          for (ptrdiff_t oy = 0; oy < g->out_h; oy++, out += g->out_w) {                                             \
            ptrdiff_t y = oy * g->stride_h + ky * g->dilation_h - g->pad_h;                                          \
            if (y < 0 || y >= g->height) {                                                                           \
              memset(out, 0, (size_t)g->out_w * sizeof(T));                                                          \
              continue;                                                                                              \
            }                                                                                                        \
            const T *row = image + (c * g->height + y) * g->width + shift;                                           \
            for (ptrdiff_t x = 0; x < low; x++) out[x] = 0;                                                          \
            if (g->stride_w == 1) {                                                                                  \
              if (high > low) memcpy(out + low, row + low, (size_t)(high - low) * sizeof(T));                        \
            } else {                                                                                                 \
              for (ptrdiff_t x = low; x < high; x++) out[x] = row[x * g->stride_w];                                  \
            }                                                                                                        \
            for (ptrdiff_t x = high; x < g->out_w; x++) out[x] = 0;                                                  \
          }                                                                                                          \
        }                                                                                                            \
  }                                                                                                                  \
  static void col2im_##NAME(const struct ck_window *g, const T *in, T *image) {                                      \
    for (ptrdiff_t c = 0; c < g->channels; c++)                                                                      \
      for (ptrdiff_t ky = 0; ky < g->kernel_h; ky++)                                                                 \
        for (ptrdiff_t kx = 0; kx < g->kernel_w; kx++) {                                                             \
          ptrdiff_t shift = kx * g->dilation_w - g->pad_w, low, high;                                                \
          inside(shift, g->stride_w, g->width, g->out_w, &low, &high);                                               \
          for (ptrdiff_t oy = 0; oy < g->out_h; oy++, in += g->out_w) {                                              \
            ptrdiff_t y = oy * g->stride_h + ky * g->dilation_h - g->pad_h;                                          \
            if (y < 0 || y >= g->height) continue;                                                                   \
            T *row = image + (c * g->height + y) * g->width + shift;                                                 \
            if (g->stride_w == 1) {                                                                                  \
              for (ptrdiff_t x = low; x < high; x++) row[x] += in[x];                                                \
            } else {                                                                                                 \
              for (ptrdiff_t x = low; x < high; x++) row[x * g->stride_w] += in[x];                                  \
            }                                                                                                        \
          }                                                                                                          \
        }                                                                                                            \
  }

COLUMNS(f32, float)
COLUMNS(f64, double)

void ck_im2col(int type, const struct ck_window *window, const void *image, void *columns) {
  if (type == CK_F32) im2col_f32(window, image, columns);
  else im2col_f64(window, image, columns);
}

void ck_col2im(int type, const struct ck_window *window, const void *columns, void *image) {
  if (type == CK_F32) col2im_f32(window, columns, image);
  else col2im_f64(window, columns, image);
}
