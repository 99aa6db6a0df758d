internal import DelimitedText

/// A column that is being read, whose type is found out from the values.
///
/// It begins as whole numbers, and becomes numbers, Booleans or texts when a value is none. Values that were already
/// converted when the column turned out to be texts have to be read once more.
struct ColumnBuilder {
  /// The column's place in the file.
  let place: Int
  /// The type that was asked for.
  private let wanted: ColumnType?
  /// The type so far; `nil` while all values are missing.
  private(set) var type: ColumnType?
  /// The rows so far, those included that `forget` dropped.
  private(set) var rowCount = 0
  /// The rows at the beginning that have to be read again, as texts.
  private(set) var rereadCount = 0
  /// Whether a value was there that was not missing.
  private var hasValue = false

  private var ints: [Int] = []
  private var doubles: [Double] = []
  private var strings: [String] = []
  private var bools: [Bool] = []
  private var missing: [Bool]?
  /// The missing values before the first that is there.
  private var leading = 0

  init(place: Int, type: ColumnType?) {
    self.place = place
    wanted = type
    self.type = type
  }

  /// Adds the values of the scanner's batch.
  mutating func append(_ scanner: CSVScanner) throws(TableError) {
    let reader = scanner.reader
    var record = reader.window.lowerBound
    let end = reader.window.upperBound
    rowCount += end - record
    while record < end {
      switch type {
      case nil:
        let first = reader.firstPresent(column: place, from: record)
        leading += first - record
        record = first
        if first < end { begin(as: .int) }
      case .int:
        let next = reader.appendInts(column: place, from: record, to: &ints, missing: &missing)
        hasValue = hasValue || next > record
        record = next
        if record < end {
          try checkFree(scanner, record)
          doubles = ints.map { Double($0) }
          ints = []
          type = .double
        }
      case .double:
        let next = reader.appendDoubles(
          column: place, from: record, to: &doubles, missing: &missing)
        hasValue = hasValue || next > record
        record = next
        if record < end {
          try checkFree(scanner, record)
          if hasValue { becomeText(rows: rowCount - (end - record)) } else { begin(as: .bool) }
        }
      case .bool:
        let next = reader.appendBools(column: place, from: record, to: &bools, missing: &missing)
        hasValue = hasValue || next > record
        record = next
        if record < end {
          try checkFree(scanner, record)
          becomeText(rows: rowCount - (end - record))
        }
      case .string:
        reader.appendStrings(column: place, from: record, to: &strings, missing: &missing)
        record = end
      }
    }
  }

  /// Adds texts that come before all others.
  mutating func prepend(_ texts: [String], missing flags: [Bool]?) {
    if missing != nil || flags != nil {
      missing =
        (flags ?? [Bool](repeating: false, count: texts.count))
        + (missing ?? [Bool](repeating: false, count: strings.count))
    }
    strings = texts + strings
    rereadCount = 0
  }

  /// Drops the values, but not what is known of the type.
  mutating func forget() {
    (ints, doubles, strings, bools) = ([], [], [], [])
    (missing, leading) = (nil, 0)
  }

  /// The column of all values.
  func column() -> Column {
    switch type {
    case .int: Column(storage: .int(Cells(values: ints, missing: missing)))
    case .double: Column(storage: .double(Cells(values: doubles, missing: missing)))
    case .string: Column(storage: .string(Cells(values: strings, missing: missing)))
    case .bool: Column(storage: .bool(Cells(values: bools, missing: missing)))
    case nil: Column(missing: leading, as: .double)
    }
  }

  /// Goes on as another type, of which no value is there yet.
  private mutating func begin(as type: ColumnType) {
    // What was missing so far stays in front.
    let count = self.type == nil ? leading : max(ints.count, doubles.count, bools.count)
    (ints, doubles, bools) = ([], [], [])
    missing = count > 0 ? [Bool](repeating: true, count: count) : nil
    self.type = type
    switch type {
    case .int: ints = [Int](repeating: 0, count: count)
    case .bool: bools = [Bool](repeating: false, count: count)
    case .double, .string: break
    }
  }

  private mutating func becomeText(rows: Int) {
    (ints, doubles, bools, missing) = ([], [], [], nil)
    (type, rereadCount) = (.string, rows)
  }

  private func checkFree(_ scanner: CSVScanner, _ record: Int) throws(TableError) {
    guard let wanted else { return }
    throw scanner.fault(record: record, column: place, type: wanted)
  }
}
