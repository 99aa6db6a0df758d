internal import Tensors

/// Grows a tree from the root, each node with the question that lowers the impurity most (CART).
///
/// The rows of a node stand together in the order of every feature, and are parted in place: no node sorts again.
///
/// - SeeAlso: Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*, 1984.
struct TreeBuilder {
  private let data: SortedFeatures
  private let criterion: SplitCriterion
  private let limits: TreeLimits
  /// Class positions or targets by row.
  private let classes: [Int]
  private let targets: [Double]
  private let classCount: Int
  private let weights: [Double]
  private let totalWeight: Double
  private var random: RandomGenerator

  /// The rows with a weight, in the order of each feature, `count` for one feature.
  private var order: [Int32]
  private let count: Int
  private var goesLeft: [Bool]
  private var kept: [Int32]
  private(set) var tree = DecisionTree()
  /// The leaf of each row with a weight; -1 for others.
  private(set) var leaves: [Int32]

  /// Grows by class positions.
  init(
    _ data: SortedFeatures, classes: [Int], classCount: Int, weights: [Double]? = nil,
    criterion: SplitCriterion, limits: TreeLimits, random: RandomGenerator
  ) {
    self.init(
      data, classes: classes, targets: [], classCount: classCount, weights: weights,
      criterion: criterion, limits: limits, random: random)
  }

  /// Grows by targets.
  init(
    _ data: SortedFeatures, targets: [Double], weights: [Double]? = nil, limits: TreeLimits,
    random: RandomGenerator
  ) {
    self.init(
      data, classes: [], targets: targets, classCount: 0, weights: weights,
      criterion: .squaredError, limits: limits, random: random)
  }

  private init(
    _ data: SortedFeatures, classes: [Int], targets: [Double], classCount: Int,
    weights: [Double]?, criterion: SplitCriterion, limits: TreeLimits, random: RandomGenerator
  ) {
    (self.data, self.criterion, self.limits, self.random) = (data, criterion, limits, random)
    (self.classes, self.targets, self.classCount) = (classes, targets, classCount)
    let weights = weights ?? [Double](repeating: 1, count: data.rows)
    self.weights = weights
    totalWeight = weights.reduce(0, +)
    count = weights.count { $0 > 0 }
    order = count == data.rows ? data.order : data.order.filter { weights[Int($0)] > 0 }
    goesLeft = [Bool](repeating: false, count: data.rows)
    kept = [Int32](repeating: 0, count: count)
    leaves = [Int32](repeating: -1, count: data.rows)
    tree.outputCount = Swift.max(classCount, 1)
  }

  /// A node whose question is still to be found.
  private struct Task {
    var range: Range<Int>
    var depth: Int
    var node: Int
  }

  /// The best question of a node.
  private struct Split {
    var feature = -1
    var threshold = 0.0
    /// What both sides' sums say about the impurity; higher is better.
    var gain = -Double.infinity
  }

  /// The sums over some rows that impurities come from.
  private struct Sums {
    var weight = 0.0
    /// The weight of each class, or the sum of targets.
    var parts: [Double]
    /// The sum of squared targets.
    var squares = 0.0
  }

  mutating func grow() {
    var rest = [Task(range: 0..<count, depth: 0, node: addNode())]
    while let task = rest.popLast() {
      let sums = sums(of: task.range)
      let impurity = impurity(sums)
      record(task, sums, impurity)
      let mayAsk =
        impurity > 2.3e-16 && task.range.count >= limits.minSamplesSplit
        && task.range.count >= 2 * limits.minSamplesLeaf
        && limits.maxDepth.map { task.depth < $0 } ?? true
      guard mayAsk, let split = bestSplit(task.range, sums) else {
        finish(task)
        continue
      }
      let middle = task.range.lowerBound + mark(split, task.range)
      let decrease = decrease(sums, impurity, task.range, middle, split)
      guard decrease + 2.3e-16 >= limits.minImpurityDecrease else {
        finish(task)
        continue
      }
      part(task.range)
      let (left, right) = (addNode(), addNode())
      tree.features[task.node] = Int32(split.feature)
      tree.thresholds[task.node] = split.threshold
      tree.left[task.node] = Int32(left)
      tree.right[task.node] = Int32(right)
      rest.append(
        Task(range: middle..<task.range.upperBound, depth: task.depth + 1, node: right))
      rest.append(
        Task(range: task.range.lowerBound..<middle, depth: task.depth + 1, node: left))
    }
  }

  private mutating func addNode() -> Int {
    tree.features.append(-1)
    tree.thresholds.append(0)
    tree.left.append(-1)
    tree.right.append(-1)
    tree.impurities.append(0)
    tree.weights.append(0)
    tree.sampleCounts.append(0)
    tree.values += [Double](repeating: 0, count: tree.outputCount)
    return tree.features.count - 1
  }

  private mutating func record(_ task: Task, _ sums: Sums, _ impurity: Double) {
    tree.impurities[task.node] = impurity
    tree.weights[task.node] = sums.weight
    tree.sampleCounts[task.node] = task.range.count
    tree.depth = Swift.max(tree.depth, task.depth)
    for (output, part) in sums.parts.enumerated() {
      tree.values[task.node * tree.outputCount + output] = part / sums.weight
    }
  }

  private mutating func finish(_ task: Task) {
    for place in task.range { leaves[Int(order[place])] = Int32(task.node) }
  }

  private func sums(of range: Range<Int>) -> Sums {
    var sums = Sums(parts: [Double](repeating: 0, count: tree.outputCount))
    for place in range {
      let row = Int(order[place])
      let weight = weights[row]
      sums.weight += weight
      if classCount > 0 {
        sums.parts[classes[row]] += weight
      } else {
        sums.parts[0] += weight * targets[row]
        sums.squares += weight * targets[row] * targets[row]
      }
    }
    return sums
  }

  private func impurity(_ sums: Sums) -> Double {
    switch criterion {
    case .gini:
      let squares = sums.parts.reduce(0) { $0 + $1 * $1 }
      return 1 - squares / (sums.weight * sums.weight)
    case .entropy:
      return -sums.parts.reduce(0) { $0 + bits($1 / sums.weight) }
    case .squaredError:
      let mean = sums.parts[0] / sums.weight
      return Swift.max(sums.squares / sums.weight - mean * mean, 0)
    }
  }

  /// How much the question lowers the impurity, as a part of all samples.
  private func decrease(
    _ sums: Sums, _ impurity: Double, _ range: Range<Int>, _ middle: Int, _ split: Split
  ) -> Double {
    guard limits.minImpurityDecrease > 0 else { return 0 }
    var left = Sums(parts: [Double](repeating: 0, count: tree.outputCount))
    for place in range where goesLeft[Int(order[place])] {
      let row = Int(order[place])
      left.weight += weights[row]
      if classCount > 0 {
        left.parts[classes[row]] += weights[row]
      } else {
        left.parts[0] += weights[row] * targets[row]
        left.squares += weights[row] * targets[row] * targets[row]
      }
    }
    let right = Sums(
      weight: sums.weight - left.weight, parts: zip(sums.parts, left.parts).map { $0 - $1 },
      squares: sums.squares - left.squares)
    let after = left.weight * self.impurity(left) + right.weight * self.impurity(right)
    return (sums.weight * impurity - after) / totalWeight
  }

  // MARK: Finding the question

  private mutating func bestSplit(_ range: Range<Int>, _ sums: Sums) -> Split? {
    var best = Split()
    var features = Array(0..<data.width)
    var wanted = data.width
    if let most = limits.maxFeatures, most < data.width {
      random.shuffle(&features)
      wanted = most
    }
    for (number, feature) in features.enumerated() {
      // Beyond the drawn features it goes on only while none of them can part the rows.
      if number >= wanted, best.feature >= 0 { break }
      if classCount > 0 {
        scanClasses(feature, range, sums, &best)
      } else {
        scanTargets(feature, range, sums, &best)
      }
    }
    return best.feature >= 0 ? best : nil
  }

  /// Values nearer than this count as equal.
  private let resolution = 1e-7

  private func scanTargets(
    _ feature: Int, _ range: Range<Int>, _ sums: Sums, _ best: inout Split
  ) {
    let (base, start) = (feature * data.rows, feature * count)
    let (first, last) = (
      range.lowerBound + limits.minSamplesLeaf, range.upperBound - limits.minSamplesLeaf
    )
    var (weight, sum) = (0.0, 0.0)
    let (allWeight, allSum) = (sums.weight, sums.parts[0])
    for place in range.lowerBound..<last {
      let row = Int(order[start + place])
      weight += weights[row]
      sum += weights[row] * targets[row]
      guard place + 1 >= first else { continue }
      let rest = allSum - sum
      let gain = sum * sum / weight + rest * rest / (allWeight - weight)
      guard gain > best.gain else { continue }
      let (value, next) = (
        data.columns[base + row], data.columns[base + Int(order[start + place + 1])]
      )
      guard next > value + resolution else { continue }
      best = Split(feature: feature, threshold: between(value, next), gain: gain)
    }
  }

  private func scanClasses(
    _ feature: Int, _ range: Range<Int>, _ sums: Sums, _ best: inout Split
  ) {
    let (base, start) = (feature * data.rows, feature * count)
    let (first, last) = (
      range.lowerBound + limits.minSamplesLeaf, range.upperBound - limits.minSamplesLeaf
    )
    var left = [Double](repeating: 0, count: classCount)
    var right = sums.parts
    var (weight, squaresLeft) = (0.0, 0.0)
    var squaresRight = right.reduce(0) { $0 + $1 * $1 }
    for place in range.lowerBound..<last {
      let row = Int(order[start + place])
      let (part, position) = (weights[row], classes[row])
      weight += part
      squaresLeft += part * (2 * left[position] + part)
      squaresRight += part * (part - 2 * right[position])
      left[position] += part
      right[position] -= part
      guard place + 1 >= first else { continue }
      let (value, next) = (
        data.columns[base + row], data.columns[base + Int(order[start + place + 1])]
      )
      guard next > value + resolution else { continue }
      let other = sums.weight - weight
      let gain =
        criterion == .gini
        ? squaresLeft / weight + squaresRight / other
        : information(left, weight) + information(right, other)
      if gain > best.gain {
        best = Split(feature: feature, threshold: between(value, next), gain: gain)
      }
    }
  }

  /// Minus the entropy of `parts` times their weight.
  private func information(_ parts: [Double], _ weight: Double) -> Double {
    parts.reduce(0) { $0 + bits($1 / weight) } * weight
  }

  /// The middle of two values, and never the upper one.
  private func between(_ value: Double, _ next: Double) -> Double {
    let middle = value / 2 + next / 2
    return middle == next || !middle.isFinite ? value : middle
  }

  // MARK: Parting the rows

  /// Notes which rows go left; gives their number.
  private mutating func mark(_ split: Split, _ range: Range<Int>) -> Int {
    var number = 0
    for place in range {
      let row = Int(order[place])
      goesLeft[row] = data.columns[split.feature * data.rows + row] <= split.threshold
      if goesLeft[row] { number += 1 }
    }
    return number
  }

  /// Moves the rows that go left before the others, in the order of every feature.
  private mutating func part(_ range: Range<Int>) {
    for feature in 0..<data.width {
      let start = feature * count
      var (write, others) = (start + range.lowerBound, 0)
      for place in start + range.lowerBound..<start + range.upperBound {
        let row = order[place]
        if goesLeft[Int(row)] {
          order[write] = row
          write += 1
        } else {
          kept[others] = row
          others += 1
        }
      }
      for index in 0..<others { order[write + index] = kept[index] }
    }
  }
}
