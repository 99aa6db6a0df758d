internal import Tensors

/// A binary tree of questions "is feature f at most t?", in arrays by node; node 0 is the root.
public struct DecisionTree: Codable, Equatable, Sendable {
  /// The feature that each node asks for; -1 at leaves.
  public internal(set) var features: [Int32] = []
  /// The threshold of each node: samples whose feature is at most that go left.
  public internal(set) var thresholds: [Double] = []
  /// The node for samples that go left; -1 at leaves.
  public internal(set) var left: [Int32] = []
  /// The node for the others.
  public internal(set) var right: [Int32] = []
  /// The impurity of each node's samples.
  public internal(set) var impurities: [Double] = []
  /// The weight of each node's samples: their number, unless they were drawn or weighted.
  public internal(set) var weights: [Double] = []
  /// The number of different samples of each node.
  public internal(set) var sampleCounts: [Int] = []
  /// The answer of each node, `outputCount` numbers each: class parts or a mean.
  public internal(set) var values: [Double] = []
  /// How many numbers an answer has.
  public internal(set) var outputCount = 1
  /// The questions from the root to the deepest leaf.
  public internal(set) var depth = 0

  /// The number of nodes.
  public var nodeCount: Int { features.count }

  /// The number of leaves.
  public var leafCount: Int { features.count { $0 < 0 } }

  /// The leaf that a sample reaches.
  func leaf(_ samples: [Double], row: Int, width: Int) -> Int {
    var node = 0
    while features[node] >= 0 {
      let value = samples[row * width + Int(features[node])]
      node = Int(value <= thresholds[node] ? left[node] : right[node])
    }
    return node
  }

  /// Adds `scale` times each sample's answer to `sums`, `stride` apart from `offset`.
  func add(
    to sums: inout [Double], samples: [Double], width: Int, scale: Double, offset: Int = 0,
    stride: Int
  ) {
    for row in 0..<samples.count / width {
      let start = leaf(samples, row: row, width: width) * outputCount
      for output in 0..<outputCount {
        sums[row * stride + offset + output] += scale * values[start + output]
      }
    }
  }

  /// How much each feature's questions lower the impurity, as parts of 1; all 0 for a single leaf.
  func importances(_ count: Int, normalized: Bool = true) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for node in features.indices where features[node] >= 0 {
      let (a, b) = (Int(left[node]), Int(right[node]))
      let before = weights[node] * impurities[node]
      let after = weights[a] * impurities[a] + weights[b] * impurities[b]
      sums[Int(features[node])] += before - after
    }
    let total = sums.reduce(0, +)
    return normalized && total > 0 ? sums.map { $0 / total } : sums
  }

  /// The questions and answers as an indented text.
  func text(names: [String]?, digits: Int, answer: (Int) -> String) -> String {
    guard nodeCount > 0 else { return "(not fitted)" }
    var lines: [String] = []
    // Nodes to visit with their depth, and the line above each.
    var rest: [(node: Int, depth: Int, head: String?)] = [(0, 0, nil)]
    while let (node, depth, head) = rest.popLast() {
      if let head { lines.append(head) }
      let bars = String(repeating: "|   ", count: depth) + "|--- "
      guard features[node] >= 0 else {
        lines.append(bars + answer(node))
        continue
      }
      let feature = Int(features[node])
      let name = names?[feature] ?? "feature_\(feature)"
      let limit = fixed(thresholds[node], digits)
      rest.append((Int(right[node]), depth + 1, "\(bars)\(name) >  \(limit)"))
      rest.append((Int(left[node]), depth + 1, "\(bars)\(name) <= \(limit)"))
    }
    return lines.joined(separator: "\n")
  }
}
