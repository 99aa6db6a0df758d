/// What a row's type, or one of its properties, asks to decode itself.
private struct RowDecoder: Decoder {
  let table: Table
  let row: Int
  let type: String
  /// The property whose single value is decoded; `nil` for the row.
  var property: String?
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  var refusal: TableError {
    .unusableRow(
      type: type,
      reason: property.map { "its property \"\($0)\" is no single value" }
        ?? "it has no named properties")
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard property == nil else { throw refusal }
    return KeyedDecodingContainer(Fields<Key>(decoder: self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw refusal }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    guard let property else { throw refusal }
    return Single(decoder: self, name: property)
  }

  /// The value of a column as a property's type.
  func value<Property: Decodable>(_ name: String, as type: Property.Type) throws -> Property {
    let value = try table[row, name]
    func wanted(_ types: ColumnType...) throws -> Never {
      guard let found = value.type else { throw TableError.missingValue(column: name, row: row) }
      throw TableError.wrongType(column: name, found: found, expected: types)
    }
    func cast(_ value: some Any) throws -> Property {
      guard let cast = value as? Property else { throw refusal }
      return cast
    }
    switch type {
    case is Bool.Type:
      guard let flag = value.bool else { try wanted(.bool) }
      return try cast(flag)
    case is String.Type:
      guard let text = value.string else { try wanted(.string) }
      return try cast(text)
    case is Double.Type:
      guard let number = value.double else { try wanted(.double, .int) }
      return try cast(number)
    case is Float.Type:
      guard let number = value.double else { try wanted(.double, .int) }
      return try cast(Float(number))
    case let whole as any FixedWidthInteger.Type:
      guard let number = value.int else { try wanted(.int) }
      func fitted<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Property {
        guard let fitted = Number(exactly: number) else {
          throw TableError.doesNotFit(
            column: name, row: row, value: "\(number)", type: "\(Number.self)")
        }
        return try cast(fitted)
      }
      return try fitted(whole)
    default:
      var inner = self
      inner.property = name
      return try Property(from: inner)
    }
  }

  private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RowDecoder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { decoder.table.columnNames.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { decoder.table.hasColumn(key.stringValue) }

    func decodeNil(forKey key: Key) throws -> Bool {
      try decoder.table[decoder.row, key.stringValue].isMissing
    }

    func decode<Property: Decodable>(_ type: Property.Type, forKey key: Key) throws -> Property {
      try decoder.value(key.stringValue, as: type)
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw refusal(key) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw refusal(key)
    }

    func superDecoder() throws -> any Decoder { decoder }
    func superDecoder(forKey key: Key) throws -> any Decoder { decoder }

    private func refusal(_ key: Key) -> TableError {
      var inner = decoder
      inner.property = key.stringValue
      return inner.refusal
    }
  }

  private struct Single: SingleValueDecodingContainer {
    let decoder: RowDecoder
    let name: String
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { (try? decoder.table[decoder.row, name].isMissing) ?? true }

    func decode<Property: Decodable>(_ type: Property.Type) throws -> Property {
      try decoder.value(name, as: type)
    }
  }
}

extension Table {
  /// Returns the rows as values of a type, whose properties are the columns.
  ///
  /// ```swift
  /// let people = try table.decoded(as: Person.self)
  /// ```
  ///
  /// Columns that the type does not have are left out; a missing value needs an optional.
  ///
  /// - Throws: `TableError.noColumn`, `wrongType`, `missingValue` or `doesNotFit`, or what the type's own
  ///   `init(from:)` throws.
  public func decoded<RowValue: Decodable>(as type: RowValue.Type) throws -> [RowValue] {
    try (0..<rowCount).map { row in
      try RowValue(from: RowDecoder(table: self, row: row, type: "\(type)"))
    }
  }
}
