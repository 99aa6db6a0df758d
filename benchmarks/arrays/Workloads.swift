import Tensors

func elementwise(_ bench: Bench) {
  for (n, size) in [(1000, "1e3"), (1_000_000, "1e6"), (10_000_000, "1e7")] {
    guard
      [
        "add", "add_out", "mul_add", "exp", "tanh", "sigmoid_chain", "sigmoid_builtin",
        "gelu_chain",
        "gelu_builtin", "where_relu",
      ].contains(where: { bench.isWanted("\($0)_\(size)") })
    else { continue }
    let (a, b, c) = (normal(n), normal(n) + 1, normal(n) - 1)
    var out = a + b
    bench.time("add_\(size)") { a + b }
    bench.time("add_out_\(size)") { out += b }
    bench.time("mul_add_\(size)") { a * b + c }
    bench.time("exp_\(size)") { exp(a) }
    bench.time("tanh_\(size)") { tanh(a) }
    bench.time("sigmoid_chain_\(size)") { 1 / (1 + exp(-a)) }
    bench.time("sigmoid_builtin_\(size)") { sigmoid(a) }
    bench.time("gelu_chain_\(size)") {
      0.5 * a * (1 + tanh(0.797_884_56 * (a + 0.044715 * a * a * a)))
    }
    bench.time("gelu_builtin_\(size)") { gelu(a, approximate: true) }
    bench.time("where_relu_\(size)") { select(a .> 0, a, Tensor(0)) }
  }
  bench.group(["bcast_add_1000x1000"]) {
    let (m, v) = (normal(1000, 1000), normal(1000))
    bench.time("bcast_add_1000x1000") { m + v }
  }
  bench.group(["transposed_add_2000"]) {
    let (x, y) = (normal(2000, 2000), normal(2000, 2000))
    bench.time("transposed_add_2000") { x + y.transposed() }
  }
}

func reductions(_ bench: Bench) {
  bench.group(["sum_1e7", "cumsum_1e7", "bool_mask_1e7"]) {
    let line = normal(10_000_000)
    bench.time("sum_1e7") { line.sum() }
    bench.time("cumsum_1e7") { line.cumsum() }
    bench.time("bool_mask_1e7") { line[line .> 0] as Tensor }
  }
  let names = ["sum", "max", "argmax", "var"]
  bench.group(names.flatMap { ["\($0)_axis0_4000", "\($0)_axis1_4000"] }) {
    alongAxes(bench, normal(4000, 4000))
  }
  bench.group(["softmax_4000x1000", "logsumexp_4000x1000"]) {
    let logits = normal(4000, 1000)
    bench.time("softmax_4000x1000") { softmax(logits, axis: 1) }
    bench.time("logsumexp_4000x1000") { logSumExp(logits, axis: 1) }
  }
}

private func alongAxes(_ bench: Bench, _ m: Tensor<Float>) {
  bench.time("sum_axis0_4000") { m.sum(axis: 0) }
  bench.time("sum_axis1_4000") { m.sum(axis: 1) }
  bench.time("max_axis1_4000") { m.max(axis: 1) }
  bench.time("argmax_axis1_4000") { m.argmax(axis: 1) }
  bench.time("var_axis0_4000") { m.variance(axis: 0) }
  bench.time("var_axis1_4000") { m.variance(axis: 1) }
}

func rearranging(_ bench: Bench) {
  bench.group(["slice_copy_2000x2000"]) {
    let m = normal(4000, 4000)
    bench.time("slice_copy_2000x2000") {
      (m[stride(from: 0, to: 4000, by: 2), 1000..<3000] as Tensor).contiguous()
    }
  }
  if bench.isWanted("take_rows_100k_of_1Mx64") {
    let table = normal(1_000_000, 64)
    var random = RandomGenerator(seed: 2)
    let rows: Tensor<Int> = random.integers(shape: [100_000], in: 0..<1_000_000)
    bench.time("take_rows_100k_of_1Mx64") { table.take(rows) }
  }
  bench.group(["sort_1e6", "argsort_1e6"]) {
    let line = normal(1_000_000)
    bench.time("sort_1e6") { line.sorted() }
    bench.time("argsort_1e6") { line.argsorted() }
  }
}

func smallOperations(_ bench: Bench) {
  let (a, b) = (normal(10), normal(10))
  bench.time("smallop_1000adds") {
    var x = a
    for _ in 0..<1000 { x = x + b }
    return x
  }
}
