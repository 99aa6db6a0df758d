#pragma once
#include <stddef.h>
#include <stdint.h>

/// How windows move over images [channels, height, width], which lie `image_stride` elements apart. All windows lie in
/// the padded image.
struct ck_window {
  ptrdiff_t images, image_stride, channels, height, width, kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w,
      dilation_h, dilation_w, out_h, out_w;
};

/// Writes each window as a column of [channels * kernel_h * kernel_w, images * out_h * out_w]; outside an image are
/// zeros. F32 or F64.
void ck_im2col(int type, const struct ck_window *window, const void *images, void *columns);
/// Adds the columns to where in the images they come from.
void ck_col2im(int type, const struct ck_window *window, const void *columns, void *images);
/// Copies runs of `bytes`, one for each row and column; all distances are in bytes.
void ck_copy_runs(size_t bytes, size_t rows, size_t columns, const void *from, size_t from_row, size_t from_column,
                  void *to, size_t to_row, size_t to_column);

/// Adds numbers[r] to the `length` elements of run r of each image; runs follow each other. F32 or F64.
void ck_add_to_runs(int type, size_t images, size_t image_stride, size_t runs, size_t length, const double *numbers,
                    void *out);

/// Pooling of `planes` images [height, width]: output [i, j] looks at rows rows[2i]..<rows[2i + 1], columns
/// columns[2j]..<columns[2j + 1], in steps of `step_h` and `step_w`; no window is empty.
struct ck_pool {
  size_t planes;
  ptrdiff_t height, width, out_h, out_w, step_h, step_w;
  const int64_t *rows, *columns;
};

/// The largest element of each window; NaN wins.
void ck_pool_max(int type, const struct ck_pool *pool, const void *in, void *out);
/// The positions in their image of the first of the largest elements.
void ck_pool_positions(int type, const struct ck_pool *pool, const void *in, int32_t *out);
/// Adds out [p] to in [positions[p]], or copies the other way.
void ck_pool_scatter(int type, const struct ck_pool *pool, const int32_t *positions, const void *out, void *in);
void ck_pool_gather(int type, const struct ck_pool *pool, const int32_t *positions, const void *in, void *out);
/// The sums of windows times row_weights[i] * column_weights[j]; or adds out, so weighted, to all elements of the window.
void ck_pool_sum(int type, const struct ck_pool *pool, const double *row_weights, const double *column_weights,
                 const void *in, void *out);
void ck_pool_spread(int type, const struct ck_pool *pool, const double *row_weights, const double *column_weights,
                    const void *out, void *in);
