internal import BLAS

extension RandomGenerator {
  /// Returns positions drawn with probabilities in proportion to weights.
  ///
  /// ```swift
  /// random.categorical(probabilities: softmax(logits, axis: -1), count: 1)  // [batch, classes] to [batch, 1]
  /// ```
  ///
  /// - Parameters:
  ///   - probabilities: Shape `[..., k]`; each row is a distribution, or weights in proportion to one.
  ///   - count: How many are drawn from each, independently.
  /// - Returns: Shape `[..., count]`, positions of 0..<k.
  /// - Precondition: No weight is negative or infinite, and each row has a positive one.
  public mutating func categorical<Scalar: FloatingTensorScalar>(
    probabilities: Tensor<Scalar>, count: Int
  ) -> Tensor<Int> {
    require(
      probabilities.rank > 0 && count >= 0,
      "categorical: \(count) draws of shape \(probabilities.shape); the count must be 0 or more, "
        + "the weights must have an axis")
    let choices = probabilities.shape[probabilities.rank - 1]
    let outer = Array(probabilities.shape.dropLast())
    require(
      choices > 0 || outer.contains(0),
      "categorical: shape \(probabilities.shape); there must be a position to draw")
    check(probabilities, "categorical: weights must be finite and 0 or more") {
      $0 >= 0 && $0.isFinite
    }
    let sums = probabilities.cast(to: Double.self).sum(axis: -1)
    check(sums, "categorical: the weights of each row must have a positive, finite sum") {
      $0 > 0 && $0.isFinite
    }
    let drawn = freshStream().categorical(
      count, rows: Layout.count(outer), choices: choices, weights: parameter(probabilities))
    return Tensor(storage: drawn, shape: outer + [count])
  }

  /// Returns positions drawn with probabilities in proportion to the exponentials of `logits`.
  ///
  /// - Parameters:
  ///   - logits: Shape `[..., k]`; minus infinity for what cannot be.
  ///   - count: How many are drawn from each row.
  /// - Returns: Shape `[..., count]`.
  /// - Precondition: Each row has a finite logit, none is NaN.
  public mutating func categorical<Scalar: FloatingTensorScalar>(
    logits: Tensor<Scalar>, count: Int
  ) -> Tensor<Int> {
    require(logits.rank > 0, "categorical: logits of a scalar; there must be an axis of choices")
    return categorical(probabilities: softmax(logits, axis: -1), count: count)
  }

  /// Returns `count` of the numbers `0..<total`, each at most once unless with replacement.
  ///
  /// ```swift
  /// let batch = random.choice(images.shape[0], count: 64)
  /// ```
  ///
  /// - Parameters:
  ///   - total: How many there are to choose from.
  ///   - count: How many are drawn.
  ///   - withReplacement: Whether one may come up again.
  ///   - weights: Their probabilities, or numbers in proportion; equal ones by default.
  /// - Returns: The numbers, in the order they were drawn.
  /// - Precondition: There are enough numbers, with a positive weight if there are weights.
  /// - SeeAlso: Efraimidis and Spirakis 2006, "Weighted random sampling with a reservoir",
  ///   doi:10.1016/j.ipl.2005.11.003.
  public mutating func choice(
    _ total: Int, count: Int, withReplacement: Bool = false, weights: [Double]? = nil
  ) -> [Int] {
    require(count >= 0 && total >= 0, "choice: \(count) of \(total); both must be 0 or more")
    require(
      count == 0 || total > 0, "choice: \(count) of none; there must be something to choose from")
    if count == 0 { return [] }
    if let weights {
      require(
        weights.count == total,
        "choice: \(weights.count) weights for \(total) numbers; each needs one")
      checkWeights(weights, "choice")
    }
    if withReplacement {
      guard let weights else { return integers(shape: [count], in: 0..<total).scalars }
      return categorical(probabilities: Tensor(weights), count: count).scalars
    }
    let possible = weights.map { $0.count { $0 > 0 } } ?? total
    require(
      count <= possible,
      "choice: \(count) different ones of \(possible) that can be drawn; draw fewer, or with replacement"
    )
    guard let weights else { return distinct(total, count: count) }
    // The smallest waiting times of independent exponentials: each is first in proportion to its weight.
    let waits: Tensor<Double> = exponential(shape: [total])
    let keyed = zip(waits.scalars, weights).enumerated().filter { $0.element.1 > 0 }
      .map { (wait: $0.element.0 / $0.element.1, position: $0.offset) }
    return keyed.sorted { ($0.wait, $0.position) < ($1.wait, $1.position) }.prefix(count)
      .map(\.position)
  }

  /// The first exchanges of a shuffle; those that were moved are remembered, not all.
  private mutating func distinct(_ total: Int, count: Int) -> [Int] {
    if count > total / 8 { return Array(permutation(total).prefix(count)) }
    var (moved, result) = ([Int: Int](), [Int]())
    for place in 0..<count {
      let other = place + Int(below(UInt64(total - place)))
      result.append(moved[other] ?? other)
      moved[other] = moved[place] ?? place
    }
    return result
  }

  /// Returns items of `values` along an axis, drawn as `choice(_:count:withReplacement:weights:)` draws.
  ///
  /// - Parameters:
  ///   - values: What is chosen from.
  ///   - count: How many items are drawn.
  ///   - axis: The axis of the items.
  ///   - withReplacement: Whether one may come up again.
  ///   - weights: Their probabilities, or numbers in proportion.
  /// - Returns: The shape of `values` with `count` along the axis.
  /// - Precondition: As for the other `choice`.
  public mutating func choice<Scalar: TensorScalar>(
    _ values: Tensor<Scalar>, count: Int, axis: Int = 0, withReplacement: Bool = false,
    weights: [Double]? = nil
  ) -> Tensor<Scalar> {
    let position = Layout.axis(axis, rank: values.rank, operation: "choice")
    let chosen = choice(
      values.shape[position], count: count, withReplacement: withReplacement, weights: weights)
    return values.take(chosen, axis: position)
  }

  /// Returns the items of `values` along an axis in random order.
  public mutating func shuffled<Scalar: TensorScalar>(_ values: Tensor<Scalar>, axis: Int = 0)
    -> Tensor<Scalar>
  {
    let position = Layout.axis(axis, rank: values.rank, operation: "shuffled")
    return values.take(permutation(values.shape[position]), axis: position)
  }
}
