package import BLAS

/// One walk from a result back to the inputs of the function that made it.
///
/// Nodes are visited in the reverse order of their creation, so that a node's gradient is complete when its turn comes.
/// What it computes is recorded as any other operation, if an outer differentiation is open: so gradients have gradients.
package final class ReversePass {
  /// The nodes of the walk have numbers from here.
  private let base: Int
  private let scope: DifferentiationScope
  /// The pass that gets the gradients of earlier nodes.
  private let outer: ReversePass?
  /// The gradients so far by the node's number, in chunks, as numbers may be spread when other threads record.
  private var chunks: [[PendingGradient?]] = []
  private static let chunkLength = 256
  /// The gradients of parameters, whose nodes are older than the walk.
  private var parameters: [Int: PendingGradient]?

  /// Prepares a walk down to the inputs of `scope`, whose first node has the number `base`.
  package init(scope: DifferentiationScope, base: Int) {
    self.scope = scope
    self.base = base
    outer = nil
  }

  /// Prepares a walk over nodes that are made from now on, for another pass, which goes on with earlier ones.
  package init(within outer: ReversePass) {
    scope = outer.scope
    base = takeNodeNumbers()
    self.outer = outer
  }

  /// Prepares a walk over nodes from number `base` down to the parameters of models.
  package init(toParametersFrom base: Int) {
    scope = .parameters
    self.base = base
    outer = nil
    parameters = [:]
  }

  /// Whether a gradient of `node` leads to the inputs.
  package func wants<Scalar: TensorScalar>(_ node: Node<Scalar>) -> Bool {
    if node.id < base && parameters == nil { return outer?.wants(node) ?? false }
    return node.ancestry.contains(scope)
  }

  /// Adds to the gradient of `node`, which is only computed if it is of interest.
  package func add<Scalar: TensorScalar>(
    to node: Node<Scalar>, _ gradient: () -> Tensor<Scalar>
  ) {
    if node.id < base {
      if parameters != nil && node.ancestry.contains(scope) {
        addToParameter(node, gradient().summed(to: node.shape))
      } else {
        outer?.add(to: node, gradient)
      }
      return
    }
    guard node.ancestry.contains(scope) else { return }
    let gradient = gradient().summed(to: node.shape)
    let (chunk, place) = (node.id - base).quotientAndRemainder(dividingBy: Self.chunkLength)
    while chunks.count <= chunk { chunks.append([]) }
    if chunks[chunk].isEmpty {
      chunks[chunk] = [PendingGradient?](repeating: nil, count: Self.chunkLength)
    }
    if let pending = chunks[chunk][place] as? Pending<Scalar> {
      pending.add(gradient)
    } else {
      chunks[chunk][place] = Pending(node, gradient)
    }
  }

  private func addToParameter<Scalar: TensorScalar>(
    _ node: Node<Scalar>, _ gradient: Tensor<Scalar>
  ) {
    if let pending = parameters?[node.id] as? Pending<Scalar> {
      pending.add(gradient)
    } else {
      parameters?[node.id] = Pending(node, gradient)
    }
  }

  /// The gradient that has arrived at a parameter's node, or `nil` if the result does not depend on it.
  package func gradient<Scalar: TensorScalar>(ofParameter node: Node<Scalar>) -> Tensor<Scalar>? {
    (parameters?[node.id] as? Pending<Scalar>)?.gradient
  }

  /// Walks back until only nodes with numbers below `end` have gradients that have not been handed on.
  package func run(downTo end: Int = 0) {
    while let chunk = chunks.indices.last {
      let start = base + chunk * Self.chunkLength
      var place = chunks[chunk].count - 1
      while place >= 0 && start + place >= end {
        if let pending = chunks[chunk][place] {
          chunks[chunk][place] = nil
          pending.propagate(in: self)
        }
        place -= 1
      }
      if start <= end { break }
      chunks.removeLast()
    }
  }

  /// The gradient that has arrived at node number `id`, or `nil` if the result does not depend on it.
  package func gradient<Scalar: TensorScalar>(of id: Int, as type: Scalar.Type) -> Tensor<Scalar>? {
    let (chunk, place) = (id - base).quotientAndRemainder(dividingBy: Self.chunkLength)
    guard id >= base, chunk < chunks.count, place < chunks[chunk].count else { return nil }
    return (chunks[chunk][place] as? Pending<Scalar>)?.gradient
  }
}

/// The gradient of one node, of any element type, while it is being summed.
private class PendingGradient {
  func propagate(in pass: ReversePass) {}
}

private final class Pending<Scalar: TensorScalar>: PendingGradient {
  let node: Node<Scalar>
  private(set) var gradient: Tensor<Scalar>

  init(_ node: Node<Scalar>, _ gradient: Tensor<Scalar>) {
    self.node = node
    self.gradient = gradient
  }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  func add(_ other: Tensor<Scalar>) { gradient.accumulate(other) }

  @_specialize(where Scalar == Float)
  @_specialize(where Scalar == Double)
  override func propagate(in pass: ReversePass) {
    switch node.edges {
    case .none: break
    case .one(let operand, let pullback): pass.add(to: operand) { pullback(gradient) }
    case .saving(let operand, let result, let pullback):
      pass.add(to: operand) { pullback(gradient, result.attached(to: node)) }
    case .two(let first, let firstPullback, let second, let secondPullback):
      pass.add(to: first) { firstPullback(gradient) }
      pass.add(to: second) { secondPullback(gradient) }
    case .many(let pullback): pullback(gradient, pass)
    }
  }
}

extension Tensor {
  /// Adds `other` of the same shape, in place where nobody else has this memory.
  fileprivate mutating func accumulate(_ other: Tensor) {
    combine(.add, with: other, "gradient") { a, b in
      a.combined(.add, with: b, "gradient").recorded(from: a, b, { $0 }, { $0 })
    }
  }

  /// The sum over the axes that broadcasting added to `shape` or stretched.
  package func summed(to target: [Int]) -> Tensor {
    if shape == target { return self }
    guard Layout.broadcast(shape, target) == shape else {
      fail(
        "gradient: shape \(shape) does not belong to a value of shape \(target); "
          + "a pullback gives the operand's shape or one it broadcasts to")
    }
    let lead = rank - target.count
    let stretched = target.indices.filter { target[$0] == 1 && shape[lead + $0] != 1 }
    let axes = Array(0..<lead) + stretched.map { $0 + lead }
    let sums: Tensor = reducedSum(axes: axes)
    return sums.shape == target ? sums : sums.reshaped(to: target)
  }

  /// The sum over `axes`, which stay with length 1, in this element type; only called for floating-point numbers.
  private func reducedSum(axes: [Int]) -> Tensor {
    let shape = shape
    return reduced(.sum, "gradient", axes: axes, keepDims: true)
      .recorded(from: self, { g in g.broadcast(to: shape) })
  }
}
