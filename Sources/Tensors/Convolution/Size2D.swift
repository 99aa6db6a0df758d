/// A height and a width, written as one number for both or as a list of two.
///
/// ```swift
/// conv2d(x, weight, stride: 2, padding: [1, 0])
/// ```
public struct Size2D: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  /// Along the axis before the last.
  public var height: Int
  /// Along the last axis.
  public var width: Int

  /// Creates a size.
  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// Creates a size of two equal sides.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }

  /// Creates a size from height and width.
  ///
  /// - Precondition: The list has two elements.
  public init(arrayLiteral elements: Int...) {
    require(
      elements.count == 2, "Size2D: \(elements.count) numbers; a size has two, height and width")
    self.init(height: elements[0], width: elements[1])
  }

  var pair: (height: Int, width: Int) { (height, width) }
}

extension Size2D: CustomStringConvertible {
  /// Both sides, such as `3 by 3`.
  public var description: String { "\(height) by \(width)" }
}
