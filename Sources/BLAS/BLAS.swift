// The first source file of BLAS.
