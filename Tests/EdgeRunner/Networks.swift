import NeuralNetworks
import Tensors

/// Losses, layers and what they are made of.
func networks() -> [Edge] {
  losses() + labelled() + layers() + sequences()
}

private let pairs: [([Int], [Int])] = [
  ([], []), ([], [3]), ([0], [0]), ([0], [3]), ([3], [4]), ([2, 3], [2, 3]), ([2, 3], [3]),
  ([2, 3], [3, 2]), ([0, 3], [0, 3]), ([3, 0], [3, 0]),
]

private func losses() -> [Edge] {
  var edges: [Edge] = []
  for (a, b) in pairs {
    func add(_ name: String, _ body: @escaping (Tensor<Float>, Tensor<Float>) -> Tensor<Float>) {
      edges.append(
        Edge(name, "\(a) and \(b)") { differentiated(numbers(a)) { body($0, numbers(b)) } })
    }
    add("mseLoss") { mseLoss($0, $1) }
    add("l1Loss") { l1Loss($0, $1) }
    add("huberLoss") { huberLoss($0, $1) }
    add("binaryCrossEntropy") { binaryCrossEntropy(logits: $0, $1) }
    add("klDivergence") { klDivergence($0, $1) }
    add("crossEntropy") { crossEntropy($0, probabilities: $1) }
    add("cosineSimilarity") { cosineSimilarity($0, $1) }
    add("cosineEmbeddingLoss") { cosineEmbeddingLoss($0, $1, labels: .ones(shape: [2])) }
    add("tripletLoss") { tripletLoss(anchor: $0, positive: $1, negative: $1) }
  }
  return edges
}

private func labelled() -> [Edge] {
  var edges: [Edge] = []
  let logits = numbers([3, 4])
  for (about, labels) in [
    ("[9, 0, 1]", Tensor<UInt64>([9, 0, 1])), ("a label above Int", Tensor<UInt64>([.max, 0, 1])),
    ("[]", Tensor<UInt64>([])), ("four", Tensor<UInt64>([0, 1, 2, 3])),
    ("a scalar", Tensor<UInt64>(1)),
  ] {
    edges.append(Edge("crossEntropy", about) { crossEntropy(logits, labels) })
    edges.append(Edge("oneHot", about) { .oneHot(labels, classes: 4) })
    edges.append(Edge("Embedding", about) { Embedding(4, 2)(labels) })
    edges.append(Edge("take", about) { logits.take(labels) })
  }
  for shape in shapes {
    edges.append(
      Edge("crossEntropy", "logits of \(shape)") {
        differentiated(numbers(shape)) { crossEntropy($0, Tensor<Int32>([1, 0])) }
      })
    edges.append(
      Edge("ctcLoss", "of \(shape)") {
        ctcLoss(
          numbers(shape), targets: Tensor<Int32>([[1, 2]]), inputLengths: [5], targetLengths: [2])
      })
  }
  for n in lengths {
    edges.append(
      Edge("ctcLoss", "length \(n)") {
        ctcLoss(
          numbers([5, 1, 4]), targets: Tensor<Int32>([[1, 2]]), inputLengths: [n],
          targetLengths: [2])
      })
    edges.append(
      Edge("ctcLoss", "blank \(n)") {
        ctcLoss(
          numbers([5, 1, 4]), targets: Tensor<Int32>([[1, 2]]), inputLengths: [5],
          targetLengths: [2], blank: n)
      })
    if n < 1 << 20 {
      edges.append(
        Edge("oneHot", "\(n) classes") { .oneHot(Tensor<Int32>([0, 1]), classes: n) })
    }
  }
  return edges
}

private func layers() -> [Edge] {
  var edges: [Edge] = []
  for shape in shapes {
    func add(_ name: String, _ layer: @escaping () -> (Tensor<Float>) -> Tensor<Float>) {
      edges.append(Edge(name, "of \(shape)") { differentiated(numbers(shape), layer()) })
    }
    add("Linear") { Linear(5, 3).callAsFunction }
    add("linear") { { linear($0, numbers([3, 4])) } }
    add("Conv2d") { Conv2d(2, 4, kernelSize: 3, padding: 1).callAsFunction }
    add("Conv1d") { Conv1d(2, 4, kernelSize: 3).callAsFunction }
    add("ConvTranspose2d") { ConvTranspose2d(2, 4, kernelSize: 3).callAsFunction }
    add("BatchNorm") { BatchNorm(2).callAsFunction }
    add("LayerNorm") { LayerNorm(5).callAsFunction }
    add("RMSNorm") { RMSNorm(5).callAsFunction }
    add("GroupNorm") { GroupNorm(2, 2).callAsFunction }
    add("layerNorm") { { layerNorm($0, weight: numbers([4])) } }
    add("Flatten") { Flatten().callAsFunction }
    add("LSTM") { LSTM(5, 3).callAsFunction }
    add("GRU") { GRU(5, 3).callAsFunction }
    add("softmax") { { softmax($0, axis: 3) } }
  }
  for n in lengths where n < 1 << 20 {
    edges += [
      Edge("Linear", "\(n) inputs") { Linear(n, 3)(numbers([2, 2])) },
      Edge("Conv2d", "\(n) groups") { Conv2d(2, 4, kernelSize: 3, groups: n)(numbers([2, 5, 5])) },
      Edge("Conv1d", "kernel of \(n)") { Conv1d(2, 4, kernelSize: n)(numbers([2, 5])) },
      Edge("BatchNorm", "\(n) channels") { BatchNorm(n)(numbers([2, 2])) },
      Edge("LayerNorm", "\(n) long") { LayerNorm(n)(numbers([2, 2])) },
      Edge("GroupNorm", "\(n) groups") { GroupNorm(n, 4)(numbers([2, 4])) },
      Edge("Embedding", "\(n) rows") { Embedding(n, 4)(Tensor<Int32>([0])) },
      Edge("MultiHeadAttention", "\(n) heads") {
        let x = numbers([1, 2, 4])
        return MultiHeadAttention(4, heads: n)(x, x, x)
      },
      Edge("LSTM", "\(n) hidden") { LSTM(2, n)(numbers([1, 2, 2])) },
    ]
  }
  for probability in [-0.5, 1.5, .nan, .infinity] {
    edges.append(Edge("Dropout", "\(probability)") { Dropout(probability)(numbers([4])) })
  }
  return edges
}

private func sequences() -> [Edge] {
  var edges: [Edge] = []
  for shape in fewShapes + [[1, 4, 8], [2, 4, 8], [1, 4, 6]] {
    edges.append(
      Edge("scaledDotProductAttention", "queries of \(shape)") {
        differentiated(numbers(shape)) {
          scaledDotProductAttention(query: $0, key: numbers([1, 4, 8]), value: numbers([1, 4, 8]))
        }
      })
    edges.append(
      Edge("scaledDotProductAttention", "mask of \(shape)") {
        let x = numbers([1, 4, 8])
        return scaledDotProductAttention(query: x, key: x, value: x, mask: numbers(shape) .> 0)
      })
    edges.append(
      Edge("MultiHeadAttention", "of \(shape)") {
        differentiated(numbers(shape)) { MultiHeadAttention(8, heads: 2)($0, $0, $0) }
      })
    edges.append(
      Edge("LSTM", "from a state of \(shape)") {
        LSTM(2, 3)(
          numbers([1, 2, 2]), from: LSTMState(hidden: numbers(shape), cell: numbers(shape))
        ).outputs
      })
  }
  return edges
}
