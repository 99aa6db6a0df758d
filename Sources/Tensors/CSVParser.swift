/// Parses one CSV text.
struct CSVParser<Scalar: RealTensorScalar> {
  private let bytes: [UInt8]
  private let file: String
  private let delimiter: UInt8
  private let missing: CSV.MissingValues

  init(_ bytes: [UInt8], file: String, delimiter: UInt8, missing: CSV.MissingValues) {
    self.bytes = bytes
    self.file = file
    self.delimiter = delimiter
    self.missing = missing
  }

  /// A field's bytes, without quotes and the spaces around it.
  private struct Field {
    var bytes: ArraySlice<UInt8>
    /// Whether the bytes hold doubled quotes.
    var hasQuotes = false

    var text: String {
      guard hasQuotes else { return String(decoding: bytes, as: UTF8.self) }
      var plain: [UInt8] = []
      var skips = false
      for byte in bytes {
        if byte == 0x22 && skips {
          skips = false
          continue
        }
        skips = byte == 0x22
        plain.append(byte)
      }
      return String(decoding: plain, as: UTF8.self)
    }
  }

  /// Where the parser is.
  private struct Cursor {
    var position: Int
    var line = 1
  }

  func table(header: CSV.Header) throws(CSVError) -> CSVTable<Scalar> {
    try checkUTF8()
    var cursor = Cursor(position: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
    var (names, values, width) = ([String](), [Scalar](), -1)
    var fields: [Field] = []
    while let line = try nextLine(&cursor, into: &fields) {
      if width < 0 {
        width = fields.count
        if isHeader(fields, header) {
          names = fields.map(\.text)
          continue
        }
      }
      guard fields.count == width else {
        throw .ragged(file: file, line: line, found: fields.count, expected: width)
      }
      for column in fields.indices {
        values.append(
          try value(
            fields[column], line: line, column: column,
            name: names.isEmpty ? nil : names[column]))
      }
    }
    guard !values.isEmpty else { throw .empty(file: file) }
    return CSVTable(
      columns: names, values: Tensor(shape: [values.count / width, width], values: values))
  }

  private func checkUTF8() throws(CSVError) {
    // Pure ASCII, the normal case, needs no decoding.
    guard let first = bytes.firstIndex(where: { $0 >= 0x80 }) else { return }
    let start = bytes[..<first].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    guard String(validating: bytes[start...], as: UTF8.self) == nil else { return }
    var line = 1
    for part in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      if String(validating: part, as: UTF8.self) == nil { throw .notUTF8(file: file, line: line) }
      line += 1
    }
  }

  private func isHeader(_ fields: [Field], _ header: CSV.Header) -> Bool {
    switch header {
    case .present: true
    case .absent: false
    case .automatic:
      fields.contains { !isMissing($0.bytes) && DecimalNumber.parse($0.bytes) == nil }
    }
  }

  // MARK: Lines and fields

  /// Reads the fields of the next line that is not empty; returns its number, or `nil` at the end.
  private func nextLine(_ cursor: inout Cursor, into fields: inout [Field]) throws(CSVError) -> Int?
  {
    while cursor.position < bytes.count {
      let line = cursor.line
      let start = cursor.position
      fields.removeAll(keepingCapacity: true)
      repeat {
        fields.append(try nextField(&cursor, column: fields.count + 1))
      } while takeDelimiter(
        &cursor)
      let end = cursor.position
      takeLineEnd(&cursor)
      let isBlank = bytes[start..<end].allSatisfy(isSpace)
      if !isBlank { return line }
    }
    return nil
  }

  private func takeDelimiter(_ cursor: inout Cursor) -> Bool {
    guard cursor.position < bytes.count, bytes[cursor.position] == delimiter else { return false }
    cursor.position += 1
    return true
  }

  private func takeLineEnd(_ cursor: inout Cursor) {
    guard cursor.position < bytes.count else { return }
    if bytes[cursor.position] == 0x0D, cursor.position + 1 < bytes.count,
      bytes[cursor.position + 1] == 0x0A
    {
      cursor.position += 1
    }
    cursor.position += 1
    cursor.line += 1
  }

  /// Whether the byte is a space, or a tab where that does not separate fields.
  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte == 0x09 && byte != delimiter)
  }

  private func isEnd(_ position: Int) -> Bool {
    position >= bytes.count || bytes[position] == delimiter || bytes[position] == 0x0A
      || bytes[position] == 0x0D
  }

  private func nextField(_ cursor: inout Cursor, column: Int) throws(CSVError) -> Field {
    var position = cursor.position
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    if position < bytes.count, bytes[position] == 0x22 {
      cursor.position = position + 1
      return try quotedField(&cursor, column: column)
    }
    let start = position
    while !isEnd(position) { position += 1 }
    cursor.position = position
    while position > start, isSpace(bytes[position - 1]) { position -= 1 }
    return Field(bytes: bytes[start..<position])
  }

  private func quotedField(_ cursor: inout Cursor, column: Int) throws(CSVError) -> Field {
    let (start, line) = (cursor.position, cursor.line)
    var position = start
    var hasQuotes = false
    while position < bytes.count {
      if bytes[position] == 0x22 {
        guard position + 1 < bytes.count, bytes[position + 1] == 0x22 else { break }
        hasQuotes = true
        position += 1
      } else if bytes[position] == 0x0A {
        cursor.line += 1
      }
      position += 1
    }
    guard position < bytes.count else { throw .openQuote(file: file, line: line) }
    let field = Field(bytes: bytes[start..<position], hasQuotes: hasQuotes)
    position += 1
    while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    guard isEnd(position) else {
      throw .textAfterQuote(file: file, line: cursor.line, column: column)
    }
    cursor.position = position
    return field
  }

  // MARK: Values

  private func isMissing(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= 4 else { return false }
    if bytes.isEmpty { return true }
    return ["NA", "N/A", "null", "None"].contains { $0.utf8.elementsEqual(bytes) }
  }

  private func value(_ field: Field, line: Int, column: Int, name: String?) throws(CSVError)
    -> Scalar
  {
    let number: DecimalNumber
    if isMissing(field.bytes) {
      switch missing {
      case .fail: throw .missingValue(file: file, line: line, column: column + 1, name: name)
      case .nan: number = .real(.nan)
      case .value(let value): number = .real(value)
      }
    } else if let parsed = DecimalNumber.parse(field.bytes) {
      number = parsed
    } else {
      throw .notANumber(
        file: file, line: line, column: column + 1, name: name, text: String(field.text.prefix(40)))
    }
    guard let value = number.converted(to: Scalar.self) else {
      let text = field.bytes.isEmpty ? "a missing value" : field.text
      throw .doesNotFit(
        file: file, line: line, column: column + 1, name: name, text: text, type: Scalar.dataType)
    }
    return value
  }
}

/// A number read from text: exact if whole.
enum DecimalNumber {
  case whole(Int)
  case real(Double)

  /// Powers of ten that `Double` holds exactly.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Parses digits, a fraction, an exponent, `inf` or `nan`; `nil` for anything else.
  static func parse(_ bytes: ArraySlice<UInt8>) -> DecimalNumber? {
    var rest = bytes
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest.removeFirst() }
    var (digits, mantissa, scale, isWhole) = (0, UInt64(0), 0, true)
    while let byte = rest.first {
      if byte >= 0x30 && byte <= 0x39 {
        digits += 1
        if digits > 18 { return slow(bytes) }
        mantissa = mantissa * 10 + UInt64(byte - 0x30)
        if !isWhole { scale += 1 }
      } else if byte == 0x2E && isWhole {
        isWhole = false
      } else {
        return slow(bytes)
      }
      rest.removeFirst()
    }
    guard digits > 0 else { return slow(bytes) }
    if isWhole && !(isNegative && mantissa == 0) {
      return .whole(isNegative ? -Int(mantissa) : Int(mantissa))
    }
    // One correctly rounded division of two exact numbers gives the correctly rounded result.
    guard mantissa < 1 << 53, scale <= 22 else { return slow(bytes) }
    let magnitude = Double(mantissa) / powers[scale]
    return .real(isNegative ? -magnitude : magnitude)
  }

  private static func slow(_ bytes: ArraySlice<UInt8>) -> DecimalNumber? {
    // Swift's parser also takes hexadecimal and payloads of NaN, which no table means.
    let allowed = Array("0123456789+-.eEinfatyINFATY".utf8)
    guard bytes.count < 400, bytes.allSatisfy(allowed.contains) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    if let whole = Int(text) { return .whole(whole) }
    return Double(text).map { .real($0) }
  }

  /// The number as a tensor's element, or `nil` if it does not fit.
  func converted<Scalar: RealTensorScalar>(to type: Scalar.Type) -> Scalar? {
    if let floating = type as? any FloatingTensorScalar.Type {
      return floating.init(self) as? Scalar
    }
    switch self {
    case .whole(let value): return Scalar(exactly: value)
    case .real(let value): return Int(exactly: value).flatMap { Scalar(exactly: $0) }
    }
  }
}

extension FloatingTensorScalar {
  /// The nearest number.
  fileprivate init(_ number: DecimalNumber) {
    switch number {
    case .whole(let value): self.init(value)
    case .real(let value): self.init(value)
    }
  }
}
