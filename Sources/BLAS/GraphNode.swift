internal import CKernels
internal import Synchronization

/// One recorded operation: what it came from, to be followed backwards.
///
/// Nodes never change, so threads may share them. `Edges`, which leads to the operands' nodes, is what the array module
/// makes of it. A graph is released without deep recursion, however long the chain of its nodes is.
@safe package final class GraphNode<Edges: Sendable>: @unchecked Sendable {
  // Unchecked: the only variable changes in `deinit`, when nobody else has the node.

  /// Counts all nodes in the order of their creation, so that each has a greater number than its operands.
  package let id: Int
  /// The differentiations that the operation depends on.
  package let ancestry: Ancestry
  /// The result's shape.
  package let shape: [Int]
  private var contents: Edges?

  /// Makes the node of a result that has `shape`.
  package init(id: Int, ancestry: Ancestry, shape: [Int], edges: Edges) {
    self.id = id
    self.ancestry = ancestry
    self.shape = shape
    contents = edges
  }

  /// The way to the operands.
  package var edges: Edges {
    guard let contents else { preconditionFailure("a node in use has its edges") }
    return contents
  }

  deinit {
    // Edges hold tensors and nodes that may be the last of theirs: a long chain would overflow the stack.
    let state = unsafe ck_recording_state()
    if unsafe state.pointee.release_depth >= releaseDepthLimit {
      unsafe ReleaseList.waiting(state).add(contents as Any)
      return
    }
    unsafe state.pointee.release_depth += 1
    contents = nil
    unsafe state.pointee.release_depth -= 1
    if unsafe state.pointee.release_depth == 0 { unsafe ReleaseList.drain(state) }
  }
}

/// How many nodes may be released within each other before the rest has to wait.
private let releaseDepthLimit: Int32 = 50

/// What waits to be released on one thread.
@safe private final class ReleaseList {
  private var values: [Any] = []

  func add(_ value: Any) { values.append(value) }

  /// The list of the thread with `state`, which holds a reference to it.
  static func waiting(_ state: UnsafeMutablePointer<ck_recording>) -> ReleaseList {
    if let list = unsafe state.pointee.released_later {
      return unsafe Unmanaged<ReleaseList>.fromOpaque(list).takeUnretainedValue()
    }
    let list = ReleaseList()
    unsafe state.pointee.released_later = Unmanaged.passRetained(list).toOpaque()
    return list
  }

  /// Releases what waits, and what has to wait while that happens.
  static func drain(_ state: UnsafeMutablePointer<ck_recording>) {
    guard let pointer = unsafe state.pointee.released_later else { return }
    let list = unsafe Unmanaged<ReleaseList>.fromOpaque(pointer).takeUnretainedValue()
    // A depth above 0 keeps nodes that are released here from draining, too.
    unsafe state.pointee.release_depth += 1
    while list.values.popLast() != nil {}
    unsafe state.pointee.release_depth -= 1
    unsafe state.pointee.released_later = nil
    unsafe Unmanaged<ReleaseList>.fromOpaque(pointer).release()
  }
}

private let nodeCounter = Atomic<Int>(0)

/// Takes `count` successive node numbers and returns the first.
package func takeNodeNumbers(_ count: Int = 1) -> Int {
  nodeCounter.wrappingAdd(count, ordering: .relaxed).oldValue
}

/// The scope of a differentiation: its function's operations are recorded while it is open.
package final class DifferentiationScope: Sendable {
  /// How many calls of the function run: one, or none, unless the scope is that of parameters.
  private let calls: Atomic<Int>
  private let isOfParameters: Bool

  /// Opens the scope of one call.
  package init() {
    calls = Atomic(1)
    isOfParameters = false
  }

  private init(ofParameters: Void) {
    calls = Atomic(0)
    isOfParameters = true
  }

  /// The scope of all parameters of models, which live longer than a call.
  ///
  /// It is open while some thread runs a function of parameters, as that may use other threads; but not on a thread
  /// that is walking back.
  package static let parameters = DifferentiationScope(ofParameters: ())

  /// Whether a function still runs; nothing recorded later can matter to its gradient.
  package var isOpen: Bool {
    guard calls.load(ordering: .relaxed) > 0 else { return false }
    guard isOfParameters else { return true }
    return unsafe ck_recording_state().pointee.parameters >= 0
  }

  /// Ends the recording for the scope of one call.
  package func close() { calls.subtract(1, ordering: .relaxed) }

  /// Runs a function of parameters; after that, walks back, which is recorded only for an outer such function.
  package static func ofParameters<Value, Result>(
    _ function: () throws -> Value, thenWalkingBack walk: (Value) -> Result
  ) rethrows -> Result {
    let state = unsafe ck_recording_state()
    let outer = unsafe state.pointee.parameters
    unsafe state.pointee.parameters = max(outer, 0) + 1
    parameters.calls.add(1, ordering: .relaxed)
    let value: Value
    do {
      defer {
        parameters.calls.subtract(1, ordering: .relaxed)
        unsafe state.pointee.parameters = outer
      }
      value = try function()
    }
    guard outer <= 0 else { return walk(value) }
    unsafe state.pointee.parameters = -1
    defer { unsafe state.pointee.parameters = outer }
    return walk(value)
  }
}

/// The set of differentiations that a recorded value depends on.
package final class Ancestry: Sendable {
  private let first: DifferentiationScope
  private let others: [DifferentiationScope]

  /// The set that every parameter has.
  package static let ofParameters = Ancestry(.parameters)

  /// Makes the set of one scope.
  package init(_ scope: DifferentiationScope) {
    first = scope
    others = []
  }

  private init(first: DifferentiationScope, others: [DifferentiationScope]) {
    self.first = first
    self.others = others
  }

  /// Whether some differentiation still records.
  package var isOpen: Bool {
    first.isOpen || (!others.isEmpty && others.contains { $0.isOpen })
  }

  /// Whether `scope` is in the set.
  package func contains(_ scope: DifferentiationScope) -> Bool {
    first === scope || (!others.isEmpty && others.contains { $0 === scope })
  }

  private func isSuperset(of other: Ancestry) -> Bool {
    contains(other.first) && other.others.allSatisfy(contains)
  }

  /// The scopes of both; an existing set if one holds the other.
  package func union(_ other: Ancestry) -> Ancestry {
    if self === other || isSuperset(of: other) { return self }
    if other.isSuperset(of: self) { return other }
    let added = ([other.first] + other.others).filter { !contains($0) }
    return Ancestry(first: first, others: others + added)
  }
}
