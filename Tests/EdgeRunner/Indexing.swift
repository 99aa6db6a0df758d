import Tensors

/// Gathering and scattering.
func indexing() -> [Edge] {
  var edges: [Edge] = []
  let x = numbers([3, 4])
  for n in positions {
    let at = Tensor<Int>([[n, 0, 1, 1]])
    edges += [
      Edge("take", "\(n)") { differentiated(x) { $0.take([0, n]) } },
      Edge("take", "axis \(n)") { differentiated(x) { $0.take([0], axis: n) } },
      Edge("takeAlongAxis", "\(n)") { differentiated(x) { $0.takeAlongAxis(at, axis: 0) } },
      Edge("takeAlongAxis", "axis \(n)") { x.takeAlongAxis(Tensor<Int>([[0]]), axis: n) },
      Edge("scattering", "\(n)") { x.scattering(numbers([1, 4]), at: at, axis: 0) },
      Edge("scattering", "axis \(n)") {
        x.scattering(numbers([1, 1]), at: Tensor<Int>([[0]]), axis: n)
      },
      Edge("scatterAdding", "\(n)") {
        differentiated(x) { $0.scatterAdding(numbers([1, 4]), at: at, axis: 0) }
      },
      Edge("scatterAdding", "axis \(n)") {
        x.scatterAdding(numbers([1, 1]), at: Tensor<Int>([[0]]), axis: n)
      },
      Edge("indexAdding", "\(n)") { x.indexAdding(numbers([2, 4]), at: [0, n]) },
      Edge("indexAdding", "axis \(n)") { x.indexAdding(numbers([2, 4]), at: [0, 1], axis: n) },
    ]
  }
  for shape in fewShapes + [[3, 4], [1, 4], [0, 4], [3, 1]] {
    edges += [
      Edge("takeAlongAxis", "of \(shape)") {
        differentiated(numbers(shape)) { $0.takeAlongAxis(Tensor<Int>([[0, 1]]), axis: 0) }
      },
      Edge("takeAlongAxis", "by \(shape)") {
        x.takeAlongAxis(Tensor<Int>(numbers(shape)), axis: 0)
      },
      Edge("scattering", "of \(shape)") {
        x.scattering(numbers(shape), at: Tensor<Int>([[0, 1, 2, 0]]), axis: 0)
      },
      Edge("scatterAdding", "at \(shape)") {
        differentiated(x) {
          $0.scatterAdding(numbers([1, 4]), at: Tensor<Int>(numbers(shape)), axis: 0)
        }
      },
      Edge("indexAdding", "of \(shape)") {
        differentiated(x) { $0.indexAdding(numbers(shape), at: [0, 1]) }
      },
      Edge("take", "of \(shape)") { differentiated(numbers(shape)) { $0.take([0]) } },
    ]
  }
  return edges + long()
}

/// Axes longer than 32 bits count, where what is counted with them is refused; nothing of that length is stored.
private func long() -> [Edge] {
  let length = 1 << 31 + 5
  let bytes = Tensor<Int8>(0).broadcast(to: [length])
  let line = Tensor<Float>(0).broadcast(to: [1, length])
  return [
    Edge("argmax", "of \(length)") { Tensor<Float>(bytes.argmax()) },
    Edge("argmin", "of \(length)") { Tensor<Float>(bytes.argmin(axis: 0)) },
    Edge("argsorted", "of \(length)") { Tensor<Float>(bytes.argsorted()) },
    Edge("matmul", "[1, \(length)] by [\(length), 1]") { matmul(line, line.transposed()) },
    Edge("matmul", "[\(length), 1] by [1, 1]") { matmul(line.transposed(), numbers([1, 1])) },
    Edge("matmul", "[1, \(length)] by [\(length)]") { matmul(line, line[0]) },
  ]
}
