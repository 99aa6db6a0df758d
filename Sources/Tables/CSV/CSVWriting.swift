internal import BLAS

extension Table {
  /// Writes the table to a CSV file (RFC 4180), which is replaced only once the new one is complete.
  ///
  /// ```swift
  /// try table.write(csv: "people.csv")
  /// ```
  ///
  /// Numbers read back exactly; texts are quoted where they have to be, also if they could be taken for a missing value.
  /// Lines end in LF.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - delimiter: One ASCII character between fields.
  ///   - hasHeader: Whether the first line has the names.
  ///   - missing: What stands for a missing value; in a table of one column `NA` stands for an empty one, since empty
  ///     lines do not count.
  /// - Throws: `TableError.cannotWrite` or `badOption`.
  public func write(
    csv path: String, delimiter: Character = ",", hasHeader: Bool = true, missing: String = ""
  ) throws(TableError) {
    let parts = try csvParts(delimiter: delimiter, hasHeader: hasHeader, missing: missing)
    do { try Files.write(parts, to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }

  /// Returns the table as CSV text.
  ///
  /// - Throws: `TableError.badOption`.
  public func csvText(
    delimiter: Character = ",", hasHeader: Bool = true, missing: String = ""
  ) throws(TableError) -> String {
    let parts = try csvParts(delimiter: delimiter, hasHeader: hasHeader, missing: missing)
    return parts.map { String(decoding: $0, as: UTF8.self) }.joined()
  }

  private func csvParts(
    delimiter: Character, hasHeader: Bool, missing: String
  ) throws(TableError) -> [[UInt8]] {
    let writer = CSVWriter(
      delimiter: try CSVOptions.byte("delimiter", delimiter),
      missing: missing.isEmpty && columnCount == 1 ? "NA" : missing)
    if columnCount == 0 { return [] }
    var parts: [[UInt8]] = []
    var part: [UInt8] = []
    if hasHeader {
      for (place, name) in columnNames.enumerated() {
        writer.append(text: name, to: &part, isLast: place == columnCount - 1)
      }
    }
    for row in 0..<rowCount {
      for (place, column) in columns.enumerated() {
        writer.append(column, row, to: &part, isLast: place == columnCount - 1)
      }
      if part.count > 1 << 20 {
        parts.append(part)
        part.removeAll(keepingCapacity: true)
      }
    }
    return parts + [part]
  }
}

/// Writes fields.
private struct CSVWriter {
  let delimiter: UInt8
  let missing: [UInt8]
  private let marks: Set<String>
  private let longestMark: Int

  init(delimiter: UInt8, missing: String) {
    self.delimiter = delimiter
    self.missing = Array(missing.utf8)
    marks = Set(CSVOptions.usualMissingMarks + [missing])
    longestMark = marks.map(\.utf8.count).max() ?? 0
  }

  func append(_ column: Column, _ row: Int, to bytes: inout [UInt8], isLast: Bool) {
    switch column.storage {
    case .int(let cells) where !cells.isMissing(row):
      bytes += String(cells.values[row]).utf8
    case .double(let cells) where !cells.isMissing(row):
      bytes += cells.values[row].description.utf8
    case .bool(let cells) where !cells.isMissing(row):
      bytes += (cells.values[row] ? "true" : "false").utf8
    case .string(let cells) where !cells.isMissing(row):
      return append(text: cells.values[row], to: &bytes, isLast: isLast)
    default: bytes += missing
    }
    bytes.append(isLast ? 0x0A : delimiter)
  }

  func append(text: String, to bytes: inout [UInt8], isLast: Bool) {
    let isSpecial = text.utf8.contains {
      $0 == delimiter || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D
    }
    // Spaces at the ends, a first # and what could be missing are safer in quotes.
    let isRisky =
      (text.utf8.count <= longestMark && marks.contains(text)) || text.utf8.first == 0x20
      || text.utf8.last == 0x20 || text.utf8.first == 0x23
    if isSpecial || isRisky {
      bytes.append(0x22)
      for byte in text.utf8 {
        if byte == 0x22 { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(0x22)
    } else {
      bytes += text.utf8
    }
    bytes.append(isLast ? 0x0A : delimiter)
  }
}
