extension DecisionTree {
  private enum CodingKeys: String, CodingKey {
    case features, thresholds, left, right, impurities, weights, sampleCounts, values
    case outputCount, depth
  }

  /// Reads what `encode(to:)` writes.
  ///
  /// - Throws: `DecodingError`, if the numbers make no tree: a question must lead to nodes after its own.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    features = try fields.decode([Int32].self, forKey: .features)
    thresholds = try fields.decode([Double].self, forKey: .thresholds)
    left = try fields.decode([Int32].self, forKey: .left)
    right = try fields.decode([Int32].self, forKey: .right)
    impurities = try fields.decode([Double].self, forKey: .impurities)
    weights = try fields.decode([Double].self, forKey: .weights)
    sampleCounts = try fields.decode([Int].self, forKey: .sampleCounts)
    values = try fields.decode([Double].self, forKey: .values)
    outputCount = try fields.decode(Int.self, forKey: .outputCount)
    depth = try fields.decode(Int.self, forKey: .depth)
    if let fault {
      throw DecodingError.dataCorruptedError(
        forKey: .features, in: fields, debugDescription: "no decision tree: \(fault)")
    }
  }

  /// What keeps the numbers from being a tree; `nil` for a tree.
  private var fault: String? {
    let count = features.count
    let lengths = [
      thresholds.count, left.count, right.count, impurities.count, weights.count,
      sampleCounts.count,
    ]
    guard lengths.allSatisfy({ $0 == count }), outputCount > 0,
      values.count.isMultiple(of: outputCount), values.count / outputCount == count
    else {
      return "\(count) nodes, but \(lengths) numbers of each kind and \(values.count) answers"
    }
    for node in features.indices where features[node] >= 0 {
      for child in [left[node], right[node]] where child <= node || child >= count {
        return "node \(node) of \(count) leads to node \(child)"
      }
    }
    return nil
  }
}
