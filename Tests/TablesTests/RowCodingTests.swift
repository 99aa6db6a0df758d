import Foundation
import Tables
import Testing

@Suite("Rows of tables as values")
struct RowCodingTests {
  enum Kind: String, Codable { case small, large }

  struct Item: Codable, Equatable {
    var name: String
    var kind: Kind
    var count: UInt8
    var price: Double?
    var note: String?
    var isNew: Bool
    var weight: Float
  }

  let items = [
    Item(name: "a", kind: .small, count: 1, price: 0.5, note: nil, isNew: true, weight: 1.5),
    Item(name: "b", kind: .large, count: 255, price: nil, note: nil, isNew: false, weight: 2),
  ]

  @Test("makes columns of properties, and properties of columns")
  func bothWays() throws {
    let table = try Table(rows: items)
    #expect(
      table.columnNames == ["name", "kind", "count", "price", "note", "isNew", "weight"])
    #expect(table.columnTypes == [.string, .string, .int, .double, .string, .bool, .double])
    #expect(try table.decoded(as: Item.self) == items)
  }

  @Test("says which column does not suit a property")
  func faults() throws {
    let table = try Table(rows: items)
    let missing = try table.fillMissing("price", with: 1).with("name", ["a", nil])
    #expect(throws: TableError.missingValue(column: "name", row: 1)) {
      try missing.decoded(as: Item.self)
    }
    #expect(throws: TableError.wrongType(column: "count", found: .string, expected: [.int])) {
      try table.converting("count", to: .string).decoded(as: Item.self)
    }
    #expect(throws: TableError.doesNotFit(column: "count", row: 1, value: "256", type: "UInt8")) {
      try table.with("count", [1, 256]).decoded(as: Item.self)
    }
    #expect(throws: TableError.self) { try table.dropping("isNew").decoded(as: Item.self) }
    #expect(throws: DecodingError.self) {
      try table.with("kind", ["small", "huge"]).decoded(as: Item.self)
    }
    struct Nested: Codable { var inner: [Int] }
    #expect(throws: TableError.self) { try Table(rows: [Nested(inner: [1])]) }
    #expect(throws: TableError.self) { try Table(rows: [1, 2]) }
  }

  @Test("is the same after JSON")
  func json() throws {
    let table: Table = [
      "i": [1, nil], "d": [.double(.infinity), 0.1], "s": ["x", nil], "b": [true, false],
    ]
    let data = try JSONEncoder().encode(table)
    #expect(try JSONDecoder().decode(Table.self, from: data) == table)
    let wrong = Data(
      #"{"columns":[{"name":"a","type":"int","values":[1]},{"name":"b","type":"int","values":[]}]}"#
        .utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Table.self, from: wrong) }
  }
}
