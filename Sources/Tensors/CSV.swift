internal import BLAS

/// Numeric tables as comma-separated text (RFC 4180).
///
/// ```swift
/// let table = try CSV.read("data/digits.csv")
/// print(table.columns, table.values.shape)
/// ```
public enum CSV {
  /// Whether the first line names the columns.
  public enum Header: Sendable {
    /// It does if any of its fields is neither a number nor missing.
    case automatic
    /// It does.
    case present
    /// It does not.
    case absent
  }

  /// What becomes of fields that are empty or say NA, N/A, null or None.
  public enum MissingValues: Sendable {
    /// Reading throws.
    case fail
    /// They are NaN, which integers cannot be.
    case nan
    /// They are this number.
    case value(Double)
  }

  /// Reads a numeric table from a file.
  ///
  /// Lines may end in LF or CRLF; a byte order mark, empty lines and spaces around fields are skipped; fields may
  /// be quoted. `nan` and `inf` are numbers.
  ///
  /// - Parameters:
  ///   - path: The file; UTF-8 text.
  ///   - type: The element type.
  ///   - header: Whether the first line names the columns.
  ///   - delimiter: One ASCII character between fields.
  ///   - missing: What becomes of missing values.
  /// - Returns: The names and the values, of shape `[lines, fields]`.
  /// - Throws: `CSVError`, with the place of the first mistake.
  public static func read<Scalar: RealTensorScalar>(
    _ path: String, as type: Scalar.Type = Float.self, header: Header = .automatic,
    delimiter: Character = ",", missing: MissingValues = .fail
  ) throws(CSVError) -> CSVTable<Scalar> {
    let bytes: [UInt8]
    do { bytes = try Files.read(path) } catch {
      throw .cannotRead(file: path, reason: error.reason)
    }
    return try table(
      bytes, file: path, as: type, header: header, delimiter: delimiter, missing: missing)
  }

  /// Reads a numeric table from text, as `read` does from a file.
  ///
  /// - Throws: `CSVError`, which calls the text "text".
  public static func parse<Scalar: RealTensorScalar>(
    _ text: String, as type: Scalar.Type = Float.self, header: Header = .automatic,
    delimiter: Character = ",", missing: MissingValues = .fail
  ) throws(CSVError) -> CSVTable<Scalar> {
    try table(
      Array(text.utf8), file: "text", as: type, header: header, delimiter: delimiter,
      missing: missing)
  }

  private static func table<Scalar: RealTensorScalar>(
    _ bytes: [UInt8], file: String, as type: Scalar.Type, header: Header, delimiter: Character,
    missing: MissingValues
  ) throws(CSVError) -> CSVTable<Scalar> {
    let parser = CSVParser<Scalar>(
      bytes, file: file, delimiter: try byte(of: delimiter), missing: missing)
    return try parser.table(header: header)
  }

  /// Writes a matrix, or a vector as one column; numbers read back exactly.
  ///
  /// ```swift
  /// try CSV.write(predictions, to: "predictions.csv", columns: ["digit"])
  /// ```
  ///
  /// - Parameters:
  ///   - tensor: Rank 1 or 2.
  ///   - path: The file, replaced only once the new one is complete.
  ///   - columns: Names for a first line; none by default.
  ///   - delimiter: One ASCII character between fields.
  /// - Throws: `CSVError.notATable`, `wrongNames`, `badDelimiter` or `cannotWrite`.
  public static func write<Scalar: TensorScalar>(
    _ tensor: Tensor<Scalar>, to path: String, columns: [String] = [], delimiter: Character = ","
  ) throws(CSVError) {
    let text = try text(tensor, columns: columns, delimiter: delimiter)
    do { try Files.write([text], to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }

  private static func text<Scalar: TensorScalar>(
    _ tensor: Tensor<Scalar>, columns: [String], delimiter: Character
  ) throws(CSVError) -> [UInt8] {
    let separator = try byte(of: delimiter)
    guard tensor.rank == 1 || tensor.rank == 2 else { throw .notATable(shape: tensor.shape) }
    let width = tensor.rank == 2 ? tensor.shape[1] : 1
    guard columns.isEmpty || columns.count == width else {
      throw .wrongNames(found: columns.count, expected: width)
    }
    var text: [UInt8] = []
    if !columns.isEmpty {
      let names = columns.map { quoted($0, delimiter: delimiter) }
      text += Array(names.joined(separator: String(delimiter)).utf8) + [0x0A]
    }
    for (position, value) in tensor.scalars.enumerated() {
      let field = (value as? Bool).map { $0 ? "1" : "0" } ?? "\(value)"
      text += field.utf8
      text.append((position + 1) % width == 0 ? 0x0A : separator)
    }
    return text
  }

  private static func quoted(_ name: String, delimiter: Character) -> String {
    let special = name.contains { $0 == delimiter || $0 == "\"" || $0.isNewline }
    guard special || name.first == " " || name.last == " " else { return name }
    return "\""
      + name.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  private static func byte(of delimiter: Character) throws(CSVError) -> UInt8 {
    let forbidden: [UInt8] = [0x0A, 0x0D, 0x20, 0x22, 0x2B, 0x2D, 0x2E]
    guard let byte = delimiter.asciiValue, !forbidden.contains(byte),
      !delimiter.isLetter, !delimiter.isNumber
    else { throw .badDelimiter(String(delimiter)) }
    return byte
  }
}

/// A numeric table with the names of its columns.
public struct CSVTable<Scalar: RealTensorScalar>: Sendable, Equatable, Codable {
  /// The columns' names; empty if the file has no header.
  public let columns: [String]
  /// The numbers, of shape `[lines, fields]`.
  public let values: Tensor<Scalar>

  /// Returns the column called `name` as a vector, or `nil` if there is none.
  public subscript(column name: String) -> Tensor<Scalar>? {
    columns.firstIndex(of: name).map { values[0..., $0] }
  }
}

extension Tensor where Scalar: RealTensorScalar {
  /// Reads a numeric table from a CSV file, without its header if there is one.
  ///
  /// ```swift
  /// let data = try Tensor<Float>(csv: "data/digits.csv")  // [1797, 65]
  /// ```
  ///
  /// - Throws: `CSVError`, with the place of the first mistake.
  /// - SeeAlso: `CSV.read`, which gives the columns' names too.
  public init(
    csv path: String, header: CSV.Header = .automatic, delimiter: Character = ",",
    missing: CSV.MissingValues = .fail
  ) throws(CSVError) {
    self = try CSV.read(
      path, as: Scalar.self, header: header, delimiter: delimiter, missing: missing
    ).values
  }
}
