#pragma once
#include <stddef.h>
#include <stdint.h>

// Numbers that may need several tries each. Element i tries blocks i * 2^16, i * 2^16 + 1, … of a stream of its own, so
// that it depends on nothing but its position. A parameter is read at `i * step` elements; a step of 0 repeats it.

/// Whole numbers from `low`, `width` of them (0 for all 2^64), without bias.
void ck_integers(uint64_t key, uint64_t stream, size_t n, int64_t low, uint64_t width, int64_t *out);
/// Gamma numbers of scale 1, for shapes of 0 or more.
void ck_gamma(uint64_t key, uint64_t stream, size_t n, const double *shape, size_t step, double *out);
/// Beta numbers for positive parameters.
void ck_beta(uint64_t key, uint64_t stream, size_t n, const double *a, size_t a_step, const double *b, size_t b_step,
             double *out);
/// Poisson numbers for rates of 0 or more.
void ck_poisson(uint64_t key, uint64_t stream, size_t n, const double *rate, size_t step, int64_t *out);
/// How many of `trials` succeed, each with a probability in [0, 1].
void ck_binomial(uint64_t key, uint64_t stream, size_t n, const int64_t *trials, size_t trials_step, const double *p,
                 size_t p_step, int64_t *out);
/// Standard normal numbers between two bounds.
void ck_truncated_normal(uint64_t key, uint64_t stream, size_t n, double low, double high, double *out);
/// For each of `rows` rows of `k` weights, `n` positions by weight; `sums` has room for k.
void ck_categorical(uint64_t key, uint64_t stream, size_t rows, size_t k, size_t n, const double *weights, double *sums,
                    int64_t *out);
