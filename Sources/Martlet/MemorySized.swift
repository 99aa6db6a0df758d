/// A value that knows how much memory it refers to, for `%whos`.
///
/// ```swift
/// extension Cache: MemorySized {
///   var memorySize: Int { entries.count * 4_096 }
/// }
/// ```
public protocol MemorySized {
  /// The bytes that the value refers to, beside those of the value itself.
  var memorySize: Int { get }
}

extension Tensor: MemorySized {
  /// The bytes of the elements; tensors that are views of the same memory all count theirs.
  public var memorySize: Int { count * MemoryLayout<Scalar>.stride }
}
