import Tables
import TestSupport
import Testing

@Suite("CSV files as tables")
struct CSVTests {
  @Test("finds each column's type from all of its values")
  func types() throws {
    let table = try Table(
      csvText: "i,d,b,s,n,m\n1,1.5,true,x,,1\n-2,3,False,y,NA,2.5\n,1e3,,1,null,x\n")
    #expect(table.columnTypes == [.int, .double, .bool, .string, .double, .string])
    #expect(try table["i"].values == [1, -2, nil])
    #expect(try table["d"].values == [1.5, 3, 1000])
    #expect(try table["b"].values == [true, false, nil])
    #expect(try table["s"].values == ["x", "y", "1"])
    #expect(try table["n"].values == [nil, nil, nil])
    // What was a number at first is the text as it was written.
    #expect(try table["m"].values == ["1", "2.5", "x"])
  }

  @Test("keeps texts as they were written when a late value is no number")
  func lateText() throws {
    var text = "a,b\n"
    for row in 0..<200_000 { text += "\(row % 7 == 0 ? "" : "1.50"),007\n" }
    let table = try Table(csvText: text + "x,y\n")
    #expect(table.columnTypes == [.string, .string])
    #expect(try table[1, "a"] == "1.50")
    #expect(try table[0, "a"] == nil)
    #expect(try table[199_999, "b"] == "007")
    #expect(try table["a"].missingCount == 28_572)
    #expect(table.rowCount == 200_001)
  }

  @Test("reads quotes, line ends and spaces as RFC 4180 has them")
  func quotes() throws {
    let text =
      "\u{FEFF}name,\"a \"\"b\"\"\"\r\n\"Rome, IT\",\" 1\"\r\n\"two\nlines\",2\r\n\r\n \"x,3"
    let table = try Table(csvText: text)
    #expect(table.columnNames == ["name", "a \"b\""])
    #expect(try table["name"].values == ["Rome, IT", "two\nlines", " \"x"])
    #expect(try table["a \"b\""].values == [1, 2, 3])
    #expect(try Table(csvText: "a\r1\r\r2\r").rowCount == 2)
    // A quoted field of a column of texts is a text, whatever it says.
    let marks = try Table(csvText: "t,n\n\"\",\"\"\nNA,1\n\"NA\",2\nx,3\n")
    #expect(try marks["t"].values == ["", nil, "NA", "x"])
    #expect(try marks["n"].values == [nil, 1, 2, 3])
  }

  @Test("reads as the options say")
  func options() throws {
    let text = "written by hand\n# no data\nx;y\n1,5;a\n# nor this\n-;'b;c'\n2,5;d\n"
    let table = try Table(
      csvText: text,
      .init(
        delimiter: ";", missingMarks: ["-"], skipLines: 1, maxRows: 2, comment: "#", quote: "'",
        decimalPoint: ","))
    #expect(try table["x"].values == [1.5, nil])
    #expect(try table["y"].values == ["a", "b;c"])
    let bare = try Table(csvText: "1,2\n3,4\n", .init(hasHeader: false, columns: ["1"]))
    #expect(bare == (try Table([(name: "1", column: [2, 4])])))
    let named = try Table(csvText: "1,2\n", .init(hasHeader: false, columnNames: ["a", "b"]))
    #expect(named.columnNames == ["a", "b"])
    let typed = try Table(csvText: "zip,n\n007,1\n", .init(types: ["zip": .string, "n": .double]))
    #expect(try typed[0, "zip"] == "007")
    #expect(typed.columnTypes == [.string, .double])
    #expect(try Table(csvText: "a , b\n x ,1 \n", .init(trimsSpaces: true))["a"].values == ["x"])
    #expect(try Table(csvText: "a,a,\n1,2,3\n").columnNames == ["a", "a.1", "Unnamed: 2"])
  }

  @Test("reads whole numbers, and others to the last digit")
  func numbers() throws {
    let texts = [
      "9223372036854775807", "-9223372036854775808", "9223372036854775808", "0.1", "1e-7", "-0.0",
      "123456789.123456789", "0.30000000000000004", "1.7976931348623157e308", "5e-324", "1e400",
      "9007199254740993", "9007199254740993.0", "179769313486231580793e289",
      "2.2250738585072011e-308",
      "  7.25", "inf", "-Infinity", "+3",
      "8.988465674311580536566680721305029496276241413130815e307",
      "0.000000000000000000000000000001234567890123456789", "1.00000000000000011102230246251565",
    ]
    for text in texts {
      let value = try Table(csvText: "x\n\(text)\n")[0, "x"]
      let trimmed = text.hasPrefix(" ") ? String(text.dropFirst(2)) : text
      if let whole = Int(trimmed) {
        #expect(value.int == whole)
      } else {
        #expect(value.double?.bitPattern == Double(trimmed)?.bitPattern, "\(text)")
      }
    }
    for text in ["0x10", "1_000", "--1", "1e", ".", "-", "nan(1)", "1.2.3", "e5", "infinit"] {
      #expect(try Table(csvText: "x\n\(text)\n")[0, "x"] == .string(text))
    }
  }

  @Test("says where a file is wrong")
  func faults() throws {
    func fault(_ text: String, _ options: CSVOptions = CSVOptions()) -> TableError? {
      do {
        _ = try Table(csvText: text, options)
        return nil
      } catch { return error }
    }
    #expect(
      fault("a,b\n1,2\n3\n") == .ragged(file: "text", line: 3, column: 2, found: 1, expected: 2))
    #expect(
      fault("a,b\n\"1\n\",2\n3,4,5\n")
        == .ragged(file: "text", line: 4, column: 3, found: 3, expected: 2))
    #expect(fault("a\n\"x\n\n") == .openQuote(file: "text", line: 2, column: 1))
    #expect(fault("a,b\n1,\"x\" y\n") == .textAfterQuote(file: "text", line: 2, column: 2))
    #expect(fault("") == .empty(file: "text"))
    #expect(
      fault("a,b\n1,2\n3,x\n", .init(types: ["b": .int]))
        == .notOfType(file: "text", line: 3, column: "b", text: "x", type: .int))
    #expect(
      fault("price,b\n1,2\n", .init(columns: ["prize"]))
        == .noColumn(name: "prize", nearest: "price", names: ["price", "b"]))
    #expect(fault("a\n1\n", .init(delimiter: "\"")) != nil)
    #expect(fault("a\n1\n", .init(delimiter: "é")) != nil)
    #expect(throws: TableError.notUTF8(file: "bytes", line: 3)) {
      try Table(csvBytes: Array("a\n1\n".utf8) + [0xC3, 0x28])
    }
    #expect(throws: TableError.cannotRead(file: "/none.csv", reason: "No such file or directory")) {
      try Table(csv: "/none.csv")
    }
  }

  @Test("writes what it reads back")
  func roundTrip() throws {
    let folder = try TemporaryDirectory()
    let table: Table = [
      "name": ["a,b", "\"quoted\"", "", nil, "NA", "two\r\nlines", " x ", "#1"],
      "count": [1, nil, .int(.max), .int(.min), 0, 5, 6, 7],
      "size": [0.1, nil, 1e300, -0.0, .double(.leastNonzeroMagnitude), .double(.infinity), 2, 3],
      "flag": [true, false, nil, true, true, false, false, true],
    ]
    let path = folder.path("t.csv")
    try table.write(csv: path)
    #expect(try Table(csv: path) == table)
    try table.write(csv: path, delimiter: "\t", missing: "-")
    #expect(try Table(csv: path, .init(delimiter: "\t", missingMarks: ["-"])) == table)
    let single: Table = ["a": [1, nil, 3]]
    #expect(try Table(csvText: single.csvText()) == single)
    let names = try Table(csvText: "a,b\n")
    #expect(names.shape == (0, 2))
    #expect(try names.csvText() == "a,b\n")
  }

  @Test("reads files piece by piece with the types of the whole")
  func batches() throws {
    let folder = try TemporaryDirectory()
    let path = folder.path("t.csv")
    var text = "n,s\n"
    for row in 0..<60_000 { text += "\(row),\"row\n\(row)\"\n" }
    let table = try Table(csvText: text + "0.5,x\n")
    try table.write(csv: path)
    var batches = try CSVBatches(path, rows: 7000)
    #expect(batches.columnTypes == [.double, .string])
    var parts: [Table] = []
    while let part = try batches.next() { parts.append(part) }
    #expect(parts.map(\.rowCount) == [Int](repeating: 7000, count: 8) + [4001])
    #expect(try Table.concatenate(parts) == table)
  }

  @Test("refuses or reads every damaged file without a fault")
  func damaged() throws {
    let bytes = Array(
      "a,\"b \"\"q\"\"\",c\r\n1,\"x\ny\",é\n-2.5e3,,\"\"\r3,true,日本\n# c\n\n1,2,3".utf8)
    for options in [CSVOptions(), CSVOptions(comment: "#", quote: nil, trimsSpaces: true)] {
      for count in 0..<bytes.count { _ = try? Table(csvBytes: Array(bytes[..<count]), options) }
      var state: UInt64 = 7
      func random(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
      }
      let likely = Array("\",\n\r# 1.e-\0".utf8) + [0xC3, 0xFF]
      for _ in 0..<5000 {
        var changed = bytes
        for _ in 0...random(4) { changed[random(changed.count)] = likely[random(likely.count)] }
        do {
          let table = try Table(csvBytes: changed, options)
          // What was read once is read again from what it is written as.
          let again = try Table(
            csvText: table.csvText(),
            .init(
              types: Dictionary(uniqueKeysWithValues: zip(table.columnNames, table.columnTypes))))
          #expect(again.shape == table.shape)
        } catch {}
      }
    }
  }
}
