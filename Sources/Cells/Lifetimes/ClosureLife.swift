import SwiftSyntax

/// How long a closure may be kept by what it is handed to.
enum ClosureLife: Equatable {
  /// No longer than the call.
  case call
  /// As long as what the call returns.
  case result
  case unknown

  init(of closure: ClosureExprSyntax) {
    guard let call = Self.call(around: closure) else {
      self = .unknown
      return
    }
    let called = call.calledExpression
    if called.id == closure.id {
      self = .call
      return
    }
    let function =
      called.as(MemberAccessExprSyntax.self)?.declName.baseName.text
      ?? called.as(DeclReferenceExprSyntax.self)?.baseName.text ?? ""
    if Self.callers.contains(function) {
      self = .call
    } else {
      self = Self.keepers.contains(function) ? Self.life(ofResult: call) : .unknown
    }
  }

  private static func call(around closure: ClosureExprSyntax) -> FunctionCallExprSyntax? {
    if let call = closure.parent?.as(FunctionCallExprSyntax.self) { return call }
    if let label = closure.parent?.as(MultipleTrailingClosureElementSyntax.self) {
      return label.parent?.parent?.as(FunctionCallExprSyntax.self)
    }
    return closure.parent?.as(LabeledExprSyntax.self)?.parent?.parent?
      .as(FunctionCallExprSyntax.self)
  }

  /// How long the value of `call` lives, which is the whole of an item or the start of it.
  private static func life(ofResult call: FunctionCallExprSyntax) -> ClosureLife {
    var node = Syntax(call)
    while let parent = node.parent {
      if parent.is(InitializerClauseSyntax.self) { return .result }
      if parent.is(CodeBlockItemSyntax.self) { return .call }
      let goesOn =
        parent.as(MemberAccessExprSyntax.self)?.base?.id == node.id
        || parent.as(FunctionCallExprSyntax.self)?.calledExpression.id == node.id
        || parent.as(SubscriptCallExprSyntax.self)?.calledExpression.id == node.id
        || parent.is(TryExprSyntax.self) || parent.is(AwaitExprSyntax.self)
        || parent.is(ForceUnwrapExprSyntax.self) || isPrinted(node)
      guard goesOn else { return .unknown }
      node = isPrinted(node) ? Syntax(parent.parent?.parent ?? parent) : parent
    }
    return .unknown
  }

  /// Whether `node` is what a call of `print` prints.
  private static func isPrinted(_ node: Syntax) -> Bool {
    let call = node.parent?.as(LabeledExprSyntax.self)?.parent?.parent?
      .as(FunctionCallExprSyntax.self)
    let name = call?.calledExpression.as(DeclReferenceExprSyntax.self)?.baseName.text
    return name == "print" || name == "debugPrint"
  }

  /// Functions of the standard library, Foundation and Martlet that end with their closure.
  private static let callers: Set<String> = [
    "forEach", "reduce", "sort", "sorted", "contains", "first", "firstIndex", "last", "lastIndex",
    "allSatisfy", "min", "max", "elementsEqual", "starts", "removeAll", "partition", "count",
    "mapValues", "compactMapValues", "merge", "merging", "replacing", "split", "trimmingPrefix",
    "measure", "autoreleasepool", "withLock", "withCheckedContinuation",
    "withCheckedThrowingContinuation", "withTaskGroup", "withThrowingTaskGroup",
    "withUnsafePointer", "withUnsafeMutablePointer", "withUnsafeBytes", "withUnsafeMutableBytes",
    "withUnsafeBufferPointer", "withUnsafeMutableBufferPointer", "withExtendedLifetime",
    "concurrentPerform", "valueAndGradient", "withoutGradients", "timed",
  ]

  /// Functions whose result may hold the closure: lazy collections, asynchronous sequences, and
  /// functions that make functions.
  private static let keepers: Set<String> = [
    "map", "compactMap", "flatMap", "filter", "prefix", "drop", "sequence", "grad", "valueAndGrad",
    "vjp", "jvp", "jacobian", "hessian", "checkpoint",
  ]
}
