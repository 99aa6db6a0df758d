package import BLAS

/// The node of a recorded tensor of `Scalar` elements.
package typealias Node<Scalar: TensorScalar> = GraphNode<Edges<Scalar>>

/// The gradient of an operand from the gradient of the result.
///
/// It may have any shape that the operand broadcasts to: it is summed back to the operand's.
package typealias Pullback<Result: TensorScalar, Operand: TensorScalar> =
  @Sendable (Tensor<Result>) -> Tensor<Operand>

/// The way from a recorded result back to its operands.
package enum Edges<Scalar: TensorScalar>: Sendable {
  /// None: an input of the function that is being differentiated.
  case none
  /// One operand.
  case one(Node<Scalar>, Pullback<Scalar, Scalar>)
  /// One operand, with the result (without its node, which would hold itself) for the pullback.
  case saving(
    Node<Scalar>, result: Tensor<Scalar>,
    @Sendable (Tensor<Scalar>, Tensor<Scalar>) -> Tensor<Scalar>)
  /// Two operands.
  case two(Node<Scalar>, Pullback<Scalar, Scalar>, Node<Scalar>, Pullback<Scalar, Scalar>)
  /// Operands of other numbers or types: hands the gradients to the reverse pass itself.
  case many(@Sendable (Tensor<Scalar>, ReversePass) -> Void)
}

/// An operand's place in a graph, without its element type.
package struct RecordedOperand: Sendable {
  fileprivate let ancestry: Ancestry
  fileprivate let wanted: @Sendable (ReversePass) -> Bool
  /// Hands a gradient, a tensor of the operand's type, to a pass.
  fileprivate let add: @Sendable (Any, ReversePass) -> Void

  fileprivate init(
    ancestry: Ancestry, wanted: @escaping @Sendable (ReversePass) -> Bool,
    add: @escaping @Sendable (Any, ReversePass) -> Void
  ) {
    (self.ancestry, self.wanted, self.add) = (ancestry, wanted, add)
  }
}

extension Tensor {
  /// The node, if operations on this tensor are to be recorded now.
  package var recordedNode: Node<Scalar>? {
    guard let node else { return nil }
    switch RecordingMode.current {
    case .open: return node.ancestry.isOpen ? node : nil
    case .paused: return nil
    case .all: return node
    }
  }

  /// Whether operations on this tensor are recorded now.
  package var isRecorded: Bool { node != nil && recordedNode != nil }

  /// The same elements without a node.
  package var detached: Tensor { node == nil ? self : Tensor(storage: storage, layout: layout) }

  /// The same elements as the result that `node` stands for.
  package func attached(to node: Node<Scalar>?) -> Tensor {
    var result = self
    result.node = node
    return result
  }

  /// The same elements as the result of a new node.
  private func attached(ancestry: Ancestry, edges: Edges<Scalar>) -> Tensor {
    attached(
      to: Node<Scalar>(id: takeNodeNumbers(), ancestry: ancestry, shape: shape, edges: edges))
  }
}

// MARK: Recording an operation

extension Tensor {
  /// Records that this tensor was computed from `operand`, if that is being differentiated.
  ///
  /// ```swift
  /// x.mapped(.sin).recorded(from: x, { g in g * cos(x) })
  /// ```
  ///
  /// The pullback is made only if it is needed. It computes with tensors, so that it can be differentiated itself; it
  /// must not hold this result (`savingResult` hands it over).
  package func recorded(
    from operand: Tensor, _ pullback: @autoclosure () -> Pullback<Scalar, Scalar>
  ) -> Tensor {
    guard operand.node != nil, let node = operand.recordedNode else { return self }
    return attached(ancestry: node.ancestry, edges: .one(node, pullback()))
  }

  /// Records as `recorded(from:_:)` does; the pullback gets this result beside its gradient.
  ///
  /// ```swift
  /// x.mapped(.exp).recorded(from: x, savingResult: { g, y in g * y })
  /// ```
  package func recorded(
    from operand: Tensor,
    savingResult pullback: @autoclosure () -> @Sendable (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    guard operand.node != nil, let node = operand.recordedNode else { return self }
    return attached(
      ancestry: node.ancestry, edges: .saving(node, result: detached, pullback()))
  }

  /// Records an operation of two operands, each with its pullback.
  ///
  /// ```swift
  /// product.recorded(from: a, b, { g in g * b }, { g in g * a })
  /// ```
  package func recorded(
    from a: Tensor, _ b: Tensor, _ pullbackA: @autoclosure () -> Pullback<Scalar, Scalar>,
    _ pullbackB: @autoclosure () -> Pullback<Scalar, Scalar>
  ) -> Tensor {
    if a.node == nil && b.node == nil { return self }
    switch (a.recordedNode, b.recordedNode) {
    case (nil, nil): return self
    case (let node?, nil):
      return attached(ancestry: node.ancestry, edges: .one(node, pullbackA()))
    case (nil, let node?):
      return attached(ancestry: node.ancestry, edges: .one(node, pullbackB()))
    case (let first?, let second?):
      return attached(
        ancestry: first.ancestry.union(second.ancestry),
        edges: .two(first, pullbackA(), second, pullbackB()))
    }
  }

  /// Records an operation whose operand has another element type, as a conversion.
  package func recorded<Operand: TensorScalar>(
    fromOther operand: Tensor<Operand>, _ pullback: @autoclosure () -> Pullback<Scalar, Operand>
  ) -> Tensor {
    guard operand.node != nil, let node = operand.recordedNode else { return self }
    let pullback = pullback()
    return attached(
      ancestry: node.ancestry,
      edges: .many { gradient, pass in pass.add(to: node) { pullback(gradient) } })
  }

  /// Records an operation of any number of operands.
  ///
  /// ```swift
  /// joined.recorded(from: parts, { g in parts.indices.map { part($0, of: g) } })
  /// ```
  ///
  /// The pullback gives the gradients of all operands, in their order; those of operands that are not differentiated
  /// are dropped.
  package func recorded(
    from operands: [Tensor],
    _ pullback: @autoclosure () -> @Sendable (Tensor) -> [Tensor]
  ) -> Tensor {
    guard operands.contains(where: { $0.node != nil }) else { return self }
    let pullback = pullback()
    return recorded(from: operands.map { $0.recordedOperand }) { pullback($0) }
  }

  /// This tensor's place in a graph, whatever its element type; `nil` if it is not recorded now.
  package var recordedOperand: RecordedOperand? {
    guard let node = recordedNode else { return nil }
    return RecordedOperand(ancestry: node.ancestry, wanted: { $0.wants(node) }) { gradient, pass in
      guard let gradient = gradient as? Tensor else {
        fail("gradient: \(type(of: gradient)) for an operand of type \(Tensor.self)")
      }
      pass.add(to: node) { gradient }
    }
  }

  /// Records an operation of operands of any types; the pullback gives their gradients in order, as tensors.
  package func recorded(
    from operands: [RecordedOperand?], pullback: @escaping @Sendable (Tensor) -> [Any]
  ) -> Tensor {
    let ancestries = operands.compactMap { $0?.ancestry }
    guard let first = ancestries.first else { return self }
    return attached(
      ancestry: ancestries.dropFirst().reduce(first) { $0.union($1) },
      edges: .many { gradient, pass in
        guard operands.contains(where: { $0?.wanted(pass) ?? false }) else { return }
        for (operand, part) in zip(operands, pullback(gradient)) { operand?.add(part, pass) }
      })
  }

  /// Records this result as that of a graph that is made only when its gradient is wanted.
  ///
  /// `replay` gives the result again, recorded; it holds nothing that this graph has in between.
  package func recordedLater(_ replay: @escaping @Sendable () -> Tensor) -> Tensor {
    guard let node = recordedNode else { return detached }
    return detached.attached(
      ancestry: node.ancestry,
      edges: .many { gradient, pass in
        let inner = ReversePass(within: pass)
        let result = RecordingMode.all { replay() }
        guard let node = result.node else { return }
        inner.add(to: node) { gradient }
        inner.run()
      })
  }

  /// Stops the program if this tensor is being differentiated, as `operation` has no gradient.
  package func refuseRecording(_ operation: @autoclosure () -> String) {
    if isRecorded {
      fail(
        "\(operation()): there is no gradient of this operation; "
          + "use stopGradient(_:) on its operand if it shall count as a constant")
    }
  }
}
