import BLAS
import Tensors
import Testing

@Suite("CSV")
struct CSVTests {
  @Test("reads numbers exactly, with and without a header")
  func numbers() throws {
    let table = try CSV.parse("x,y\n1,-2.5\n3e2,.5\n", as: Double.self)
    #expect(table.columns == ["x", "y"])
    #expect(table.values == [[1, -2.5], [300, 0.5]])
    #expect(table[column: "y"]?.scalars == [-2.5, 0.5])
    #expect(table[column: "z"] == nil)
    let plain = try CSV.parse("1,2\n3,4", as: Int32.self)
    #expect(plain.columns.isEmpty && plain.values == [[1, 2], [3, 4]])
    let odd = try CSV.parse(
      "0.1\n12345678901234567890\n1e-320\n-0\ninf\n+7\n0.30000000000000004", as: Double.self)
    #expect(
      odd.values.scalars == [
        0.1, 12345678901234567168, 2024 * Double.leastNonzeroMagnitude, 0, .infinity, 7,
        0.30000000000000004,
      ])
    #expect(odd.values.scalars[3].sign == .minus)
    #expect(try CSV.parse("9223372036854775807", as: Int.self).values.item() == .max)
    #expect(try CSV.parse("1\n2", header: .present).columns == ["1"])
  }

  @Test("understands BOM, CRLF, quotes, spaces, blank lines and other delimiters")
  func dialects() throws {
    let text = "\u{FEFF}\"a, \"\"b\"\"\", c \r\n\r\n 1 ,\"2\"\r\n  \n3,4"
    let table = try CSV.parse(text)
    #expect(table.columns == ["a, \"b\"", "c"])
    #expect(table.values == [[1, 2], [3, 4]])
    #expect(try CSV.parse("1;2\n3;4", delimiter: ";").values.shape == [2, 2])
    #expect(try CSV.parse("1\t 2\n3\t4", delimiter: "\t").values.shape == [2, 2])
    #expect(try CSV.parse("größe\n1").columns == ["größe"])
    #expect(try CSV.parse("\"two\nlines\"\n5").columns == ["two\nlines"])
  }

  @Test("treats missing values as told")
  func missing() throws {
    let text = "a,b\n1,\nNA,4\n"
    #expect(
      throws: CSVError.missingValue(file: "text", line: 2, column: 2, name: "b")
    ) { try CSV.parse(text) }
    let table = try CSV.parse(text, missing: .nan)
    #expect(isNaN(table.values) == [[false, true], [true, false]])
    #expect(try CSV.parse(text, missing: .value(-1)).values == [[1, -1], [-1, 4]])
    #expect(
      throws: CSVError.doesNotFit(
        file: "text", line: 2, column: 2, name: "b", text: "a missing value", type: .int32)
    ) { try CSV.parse(text, as: Int32.self, missing: .nan) }
  }

  @Test(
    "names file, line, column and remedy of a mistake",
    arguments: [
      ("1,2\n3", CSVError.ragged(file: "text", line: 2, found: 1, expected: 2)),
      ("a\n1\nx1", .notANumber(file: "text", line: 3, column: 1, name: "a", text: "x1")),
      ("1\n0x10", .notANumber(file: "text", line: 2, column: 1, name: nil, text: "0x10")),
      ("1\n1.2.3", .notANumber(file: "text", line: 2, column: 1, name: nil, text: "1.2.3")),
      ("", .empty(file: "text")), ("a,b\n", .empty(file: "text")), ("\n \n", .empty(file: "text")),
      ("1\n\"2", .openQuote(file: "text", line: 2)),
      ("1,\"2\"3", .textAfterQuote(file: "text", line: 1, column: 2)),
    ])
  func mistakes(text: String, error: CSVError) {
    #expect(throws: error) { try CSV.parse(text) }
    #expect(error.description.hasSuffix("."))
  }

  @Test("refuses fractions as integers and impossible delimiters")
  func refusals() {
    #expect(
      throws: CSVError.doesNotFit(
        file: "text", line: 1, column: 1, name: nil, text: "1.5", type: .int32)
    ) { try CSV.parse("1.5", as: Int32.self) }
    #expect(throws: CSVError.badDelimiter("é")) { try CSV.parse("1", delimiter: "é") }
    #expect(throws: CSVError.badDelimiter(".")) { try CSV.parse("1", delimiter: ".") }
  }

  @Test("reads and writes files, and names those it cannot")
  func files() throws {
    let path = "/tmp/martlet-csv-\(UInt64.random(in: 0...UInt64.max)).csv"
    defer { Files.remove(path) }
    let x: Tensor<Float> = [[0.1, .nan], [1e-30, 16_777_217]]
    try CSV.write(x, to: path, columns: ["a,b", "say \"c\""])
    let table = try CSV.read(path)
    #expect(table.columns == ["a,b", "say \"c\""])
    expectClose(table.values, x, relative: 0)
    let again = try Tensor<Float>(csv: path)
    #expect(again.shape == [2, 2])
    try CSV.write(Tensor([true, false]), to: path)
    #expect(try Tensor<Int32>(csv: path) == [[1], [0]])
    try Files.write([[0x31, 0x0A, 0x32, 0x2C, 0xFF, 0x0A]], to: path)
    #expect(throws: CSVError.notUTF8(file: path, line: 2)) { try CSV.read(path) }
    #expect(
      throws: CSVError.cannotRead(file: "/no/such.csv", reason: "No such file or directory")
    ) { try CSV.read("/no/such.csv") }
    #expect(throws: CSVError.cannotRead(file: "/tmp", reason: "Is a directory")) {
      try CSV.read("/tmp")
    }
    #expect(
      throws: CSVError.cannotWrite(file: "/no/such.csv", reason: "No such file or directory")
    ) { try CSV.write(x, to: "/no/such.csv") }
    #expect(throws: CSVError.notATable(shape: [])) { try CSV.write(Tensor(1.0), to: path) }
    #expect(throws: CSVError.wrongNames(found: 1, expected: 2)) {
      try CSV.write(x, to: path, columns: ["a"])
    }
  }

  @Test("refuses or reads every damaged file without a fault")
  func damaged() throws {
    let path = "/tmp/martlet-\(UInt64.random(in: 0...UInt64.max)).csv"
    defer { Files.remove(path) }
    let bytes = Array("\u{FEFF}a,\"b \"\"c\"\"\",é\r\n1,-2.5e3,\"7\"\n\n 3 ,inf,nan\n4,5,6".utf8)
    var generator = SeededGenerator(state: 3)
    let likely = Array("\",\n\r .e-\0".utf8) + [0xC3, 0xFF]
    for round in 0..<10_000 {
      var changed = round < bytes.count ? Array(bytes[..<round]) : bytes
      for _ in 0..<(round < bytes.count ? 0 : Int.random(in: 1...4, using: &generator)) {
        changed[Int.random(in: bytes.indices, using: &generator)] =
          likely.randomElement(using: &generator) ?? 0
      }
      try Files.write([changed], to: path)
      do throws(CSVError) {
        let table = try CSV.read(path, missing: .nan)
        #expect(table.columns.isEmpty || table.columns.count == table.values.shape[1])
      } catch {}
    }
  }
}
