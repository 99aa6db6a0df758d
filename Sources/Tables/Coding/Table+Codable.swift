extension Table: Codable {
  private enum CodingKeys: String, CodingKey { case columns }

  private struct NamedColumn: Codable {
    let name: String
    let column: Column

    private enum CodingKeys: String, CodingKey { case name, type, values }

    init(name: String, column: Column) {
      self.name = name
      self.column = column
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      name = try fields.decode(String.self, forKey: .name)
      column =
        switch try fields.decode(ColumnType.self, forKey: .type) {
        case .int: Column(try fields.decode([Int?].self, forKey: .values))
        case .double: Column(try fields.decode([Number?].self, forKey: .values).map { $0?.value })
        case .string: Column(try fields.decode([String?].self, forKey: .values))
        case .bool: Column(try fields.decode([Bool?].self, forKey: .values))
        }
    }

    func encode(to encoder: any Encoder) throws {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(name, forKey: .name)
      try fields.encode(column.type, forKey: .type)
      switch column.storage {
      case .int(let cells): try fields.encode(cells.optionals, forKey: .values)
      case .double(let cells):
        try fields.encode(cells.optionals.map { $0.map(Number.init) }, forKey: .values)
      case .string(let cells): try fields.encode(cells.optionals, forKey: .values)
      case .bool(let cells): try fields.encode(cells.optionals, forKey: .values)
      }
    }
  }

  /// A number, of which those that JSON does not have are texts.
  private struct Number: Codable {
    let value: Double

    init(_ value: Double) { self.value = value }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self), let value = Double(text) {
        self.value = value
      } else {
        value = try container.decode(Double.self)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if value.isFinite { try container.encode(value) } else { try container.encode("\(value)") }
    }
  }

  /// Reads a table as `encode(to:)` writes it.
  public init(from decoder: any Decoder) throws {
    let columns = try decoder.container(keyedBy: CodingKeys.self)
      .decode([NamedColumn].self, forKey: .columns)
    do throws(TableError) {
      self = try Table(columns.map { (name: $0.name, column: $0.column) })
    } catch {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  /// Writes the columns with their names and types; missing values are `null`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      zip(columnNames, columns).map { NamedColumn(name: $0, column: $1) }, forKey: .columns)
  }
}

extension Cells {
  /// The values, `nil` where one is missing.
  var optionals: [Element?] { values.indices.map { self[$0] } }
}
