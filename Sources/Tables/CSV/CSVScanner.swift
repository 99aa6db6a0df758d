internal import BLAS
internal import DelimitedText

/// Reads a file's records batch by batch, after its names.
final class CSVScanner {
  /// The bytes that are read at once.
  private static let chunk = 1 << 20

  private let file: InputFile
  private let label: String
  private let options: CSVOptions
  private var position = 0
  /// The rows that may still come.
  private var remaining: Int
  let reader: RecordReader
  /// The names of all columns of the file.
  private(set) var names: [String] = []
  /// Whether the batch that was read for the names has rows that were not given yet.
  private var hasWaiting = false

  /// Opens a file, or bytes in memory, and reads its names.
  init(_ file: InputFile, label: String, options: CSVOptions) throws(TableError) {
    self.file = file
    self.label = label
    self.options = options
    remaining = options.maxRows ?? .max
    let format = try options.format()
    let first = try Self.firstLine(file, skipping: options.skipLines, label: label)
    position = first
    reader = RecordReader(format, firstLine: options.skipLines + 1)
    try readNames()
  }

  /// Makes the next batch of rows `reader`'s window; returns whether there is one.
  func next() throws(TableError) -> Bool {
    guard remaining > 0 else { return false }
    if hasWaiting {
      hasWaiting = false
      if reader.window.isEmpty, try !fill() { return false }
    } else if try !fill() {
      return false
    }
    if reader.window.count > remaining {
      reader.window = reader.window.prefix(remaining)
    }
    remaining -= reader.window.count
    return true
  }

  /// The error for a field of the batch that is not of its column's type.
  func fault(record: Int, column: Int, type: ColumnType) -> TableError {
    .notOfType(
      file: label, line: reader.line(ofRecord: record), column: names[column],
      text: String(reader.string(record: record, column: column).prefix(40)), type: type)
  }

  private func fill() throws(TableError) -> Bool {
    while true {
      do throws(RecordFault) {
        if try reader.nextBatch() { return true }
      } catch {
        throw .init(error, file: label)
      }
      guard position < file.byteCount else { return false }
      // A long record is read in growing steps, so that it is not gone over too often.
      let count = min(max(Self.chunk, reader.waitingByteCount), file.byteCount - position)
      let bytes: [UInt8]
      do { bytes = try file.bytes(position..<(position + count)) } catch {
        throw .cannotRead(file: label, reason: error.reason)
      }
      position += count
      reader.append(bytes, isLast: position == file.byteCount)
    }
  }

  private func readNames() throws(TableError) {
    guard try fill() else {
      guard let names = options.columnNames else { throw .empty(file: label) }
      self.names = names
      return
    }
    let width = reader.width
    hasWaiting = true
    if options.hasHeader {
      names = Self.distinct((0..<width).map { reader.string(record: 0, column: $0) })
      reader.window = 1..<reader.recordCount
    } else {
      names = (0..<width).map { "\($0)" }
    }
    guard let chosen = options.columnNames else { return }
    guard chosen.count == width else {
      throw .wrongLength(column: "columnNames", found: chosen.count, expected: width)
    }
    names = chosen
  }

  /// Names of which none is empty and no two are equal, as pandas makes them.
  private static func distinct(_ names: [String]) -> [String] {
    var used = Set(names)
    var seen: Set<String> = []
    return names.enumerated().map { place, name in
      var result = name.isEmpty ? "Unnamed: \(place)" : name
      var number = 0
      while seen.contains(result) || (number > 0 && used.contains(result)) {
        number += 1
        result = "\(name).\(number)"
      }
      seen.insert(result)
      used.insert(result)
      return result
    }
  }

  /// Where the first line that counts begins, after a byte order mark.
  private static func firstLine(
    _ file: InputFile, skipping lines: Int, label: String
  ) throws(TableError) -> Int {
    func bytes(_ range: Range<Int>) throws(TableError) -> [UInt8] {
      do { return try file.bytes(range) } catch {
        throw .cannotRead(file: label, reason: error.reason)
      }
    }
    var position = 0
    if file.byteCount >= 3, try bytes(0..<3) == [0xEF, 0xBB, 0xBF] { position = 3 }
    var (left, endsWithReturn) = (lines, false)
    while left > 0 && position < file.byteCount {
      let part = try bytes(position..<min(position + chunk, file.byteCount))
      for (place, byte) in part.enumerated() {
        // A line feed after a carriage return belongs to the line that ended there.
        let isPart = endsWithReturn && byte == 0x0A
        if left == 0 && !isPart { return position + place }
        endsWithReturn = byte == 0x0D
        if (byte == 0x0A && !isPart) || byte == 0x0D { left -= 1 }
      }
      position += part.count
    }
    return position
  }
}

extension TableError {
  init(_ fault: RecordFault, file: String) {
    switch fault {
    case .ragged(let line, let column, let found, let expected):
      self = .ragged(file: file, line: line, column: column, found: found, expected: expected)
    case .openQuote(let line, let column):
      self = .openQuote(file: file, line: line, column: column)
    case .textAfterQuote(let line, let column):
      self = .textAfterQuote(file: file, line: line, column: column)
    case .tooLong(let line): self = .tooLong(file: file, line: line)
    case .notUTF8(let line): self = .notUTF8(file: file, line: line)
    }
  }
}
