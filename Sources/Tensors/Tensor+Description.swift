internal import BLAS

extension Tensor: CustomStringConvertible, CustomDebugStringConvertible {
  /// The elements in nested brackets, aligned; large tensors show their corners only.
  public var description: String {
    TensorText(self).text
  }

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
  private let format: NumberFormat
  private let isElided: Bool
  /// Lines longer than this wrap.
  private let lineWidth = 88

  init(_ tensor: Tensor<Scalar>) {
    self.tensor = tensor
    isElided = tensor.count > 1000
    var corner = tensor
    if isElided {
      for (axis, length) in tensor.shape.enumerated() where length > 6 {
        corner = corner.take(Array(0..<3) + Array((length - 3)..<length), axis: axis)
      }
    }
    format = NumberFormat(corner)
  }

  var text: String {
    if tensor.rank == 0 { return NumberFormat.alone(tensor.item()) }
    if tensor.isEmpty {
      return tensor.rank == 1 ? "[]" : "[] of shape \(tensor.shape)"
    }
    return lines(tensor, indent: 1)
  }

  private func lines(_ part: Tensor<Scalar>, indent: Int) -> String {
    let positions = Elision(length: part.shape[0], edge: 3, isElided: isElided).positions
    if part.rank == 1 {
      return row(part, positions, indent: indent)
    }
    let gap = ",\n" + String(repeating: "\n", count: part.rank - 2)
    let margin = String(repeating: " ", count: indent)
    let items = positions.map { position in
      position.map { lines(part[$0], indent: indent + 1) } ?? "..."
    }
    return "[" + items.joined(separator: gap + margin) + "]"
  }

  private func row(_ part: Tensor<Scalar>, _ positions: [Int?], indent: Int) -> String {
    let values = part.scalars
    let items = positions.map { $0.map { format.text(values[$0]) } ?? "..." }
    var (text, width) = ("[", indent)
    for (number, item) in items.enumerated() {
      let length = item.count + 2
      if number > 0 {
        text += ","
        if width + length > lineWidth {
          text += "\n" + String(repeating: " ", count: indent)
          width = indent
        } else {
          text += " "
        }
      }
      text += item
      width += length
    }
    return text + "]"
  }
}

/// One format for all numbers of a tensor, so that columns line up.
struct NumberFormat {
  private var width = 0
  private var digits = 0
  private var isScientific = false

  /// Chooses the format that shows up to four digits after the point.
  init<Scalar: TensorScalar>(_ sample: Tensor<Scalar>) {
    let values = sample.scalars
    if let numbers = Self.doubles(values) {
      let sizes = numbers.filter { $0.isFinite && $0 != 0 }.map { abs($0) }
      let (largest, smallest) = (sizes.max() ?? 0, sizes.min() ?? 1)
      let areWhole = sizes.allSatisfy { $0 == $0.rounded() }
      isScientific =
        largest >= 1e8 || (!areWhole && (smallest < 1e-4 || largest / smallest > 1e5))
      digits = isScientific ? 4 : areWhole ? 1 : 4
      if !isScientific && !areWhole { digits = Self.neededDigits(numbers) }
    }
    width = values.map { plain($0).count }.max() ?? 0
  }

  /// The text of an element, padded on the left to the common width.
  func text<Scalar: TensorScalar>(_ value: Scalar) -> String {
    let text = plain(value)
    return String(repeating: " ", count: Swift.max(width - text.count, 0)) + text
  }

  /// The text of an element without padding.
  func plain<Scalar: TensorScalar>(_ value: Scalar) -> String {
    guard let number = Self.doubles([value])?.first else { return "\(value)" }
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    return NumberText.fixed(number, digits: digits, scientific: isScientific)
  }

  /// The text of a scalar tensor: the shortest that reads back as the number.
  static func alone<Scalar: TensorScalar>(_ value: Scalar) -> String { "\(value)" }

  /// The numbers if the type is floating-point.
  private static func doubles<Scalar: TensorScalar>(_ values: [Scalar]) -> [Double]? {
    switch values {
    case let floats as [Float]: floats.map(Double.init)
    case let floats as [Float16]: floats.map(Double.init)
    case let floats as [BFloat16]: floats.map { Double($0.float) }
    default: values as? [Double]
    }
  }

  /// The fewest digits, 1 to 4, that show every number as well as four do.
  private static func neededDigits(_ numbers: [Double]) -> Int {
    var needed = 1
    for number in numbers where number.isFinite {
      let text = NumberText.fixed(number, digits: 4)
      let zeros = text.reversed().prefix { $0 == "0" }.count
      needed = Swift.max(needed, 4 - zeros)
      if needed == 4 { break }
    }
    return needed
  }
}
