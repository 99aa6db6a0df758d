internal import Glibc
internal import Gradients
public import Tensors

/// Returns minus the logarithm of the probability that sequences of labels are read off longer sequences of frames, whatever
/// frame each label is read from: connectionist temporal classification.
///
/// ```swift
/// let loss = ctcLoss(
///   logSoftmax(model(x)), targets: targets, inputLengths: [50, 44], targetLengths: [10, 7])
/// ```
///
/// A path names a label or the blank in each frame; it reads as the labels that are left when repeated ones are taken
/// for one and blanks are dropped.
///
/// - Parameters:
///   - logProbabilities: Shape `[frames, n, classes]`, each line as from `logSoftmax`.
///   - targets: Shape `[n, longest target]`; what lies behind a target's length does not count.
///   - inputLengths: How many frames of each example count.
///   - targetLengths: How many labels each target has; 0 is allowed.
///   - blank: The class that is no label.
///   - reduction: What becomes of the examples' losses. The mean is over the losses divided by their targets' lengths, as
///     in PyTorch.
///   - zeroInfinity: Whether a target that no path reads, as it is too long, costs nothing. It costs infinity otherwise.
///     Its gradient is 0 in both cases.
/// - Returns: A scalar, or shape `[n]` without reduction.
/// - Precondition: Shapes and lengths agree; labels are classes other than the blank.
/// - SeeAlso: A. Graves et al., Connectionist temporal classification, 2006, section 4.
public func ctcLoss<Scalar: FloatingTensorScalar, Label: IntegerTensorScalar>(
  _ logProbabilities: Tensor<Scalar>, targets: Tensor<Label>, inputLengths: [Int],
  targetLengths: [Int], blank: Int = 0, reduction: LossReduction = .mean,
  zeroInfinity: Bool = false
) -> Tensor<Scalar> {
  let about =
    "ctcLoss: log-probabilities of shape \(logProbabilities.shape), targets of shape \(targets.shape)"
  require(
    logProbabilities.rank == 3 && targets.rank == 2
      && logProbabilities.shape[1] == targets.shape[0],
    "\(about); they must be [frames, n, classes] and [n, longest target]")
  let (frames, count, classes) = (
    logProbabilities.shape[0], logProbabilities.shape[1], logProbabilities.shape[2]
  )
  require(
    inputLengths.count == count && targetLengths.count == count
      && inputLengths.allSatisfy { (0...frames).contains($0) }
      && targetLengths.allSatisfy { (0...targets.shape[1]).contains($0) },
    "\(about), input lengths \(inputLengths), target lengths \(targetLengths); "
      + "there must be one of each for every example, within the shapes")
  require((0..<classes).contains(blank), "\(about); the blank \(blank) is not in 0..<\(classes)")
  let labels = targets.positions
  let paths = (0..<count).map { example in
    let start = example * targets.shape[1]
    let target = Array(labels[start..<(start + targetLengths[example])])
    for label in target {
      require(
        (0..<classes).contains(label) && label != blank,
        "\(about); label \(label) of example \(example) must be in 0..<\(classes) and not the blank \(blank)"
      )
    }
    return CTCPath(target: target, blank: blank, frames: inputLengths[example])
  }
  var losses = CTCLosses(paths: paths)(logProbabilities)
  if zeroInfinity {
    losses = losses.replacing(with: 0, where: Tensor(paths.map { !$0.isPossible }))
  }
  if case .mean = reduction {
    return (losses / Tensor(targetLengths.map { Scalar(Swift.max($0, 1)) })).mean()
  }
  return reduction(losses)
}

/// What the frames of one example may name, in order: the labels with blanks around them.
private struct CTCPath: Sendable {
  let states: [Int]
  /// Whether a path may come from the state before the last one: over a blank, to another label.
  let maySkip: [Bool]
  let frames: Int
  let isPossible: Bool

  init(target: [Int], blank: Int, frames: Int) {
    var states = [blank]
    for label in target { states += [label, blank] }
    self.states = states
    maySkip = states.indices.map { $0 >= 2 && states[$0] != blank && states[$0] != states[$0 - 2] }
    self.frames = frames
    let repeats = zip(target, target.dropFirst()).filter { $0 == $1 }.count
    isPossible = target.count + repeats <= frames
  }

  /// The loss, and its gradient by `[frame][class]`, for log-probabilities by the same.
  func loss(_ score: (_ frame: Int, _ label: Int) -> Double, classes: Int) -> (
    value: Double, gradient: [Double]
  ) {
    var gradient = [Double](repeating: 0, count: frames * classes)
    guard isPossible else { return (.infinity, gradient) }
    guard frames > 0 else { return (0, gradient) }
    let count = states.count
    // The logarithm of the probability of all ways to a state, its frame included, row by row.
    var ways = [Double](repeating: -.infinity, count: frames * count)
    for state in 0..<Swift.min(2, count) { ways[state] = score(0, states[state]) }
    for frame in 1..<Swift.max(frames, 1) {
      let before = (frame - 1) * count
      for state in 0..<count {
        var sum = ways[before + state]
        if state >= 1 { sum = addedLogarithms(sum, ways[before + state - 1]) }
        if maySkip[state] { sum = addedLogarithms(sum, ways[before + state - 2]) }
        ways[frame * count + state] = sum + score(frame, states[state])
      }
    }
    let last = (frames - 1) * count
    var total = ways[last + count - 1]
    if count > 1 { total = addedLogarithms(total, ways[last + count - 2]) }
    guard total > -.infinity else { return (.infinity, gradient) }
    // The same for all ways on from a state, without its frame.
    var rest = [Double](repeating: -.infinity, count: count)
    for state in Swift.max(count - 2, 0)..<count { rest[state] = 0 }
    for frame in (0..<frames).reversed() {
      for state in 0..<count {
        let part = ways[frame * count + state] + rest[state] - total
        if part > -.infinity { gradient[frame * classes + states[state]] -= Glibc.exp(part) }
      }
      var next = rest
      for state in 0..<count {
        var sum = rest[state] + score(frame, states[state])
        if state + 1 < count {
          sum = addedLogarithms(sum, rest[state + 1] + score(frame, states[state + 1]))
        }
        if state + 2 < count, maySkip[state + 2] {
          sum = addedLogarithms(sum, rest[state + 2] + score(frame, states[state + 2]))
        }
        next[state] = sum
      }
      rest = next
    }
    return (-total, gradient)
  }
}

/// The losses of a batch; first gradients by the formula, others by operations that are differentiated in turn.
private struct CTCLosses: Sendable {
  let paths: [CTCPath]

  func callAsFunction<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    let (count, classes) = (x.shape[1], x.shape[2])
    let scores = Tensor<Double>(stopGradient(x)).scalars
    var losses: [Double] = []
    var slope = [Double](repeating: 0, count: scores.count)
    for (example, path) in paths.enumerated() {
      let (value, gradient) = path.loss(
        { scores[($0 * count + example) * classes + $1] }, classes: classes)
      losses.append(value)
      for frame in 0..<path.frames {
        for label in 0..<classes {
          slope[(frame * count + example) * classes + label] = gradient[frame * classes + label]
        }
      }
    }
    let gradient = Tensor<Scalar>(Tensor<Double>(shape: x.shape, values: slope))
    return Tensor<Scalar>(Tensor<Double>(losses)).recorded(
      from: x,
      { g in
        if g.isRecorded || x.isRecorded { return vjp(composed)(x).pullback(g) }
        return gradient * g.reshaped(to: [count, 1])
      })
  }

  /// The losses, made of operations; 0 for impossible targets.
  private func composed<Scalar: FloatingTensorScalar>(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
    stack(
      paths.enumerated().map { example, path in
        guard path.isPossible && path.frames > 0 else { return (x * 0).sum() }
        let scores = x[0..<path.frames, example].take(path.states, axis: 1)
        let count = path.states.count
        // So small that it adds nothing, yet no infinity, whose gradient would be NaN.
        let never = Tensor<Scalar>.full(shape: [2], -1e30)
        let start = Tensor((0..<count).map { $0 < 2 ? Scalar(0) : -1e30 })
        let skips = Tensor(path.maySkip)
        var ways = scores[0] + start
        for frame in 1..<path.frames {
          let wide = concatenate([never, ways])
          let skipped = select(skips, wide[0..<count], Tensor(-1e30))
          ways =
            logSumExp(stack([ways, wide[1..<(count + 1)], skipped]), axis: 0) + scores[frame]
        }
        return -logSumExp(ways[Swift.max(count - 2, 0)..<count])
      })
  }
}

/// log(eᵃ + eᵇ) without overflow.
private func addedLogarithms(_ a: Double, _ b: Double) -> Double {
  let (low, high) = a < b ? (a, b) : (b, a)
  return low == -.infinity ? high : high + Glibc.log1p(Glibc.exp(low - high))
}
