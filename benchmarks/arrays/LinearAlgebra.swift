import Tensors

func products(_ bench: Bench) {
  for n in [64, 256, 1024, 2048] {
    bench.group(["gemm_f32_\(n)", "gemm_f64_\(n)"]) {
      let (a, b) = (normal(n, n), normal(n, n))
      bench.time("gemm_f32_\(n)") { matmul(a, b) }
      let (c, d) = (Tensor<Double>(a), Tensor<Double>(b))
      bench.time("gemm_f64_\(n)") { matmul(c, d) }
    }
  }
  bench.group(["bmm_f32_64x128"]) {
    let (a, b) = (normal(64, 128, 128), normal(64, 128, 128))
    bench.time("bmm_f32_64x128") { matmul(a, b) }
  }
  bench.group(["matvec_f32_4096", "matvec_f64_4096"]) {
    let (a, x) = (normal(4096, 4096), normal(4096))
    bench.time("matvec_f32_4096") { matmul(a, x) }
    let (b, y) = (Tensor<Double>(a), Tensor<Double>(x))
    bench.time("matvec_f64_4096") { matmul(b, y) }
  }
}

func decompositions(_ bench: Bench) throws {
  func square(_ n: Int) -> Tensor<Double> { .randomNormal(shape: [n, n], seed: 3) }
  func positive(_ n: Int) -> Tensor<Double> {
    let a = square(n)
    return matmul(a, a.transposed()) + Tensor<Double>.eye(n) * Double(n)
  }
  try bench.group(["solve_f64_1000", "cholesky_f64_1000"]) {
    let (a, b, p) = (
      square(1000), Tensor<Double>.randomNormal(shape: [1000], seed: 4), positive(1000)
    )
    try bench.time("solve_f64_1000") { try solve(a, b) }
    try bench.time("cholesky_f64_1000") { try cholesky(p) }
  }
  try bench.group(["svd_f64_300", "eigh_f64_500", "qr_f64_500", "inv_f64_500"]) {
    let (a, b, p) = (square(300), square(500), positive(500))
    try bench.time("svd_f64_300") { try svd(a) }
    try bench.time("eigh_f64_500") { try eigenSymmetric(p) }
    try bench.time("qr_f64_500") { try qr(b) }
    try bench.time("inv_f64_500") { try inverse(b) }
  }
}

func transforms(_ bench: Bench) {
  bench.group(["fft_c64_1M", "fft2_c64_1024"]) {
    let line = Tensor<Complex<Float>>(real: normal(1 << 20), imaginary: normal(1 << 20))
    let plane = line.reshaped(to: [1024, 1024])
    bench.time("fft_c64_1M") { fft(line) }
    bench.time("fft2_c64_1024") { fft2(plane) }
  }
}

func randomNumbers(_ bench: Bench) {
  var random = RandomGenerator(seed: 5)
  bench.time("randn_1e7") { random.normal(shape: [10_000_000]) as Tensor<Float> }
  bench.time("rand_1e7") { random.uniform(shape: [10_000_000]) as Tensor<Float> }
}

func images(_ bench: Bench) {
  bench.group(["conv2d_fwd", "maxpool_fwd"]) {
    let (x, w) = (normal(32, 3, 32, 32), normal(16, 3, 3, 3))
    bench.time("conv2d_fwd") { conv2d(x, w, padding: 1) }
    let y = normal(32, 16, 32, 32)
    bench.time("maxpool_fwd") { maxPool2d(y, size: 2) }
  }
}
