/// One format for all elements of a tensor, so that columns line up.
struct ElementFormat<Scalar: TensorScalar> {
  private enum Kind {
    case real(NumberFormat)
    case complex(NumberFormat, NumberFormat)
    case other(width: Int)
  }

  private let kind: Kind

  /// Chooses the format that suits all `sample`.
  init(_ sample: [Scalar]) {
    let type = Scalar.dataType
    if type.isFloatingPoint {
      kind = .real(NumberFormat(sample.map { Self.number($0) }, of: type))
    } else if type.isComplex {
      let parts = sample.map { Self.parts($0) }
      kind = .complex(
        NumberFormat(parts.map(\.0), of: type),
        NumberFormat(parts.map(\.1), of: type, showsPlus: true))
    } else {
      // NumPy leaves room for "false" even where all are true.
      let least = type == .bool ? 5 : 0
      kind = .other(width: Swift.max(sample.map { "\($0)".utf8.count }.max() ?? 0, least))
    }
  }

  /// The text of an element, filled up with spaces to the common width.
  func text(_ value: Scalar) -> String {
    switch kind {
    case .real(let format): return format.text(Self.number(value))
    case .complex(let real, let imaginary):
      let (first, second) = Self.parts(value)
      let text = imaginary.text(second)
      let spaces = text.utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count
      return real.text(first) + text.dropLast(spaces) + "j"
        + String(repeating: " ", count: spaces)
    case .other(let width):
      let text = "\(value)"
      return String(repeating: " ", count: Swift.max(width - text.utf8.count, 0)) + text
    }
  }

  /// The text of an element without spaces around it.
  func plain(_ value: Scalar) -> String {
    String(text(value).drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// The text of a single element: the shortest that reads back as the number.
  static func alone(_ value: Scalar) -> String {
    guard Scalar.dataType.isFloatingPoint else { return "\(value)" }
    return ShortestDigits(number(value), of: Scalar.dataType).alone
  }

  private static func number(_ value: Scalar) -> Double {
    switch value {
    case let value as Float: Double(value)
    case let value as Float16: Double(value)
    case let value as BFloat16: Double(value.float)
    case let value as Double: value
    default: .nan
    }
  }

  private static func parts(_ value: Scalar) -> (Double, Double) {
    switch value {
    case let value as Complex<Float>: (Double(value.real), Double(value.imaginary))
    case let value as Complex<Double>: (value.real, value.imaginary)
    default: (.nan, .nan)
    }
  }
}
