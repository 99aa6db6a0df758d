/// Collects the properties of values as the columns of a table.
final class RowEncoder {
  private var names: [String] = []
  private var places: [String: Int] = [:]
  private var values: [[TableValue]] = []
  /// The types of columns, also of those whose values are all missing.
  private var types: [ColumnType?] = []
  private var rowCount = 0

  /// Adds a row.
  func encode(_ row: some Encodable) throws {
    try row.encode(to: FieldEncoder(row: self, type: "\(Swift.type(of: row))", property: nil))
    rowCount += 1
    for place in values.indices where values[place].count < rowCount {
      values[place].append(.missing)
    }
  }

  /// Puts a value into the row that is being added.
  fileprivate func set(_ name: String, _ value: TableValue, type: ColumnType?) {
    let place = places[name] ?? names.count
    if place == names.count {
      places[name] = place
      names.append(name)
      values.append([TableValue](repeating: .missing, count: rowCount))
      types.append(nil)
    }
    types[place] = types[place] ?? type
    if values[place].count == rowCount { values[place].append(value) }
  }

  /// The table of all rows.
  func table() throws(TableError) -> Table {
    var columns: [(name: String, column: Column)] = []
    for (place, name) in names.enumerated() {
      guard let column = Column(values[place], default: types[place] ?? .double) else {
        let found = Set(values[place].compactMap(\.type))
        throw .mixedTypes(column: name, found: ColumnType.allCases.filter(found.contains))
      }
      columns.append((name: name, column: column))
    }
    return try Table(columns)
  }
}

/// What a row, or one of its properties, asks to encode itself.
private final class FieldEncoder: Encoder {
  let row: RowEncoder
  let type: String
  /// The property whose single value is encoded; `nil` for the row.
  let property: String?
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(row: RowEncoder, type: String, property: String?) {
    self.row = row
    self.type = type
    self.property = property
  }

  var refusal: TableError {
    .unusableRow(
      type: type,
      reason: property.map { "its property \"\($0)\" is no single value" }
        ?? "it has no named properties")
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Fields<Key>(encoder: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer { Items(encoder: self) }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(encoder: self) }

  /// Puts a value into the row under a name.
  func set<Property: Encodable>(_ name: String, _ value: Property) throws {
    switch value {
    case let flag as Bool: row.set(name, .bool(flag), type: .bool)
    case let text as String: row.set(name, .string(text), type: .string)
    case let number as Double: row.set(name, .double(number), type: .double)
    case let number as Float: row.set(name, .double(Double(number)), type: .double)
    case let number as any BinaryInteger:
      guard let whole = Int(exactly: number) else {
        throw TableError.doesNotFit(column: name, row: 0, value: "\(number)", type: "Int")
      }
      row.set(name, .int(whole), type: .int)
    default: try value.encode(to: FieldEncoder(row: row, type: type, property: name))
    }
  }

  /// The column type of a property that is missing.
  static func columnType(of type: Any.Type) -> ColumnType? {
    switch type {
    case is Bool.Type: .bool
    case is String.Type: .string
    case is Double.Type, is Float.Type: .double
    case is any BinaryInteger.Type: .int
    default: nil
    }
  }

  private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let encoder: FieldEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil(forKey key: Key) throws {
      guard encoder.property == nil else { throw encoder.refusal }
      encoder.row.set(key.stringValue, .missing, type: nil)
    }

    func encode<Property: Encodable>(_ value: Property, forKey key: Key) throws {
      guard encoder.property == nil else { throw encoder.refusal }
      try encoder.set(key.stringValue, value)
    }

    // An optional that is missing still tells the column's type. Each type has a requirement of its own.
    private func present<Property: Encodable>(_ value: Property?, _ key: Key) throws {
      if let value { return try encode(value, forKey: key) }
      guard encoder.property == nil else { throw encoder.refusal }
      encoder.row.set(key.stringValue, .missing, type: columnType(of: Property.self))
    }

    func encodeIfPresent<Property: Encodable>(_ value: Property?, forKey key: Key) throws {
      try present(value, key)
    }
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int8?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int16?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int32?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt8?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt16?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt32?, forKey key: Key) throws { try present(value, key) }
    func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try present(value, key) }

    func nestedContainer<Nested: CodingKey>(
      keyedBy keyType: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      FieldEncoder(row: encoder.row, type: encoder.type, property: key.stringValue)
        .container(keyedBy: keyType)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      Items(encoder: FieldEncoder(row: encoder.row, type: encoder.type, property: key.stringValue))
    }

    func superEncoder() -> any Encoder { encoder }
    func superEncoder(forKey key: Key) -> any Encoder { encoder }
  }

  private struct Single: SingleValueEncodingContainer {
    let encoder: FieldEncoder
    var codingPath: [any CodingKey] { [] }

    func encodeNil() throws {
      guard let property = encoder.property else { throw encoder.refusal }
      encoder.row.set(property, .missing, type: nil)
    }

    func encode<Property: Encodable>(_ value: Property) throws {
      guard let property = encoder.property else { throw encoder.refusal }
      try encoder.set(property, value)
    }
  }

  /// Lists, which rows cannot hold.
  private struct Items: UnkeyedEncodingContainer {
    let encoder: FieldEncoder
    var codingPath: [any CodingKey] { [] }
    var count: Int { 0 }

    func encodeNil() throws { throw encoder.refusal }
    func encode<Item: Encodable>(_ value: Item) throws { throw encoder.refusal }
    func nestedContainer<Nested: CodingKey>(
      keyedBy keyType: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { encoder.container(keyedBy: keyType) }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { self }
    func superEncoder() -> any Encoder { encoder }
  }
}

extension Table {
  /// Makes a table with a row for each value and a column for each property.
  ///
  /// ```swift
  /// struct Person: Codable { var name: String; var age: Int? }
  /// let people = try Table(rows: [Person(name: "Ann", age: 34), Person(name: "Bob")])
  /// ```
  ///
  /// Properties are numbers, texts, Booleans, enumerations with such raw values, and optionals of all these.
  ///
  /// - Throws: `TableError.unusableRow`, `mixedTypes`, or what a row's own `encode(to:)` throws.
  public init<RowValue: Encodable>(rows: [RowValue]) throws {
    let encoder = RowEncoder()
    for row in rows { try encoder.encode(row) }
    self = try encoder.table()
  }
}
