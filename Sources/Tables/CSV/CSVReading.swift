internal import BLAS
internal import DelimitedText

extension Table {
  /// Reads a table from a CSV file (RFC 4180).
  ///
  /// ```swift
  /// let people = try Table(csv: "people.csv")
  /// let prices = try Table(csv: "prices.csv", .init(delimiter: ";", types: ["postcode": .string]))
  /// ```
  ///
  /// Lines may end in LF, CRLF or CR; a byte order mark and empty lines are skipped; quoted fields may hold delimiters,
  /// line ends and doubled quotes. A column's type is the narrowest of `Int`, `Double`, `Bool` and `String` that all of
  /// its values suit; if all are missing, it is `Double`. In a column of texts a quoted field is never missing.
  ///
  /// - Parameters:
  ///   - path: The file; UTF-8 text.
  ///   - options: How it is written, and what of it is read.
  /// - Throws: `TableError`, with line and column of the first mistake.
  public init(csv path: String, _ options: CSVOptions = CSVOptions()) throws(TableError) {
    self = try Self.read(try InputFile(table: path), label: path, options)
  }

  /// Reads a table from CSV text, as from a file.
  ///
  /// ```swift
  /// let table = try Table(csvText: "name,age\nAnn,34\nBob,\n")
  /// ```
  ///
  /// - Throws: `TableError`, which calls the file "text".
  public init(csvText text: String, _ options: CSVOptions = CSVOptions()) throws(TableError) {
    self = try Self.read(InputFile(bytes: Array(text.utf8)), label: "text", options)
  }

  /// Reads a table from the bytes of a CSV file.
  package init(
    csvBytes bytes: [UInt8], _ options: CSVOptions = CSVOptions()
  ) throws(TableError) {
    self = try Self.read(InputFile(bytes: bytes), label: "bytes", options)
  }

  private static func read(
    _ file: InputFile, label: String, _ options: CSVOptions
  ) throws(TableError) -> Table {
    let scanner = try CSVScanner(file, label: label, options: options)
    var builders = try ColumnBuilder.all(names: scanner.names, options)
    var rowCount = 0
    while try scanner.next() {
      rowCount += scanner.reader.window.count
      for place in builders.indices { try builders[place].append(scanner) }
    }
    let again = builders.indices.filter { builders[$0].rereadCount > 0 }
    if !again.isEmpty { try reread(again, of: &builders, file, label: label, options) }
    var table = Table()
    for builder in builders {
      let column = builder.column()
      // A file of names alone has columns of no values.
      try table.append(scanner.names[builder.place], column)
    }
    return table
  }

  /// Reads the first values of columns that turned out to be texts.
  private static func reread(
    _ places: [Int], of builders: inout [ColumnBuilder], _ file: InputFile, label: String,
    _ options: CSVOptions
  ) throws(TableError) {
    var texts = [[String]](repeating: [], count: builders.count)
    var flags = [[Bool]?](repeating: nil, count: builders.count)
    var options = options
    options.maxRows = places.map { builders[$0].rereadCount }.max()
    let scanner = try CSVScanner(file, label: label, options: options)
    while try scanner.next() {
      let whole = scanner.reader.window
      for place in places {
        let missing = builders[place].rereadCount - texts[place].count
        guard missing > 0 else { continue }
        scanner.reader.window = whole.prefix(missing)
        scanner.reader.appendStrings(
          column: builders[place].place, from: whole.lowerBound, to: &texts[place],
          missing: &flags[place])
      }
      scanner.reader.window = whole
    }
    for place in places { builders[place].prepend(texts[place], missing: flags[place]) }
  }
}

extension ColumnBuilder {
  /// A builder for each column that is asked for.
  static func all(names: [String], _ options: CSVOptions) throws(TableError) -> [ColumnBuilder] {
    let places = Dictionary(names.enumerated().map { ($1, $0) }) { first, _ in first }
    func place(_ name: String) throws(TableError) -> Int {
      guard let place = places[name] else {
        throw .noColumn(name: name, nearest: Names.nearest(to: name, in: names), names: names)
      }
      return place
    }
    for name in options.types.keys.sorted() { _ = try place(name) }
    var builders: [ColumnBuilder] = []
    for name in options.columns ?? names {
      builders.append(ColumnBuilder(place: try place(name), type: options.types[name]))
    }
    return builders
  }
}

extension InputFile {
  convenience init(table path: String) throws(TableError) {
    do { try self.init(path) } catch { throw .cannotRead(file: path, reason: error.reason) }
  }
}

/// A CSV file's rows in tables of a few, so that files may be larger than memory.
///
/// ```swift
/// var batches = try CSVBatches("clicks.csv", rows: 100_000)
/// var total = 0.0
/// while let batch = try batches.next() { total += try batch["seconds"].sum() }
/// ```
///
/// The file is read once to find the columns' types, unless all are given, and once more for the values.
public struct CSVBatches {
  private let scanner: CSVScanner
  private let builders: [ColumnBuilder]
  private let rows: Int
  /// The records of the scanner's batch that were not given yet.
  private var waiting = 0..<0

  /// The names of the columns.
  public let columnNames: [String]
  /// The types of the columns.
  public let columnTypes: [ColumnType]

  /// Opens a file and finds its columns' types.
  ///
  /// - Parameters:
  ///   - path: The file; UTF-8 text.
  ///   - rows: The most rows of a table.
  ///   - options: How it is written, and what of it is read.
  /// - Throws: `TableError`, with line and column of the first mistake.
  public init(
    _ path: String, rows: Int, _ options: CSVOptions = CSVOptions()
  ) throws(TableError) {
    guard rows > 0 else {
      throw .badOption(name: "rows", value: "\(rows)", reason: "a batch has at least one")
    }
    let file = try InputFile(table: path)
    var options = options
    scanner = try CSVScanner(file, label: path, options: options)
    let names = options.columns ?? scanner.names
    if names.contains(where: { options.types[$0] == nil }) {
      let first = try CSVScanner(file, label: path, options: options)
      var found = try ColumnBuilder.all(names: first.names, options)
      while try first.next() {
        for place in found.indices {
          try found[place].append(first)
          found[place].forget()
        }
      }
      for builder in found { options.types[first.names[builder.place]] = builder.type ?? .double }
    }
    builders = try ColumnBuilder.all(names: scanner.names, options)
    columnNames = builders.map { [scanner] in scanner.names[$0.place] }
    columnTypes = names.map { [options] in options.types[$0] ?? .double }
    self.rows = rows
  }

  /// Returns the next rows, or `nil` after the last.
  ///
  /// - Throws: `TableError`, with line and column of the first mistake.
  public mutating func next() throws(TableError) -> Table? {
    var (builders, count) = (self.builders, 0)
    while count < rows {
      if waiting.isEmpty {
        guard try scanner.next() else { break }
        waiting = scanner.reader.window
      }
      let part = waiting.prefix(rows - count)
      scanner.reader.window = part
      for place in builders.indices { try builders[place].append(scanner) }
      count += part.count
      waiting = part.upperBound..<waiting.upperBound
    }
    guard count > 0 else { return nil }
    return Table(names: columnNames, columns: builders.map { $0.column() }, rowCount: count)
  }
}
