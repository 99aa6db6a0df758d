internal import BLAS

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements in nested brackets, as NumPy's `array2string` lays them out.
  ///
  /// Numbers have one format and line up, with up to eight digits after the point. Lines have up to 75 characters. Of
  /// more than 1,000 elements only three at each end of an axis are shown.
  ///
  /// ```swift
  /// print(Tensor<Float>([[1, 2.5], [30, -4]]))
  /// // [[ 1. ,  2.5],
  /// //  [30. , -4. ]]
  /// ```
  public var description: String { TensorText(self).text }

  /// The element type, the shape and the elements.
  public var debugDescription: String {
    "Tensor<\(Scalar.dataType)> \(shape)\n\(TensorText(self).text)"
  }
}

/// How many positions of an axis a text shows.
struct Elision {
  let length: Int
  let edge: Int
  let isElided: Bool

  init(length: Int, edge: Int, isElided: Bool) {
    self.length = length
    self.edge = edge
    self.isElided = isElided && length > 2 * edge
  }

  /// The shown positions; `nil` stands for those left out.
  var positions: [Int?] {
    guard isElided else { return Array(0..<length) }
    return Array(0..<edge) + [nil] + Array((length - edge)..<length)
  }
}

/// Builds the text of a tensor.
struct TensorText<Scalar: TensorScalar> {
  private let tensor: Tensor<Scalar>
  private let format: ElementFormat<Scalar>
  private let isElided: Bool
  /// Lines longer than this wrap.
  private let lineWidth = 75
  private let edge = 3

  init(_ tensor: Tensor<Scalar>) {
    self.tensor = tensor.detached
    isElided = tensor.count > 1000
    var shown = self.tensor
    if isElided {
      for (axis, length) in tensor.shape.enumerated() where length > 2 * edge {
        shown = shown.take(Array(0..<edge) + Array((length - edge)..<length), axis: axis)
      }
    }
    format = ElementFormat(tensor.rank == 0 ? [] : shown.scalars)
  }

  var text: String {
    if tensor.rank == 0 { return ElementFormat.alone(tensor.item()) }
    if tensor.isEmpty {
      return tensor.rank == 1 ? "[]" : "[] of shape \(tensor.shape)"
    }
    return lines(tensor, indent: 1, width: lineWidth)
  }

  /// The text of a part that starts after `indent` characters and whose closing brackets need the rest of the line.
  private func lines(_ part: Tensor<Scalar>, indent: Int, width: Int) -> String {
    let positions = Elision(length: part.shape[0], edge: edge, isElided: isElided).positions
    if part.rank == 1 { return row(part, positions, indent: indent, width: width) }
    let gap = "," + String(repeating: "\n", count: part.rank - 1)
    let margin = String(repeating: " ", count: indent)
    let items = positions.map { position in
      position.map { lines(part[$0], indent: indent + 1, width: width - 1) } ?? "..."
    }
    return "[" + items.joined(separator: gap + margin) + "]"
  }

  private func row(_ part: Tensor<Scalar>, _ positions: [Int?], indent: Int, width: Int) -> String {
    let values = part.scalars
    let margin = String(repeating: " ", count: indent)
    var (text, line) = ("", margin)
    for (number, position) in positions.enumerated() {
      let word = position.map { format.text(values[$0]) } ?? "..."
      // Room for the comma or the bracket after it.
      if line.utf8.count + word.utf8.count > width - 1 && line.utf8.count > indent {
        while line.utf8.last == UInt8(ascii: " ") { line.removeLast() }
        text += line + "\n"
        line = margin
      }
      line += word
      if number < positions.count - 1 { line += ", " }
    }
    return "[" + (text + line).dropFirst(indent) + "]"
  }
}
