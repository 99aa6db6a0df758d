#pragma once
// LAPACK by its own (Fortran) interface, which OpenBLAS exports beside BLAS.
//
// Matrices are column-major here. Each wrapper calls the single or the double routine, finds and frees the workspace,
// and returns LAPACK's `info`, or `LAPACK_NO_MEMORY`.
#include <cblas.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define LAPACK_NO_MEMORY (-9999)

// Fortran passes the length of each character argument after the others.
#define LAPACK_PROTOTYPES(S, T)                                                                                   \
  void S##getrf_(const int *m, const int *n, T *a, const int *lda, int *pivots, int *info);                       \
  void S##getri_(const int *n, T *a, const int *lda, const int *pivots, T *work, const int *lwork, int *info);    \
  void S##getrs_(const char *trans, const int *n, const int *nrhs, const T *a, const int *lda, const int *pivots, \
                 T *b, const int *ldb, int *info, size_t);                                                        \
  void S##potrf_(const char *uplo, const int *n, T *a, const int *lda, int *info, size_t);                        \
  void S##geqrf_(const int *m, const int *n, T *a, const int *lda, T *tau, T *work, const int *lwork, int *info); \
  void S##orgqr_(const int *m, const int *n, const int *k, T *a, const int *lda, const T *tau, T *work,           \
                 const int *lwork, int *info);                                                                    \
  void S##gesdd_(const char *jobz, const int *m, const int *n, T *a, const int *lda, T *s, T *u, const int *ldu,  \
                 T *vt, const int *ldvt, T *work, const int *lwork, int *iwork, int *info, size_t);               \
  void S##syevd_(const char *jobz, const char *uplo, const int *n, T *a, const int *lda, T *w, T *work,           \
                 const int *lwork, int *iwork, const int *liwork, int *info, size_t, size_t);                     \
  void S##geev_(const char *jobvl, const char *jobvr, const int *n, T *a, const int *lda, T *wr, T *wi, T *vl,    \
                const int *ldvl, T *vr, const int *ldvr, T *work, const int *lwork, int *info, size_t, size_t);   \
  void S##gelsd_(const int *m, const int *n, const int *nrhs, T *a, const int *lda, T *b, const int *ldb, T *s,   \
                 const T *rcond, int *rank, T *work, const int *lwork, int *iwork, int *info);

LAPACK_PROTOTYPES(s, float)
LAPACK_PROTOTYPES(d, double)

static inline int lapack_size(bool wide, const void *work) {
  return wide ? (int)*(const double *)work : (int)*(const float *)work;
}
static inline void *lapack_allocate(bool wide, int count) {
  return malloc((wide ? sizeof(double) : sizeof(float)) * (size_t)(count > 0 ? count : 1));
}

/// Factors `a` [n, n] as P L U in place.
static inline int lapack_getrf(bool wide, int m, int n, void *a, int *pivots) {
  int info = 0, lda = m > 1 ? m : 1;
  if (wide) dgetrf_(&m, &n, a, &lda, pivots, &info);
  else sgetrf_(&m, &n, a, &lda, pivots, &info);
  return info;
}

/// Turns the factors of `lapack_getrf` into the inverse.
static inline int lapack_getri(bool wide, int n, void *a, const int *pivots) {
  int info = 0, lwork = -1;
  double best = 0;
  if (wide) dgetri_(&n, a, &n, pivots, (void *)&best, &lwork, &info);
  else sgetri_(&n, a, &n, pivots, (void *)&best, &lwork, &info);
  lwork = lapack_size(wide, &best);
  void *work = lapack_allocate(wide, lwork);
  if (!work) return LAPACK_NO_MEMORY;
  if (wide) dgetri_(&n, a, &n, pivots, work, &lwork, &info);
  else sgetri_(&n, a, &n, pivots, work, &lwork, &info);
  free(work);
  return info;
}

/// Solves with the transpose of what was factored, for the row-major `b` [n, nrhs], in place.
///
/// The factors, read by rows, are the transposed ones: below the diagonal U', above it the unit L'.
static inline int lapack_getrs_rows(bool wide, int n, int nrhs, const void *lu, const int *pivots, void *b) {
  int info = 0;
  if (nrhs == 1) {
    int one = 1;
    if (wide) dgetrs_("T", &n, &one, lu, &n, pivots, b, &n, &info, 1);
    else sgetrs_("T", &n, &one, lu, &n, pivots, b, &n, &info, 1);
    return info;
  }
  if (wide) {
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, nrhs, 1, lu, n, b, nrhs);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasUnit, n, nrhs, 1, lu, n, b, nrhs);
  } else {
    cblas_strsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, nrhs, 1, lu, n, b, nrhs);
    cblas_strsm(CblasRowMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasUnit, n, nrhs, 1, lu, n, b, nrhs);
  }
  for (int i = n - 1; i >= 0; i--) {
    int other = pivots[i] - 1;
    if (other == i) continue;
    if (wide) cblas_dswap(nrhs, (double *)b + (size_t)i * nrhs, 1, (double *)b + (size_t)other * nrhs, 1);
    else cblas_sswap(nrhs, (float *)b + (size_t)i * nrhs, 1, (float *)b + (size_t)other * nrhs, 1);
  }
  return 0;
}

/// Solves a triangular system for the row-major `b` [n, nrhs], in place.
static inline void lapack_trsm_rows(bool wide, bool upper, bool transposed, bool unit, int n, int nrhs,
                                    const void *a, void *b) {
  CBLAS_UPLO triangle = upper ? CblasUpper : CblasLower;
  CBLAS_TRANSPOSE turn = transposed ? CblasTrans : CblasNoTrans;
  CBLAS_DIAG diagonal = unit ? CblasUnit : CblasNonUnit;
  if (wide) cblas_dtrsm(CblasRowMajor, CblasLeft, triangle, turn, diagonal, n, nrhs, 1, a, n, b, nrhs);
  else cblas_strsm(CblasRowMajor, CblasLeft, triangle, turn, diagonal, n, nrhs, 1, a, n, b, nrhs);
}

/// Factors the upper triangle of `a` as U' U in place.
static inline int lapack_potrf_upper(bool wide, int n, void *a) {
  int info = 0;
  if (wide) dpotrf_("U", &n, a, &n, &info, 1);
  else spotrf_("U", &n, a, &n, &info, 1);
  return info;
}

/// Factors `a` [m, n] as Q R in place; the reflectors' factors go to `tau`.
static inline int lapack_geqrf(bool wide, int m, int n, void *a, void *tau) {
  int info = 0, lwork = -1, lda = m > 1 ? m : 1;
  double best = 0;
  if (wide) dgeqrf_(&m, &n, a, &lda, tau, (void *)&best, &lwork, &info);
  else sgeqrf_(&m, &n, a, &lda, tau, (void *)&best, &lwork, &info);
  lwork = lapack_size(wide, &best);
  void *work = lapack_allocate(wide, lwork);
  if (!work) return LAPACK_NO_MEMORY;
  if (wide) dgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info);
  else sgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info);
  free(work);
  return info;
}

/// Turns `k` reflectors of `lapack_geqrf` into the first `n` columns, of length `m`, of Q.
static inline int lapack_orgqr(bool wide, int m, int n, int k, void *a, const void *tau) {
  int info = 0, lwork = -1, lda = m > 1 ? m : 1;
  double best = 0;
  if (wide) dorgqr_(&m, &n, &k, a, &lda, tau, (void *)&best, &lwork, &info);
  else sorgqr_(&m, &n, &k, a, &lda, tau, (void *)&best, &lwork, &info);
  lwork = lapack_size(wide, &best);
  void *work = lapack_allocate(wide, lwork);
  if (!work) return LAPACK_NO_MEMORY;
  if (wide) dorgqr_(&m, &n, &k, a, &lda, tau, work, &lwork, &info);
  else sorgqr_(&m, &n, &k, a, &lda, tau, work, &lwork, &info);
  free(work);
  return info;
}

/// Singular values, and with `job` 'S' or 'A' the vectors; overwrites `a` [m, n].
static inline int lapack_gesdd(bool wide, char job, int m, int n, void *a, void *s, void *u, void *vt, int vt_rows) {
  int info = 0, lwork = -1, lda = m > 1 ? m : 1, ldvt = vt_rows > 1 ? vt_rows : 1;
  double best = 0;
  int *iwork = malloc(sizeof(int) * 8 * (size_t)((m < n ? m : n) + 1));
  if (!iwork) return LAPACK_NO_MEMORY;
  if (wide) dgesdd_(&job, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, (void *)&best, &lwork, iwork, &info, 1);
  else sgesdd_(&job, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, (void *)&best, &lwork, iwork, &info, 1);
  lwork = lapack_size(wide, &best) + (wide ? 0 : 64);  // A float may have rounded the size down.
  void *work = lapack_allocate(wide, lwork);
  if (!work) {
    free(iwork);
    return LAPACK_NO_MEMORY;
  }
  if (wide) dgesdd_(&job, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, work, &lwork, iwork, &info, 1);
  else sgesdd_(&job, &m, &n, a, &lda, s, u, &lda, vt, &ldvt, work, &lwork, iwork, &info, 1);
  free(work);
  free(iwork);
  return info;
}

/// Eigenvalues, ascending, and with `job` 'V' eigenvectors over `a`, of a symmetric matrix of which one triangle is read.
static inline int lapack_syevd(bool wide, char job, char triangle, int n, void *a, void *w) {
  int info = 0, lwork = -1, liwork = -1, integers = 1;
  double best = 0;
  if (wide) dsyevd_(&job, &triangle, &n, a, &n, w, (void *)&best, &lwork, &integers, &liwork, &info, 1, 1);
  else ssyevd_(&job, &triangle, &n, a, &n, w, (void *)&best, &lwork, &integers, &liwork, &info, 1, 1);
  lwork = lapack_size(wide, &best) + (wide ? 0 : 64);
  liwork = integers;
  void *work = lapack_allocate(wide, lwork);
  int *iwork = malloc(sizeof(int) * (size_t)(liwork > 0 ? liwork : 1));
  info = LAPACK_NO_MEMORY;
  if (work && iwork) {
    if (wide) dsyevd_(&job, &triangle, &n, a, &n, w, work, &lwork, iwork, &liwork, &info, 1, 1);
    else ssyevd_(&job, &triangle, &n, a, &n, w, work, &lwork, iwork, &liwork, &info, 1, 1);
  }
  free(work);
  free(iwork);
  return info;
}

/// Eigenvalues and, with `job` 'V', right eigenvectors (pairs of columns for conjugate pairs); overwrites `a`.
static inline int lapack_geev(bool wide, char job, int n, void *a, void *wr, void *wi, void *vr) {
  int info = 0, lwork = -1, one = 1;
  double best = 0;
  if (wide) dgeev_("N", &job, &n, a, &n, wr, wi, 0, &one, vr, &n, (void *)&best, &lwork, &info, 1, 1);
  else sgeev_("N", &job, &n, a, &n, wr, wi, 0, &one, vr, &n, (void *)&best, &lwork, &info, 1, 1);
  lwork = lapack_size(wide, &best) + (wide ? 0 : 64);
  void *work = lapack_allocate(wide, lwork);
  if (!work) return LAPACK_NO_MEMORY;
  if (wide) dgeev_("N", &job, &n, a, &n, wr, wi, 0, &one, vr, &n, work, &lwork, &info, 1, 1);
  else sgeev_("N", &job, &n, a, &n, wr, wi, 0, &one, vr, &n, work, &lwork, &info, 1, 1);
  free(work);
  return info;
}

/// Least squares by divide-and-conquer SVD; `b` [max(m, n), nrhs] takes the solution.
static inline int lapack_gelsd(bool wide, int m, int n, int nrhs, void *a, void *b, void *s, double rcond,
                               int *rank) {
  int info = 0, lwork = -1, integers = 1, lda = m > 1 ? m : 1, ldb = m > n ? m : n;
  double best = 0;
  float narrow = (float)rcond;
  if (ldb < 1) ldb = 1;
  if (wide) dgelsd_(&m, &n, &nrhs, a, &lda, b, &ldb, s, &rcond, rank, (void *)&best, &lwork, &integers, &info);
  else sgelsd_(&m, &n, &nrhs, a, &lda, b, &ldb, s, &narrow, rank, (void *)&best, &lwork, &integers, &info);
  lwork = lapack_size(wide, &best) + (wide ? 0 : 64);
  void *work = lapack_allocate(wide, lwork);
  int *iwork = malloc(sizeof(int) * (size_t)(integers > 0 ? integers : 1));
  info = LAPACK_NO_MEMORY;
  if (work && iwork) {
    if (wide) dgelsd_(&m, &n, &nrhs, a, &lda, b, &ldb, s, &rcond, rank, work, &lwork, iwork, &info);
    else sgelsd_(&m, &n, &nrhs, a, &lda, b, &ldb, s, &narrow, rank, work, &lwork, iwork, &info);
  }
  free(work);
  free(iwork);
  return info;
}
