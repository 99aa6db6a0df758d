import Tables
import Tensors
import Testing

@Suite("Tables")
struct TableTests {
  let people: Table = [
    "name": ["Ann", "Bob", "Cem", "Dan", "Eva"],
    "city": ["Rome", "Paris", "Rome", nil, "Paris"],
    "age": [34, nil, 27, 61, 27],
    "height": [1.7, 1.85, nil, 1.6, 1.75],
  ]

  @Test("names the nearest column where one does not exist")
  func unknownColumn() throws {
    #expect(
      throws: TableError.noColumn(
        name: "Agee", nearest: "age", names: ["name", "city", "age", "height"])
    ) { try people["Agee"] }
    let error = #expect(throws: TableError.self) { try people.filter { $0["hight"] > 1 } }
    #expect(
      error?.description == "the table has no column \"hight\". Did you mean \"height\"?")
    let other = #expect(throws: TableError.self) { try people.sorted(by: "zzz") }
    #expect(
      other?.description
        == "the table has no column \"zzz\". It has: \"name\", \"city\", \"age\", \"height\".")
  }

  @Test("filters rows, by rows and by typed columns; missing values suit nothing")
  func filter() throws {
    #expect(try people.filter { $0["age"] < 30 }["name"].values == ["Cem", "Eva"])
    #expect(try people.filter { $0["age"] >= 27 && $0["city"] == "Rome" }.rowCount == 2)
    #expect(try people.filter { $0["city"] != "Rome" }.rowCount == 3)
    #expect(try people.filter { $0["age"].isMissing }["name"].values == ["Bob"])
    #expect(try people.filter("age") { (age: Int) in age > 30 }["name"].values == ["Ann", "Dan"])
    #expect(
      try people.filter("age", "height") { (age: Double, height: Double) in age * height > 50 }
        .rowCount == 2)
    #expect(try people.filter([true, false, false, false, true])["name"].values == ["Ann", "Eva"])
    #expect(try people.filter(Tensor([false, false, true, false, false])).rowCount == 1)
    #expect(throws: TableError.wrongLength(column: "mask", found: 1, expected: 5)) {
      try people.filter([true])
    }
    #expect(throws: TableError.wrongType(column: "name", found: .string, expected: [.int])) {
      try people.filter("name") { (age: Int) in age > 30 }
    }
    #expect(try people.filter { _ in false }.shape == (0, 4))
  }

  @Test("changes copies only")
  func valueSemantics() throws {
    var copy = people
    copy = try copy.with("age", [1, 2, 3, 4, 5])
    #expect(try people["age"].values == [34, nil, 27, 61, 27])
    #expect(try copy["age"].values == [1, 2, 3, 4, 5])
  }

  @Test("selects, drops, renames and computes columns")
  func columns() throws {
    #expect(try people.select("age", "name").columnNames == ["age", "name"])
    #expect(try people.dropping("age").columnNames == ["name", "city", "height"])
    #expect(
      try people.renaming(["age": "years"]).columnNames == ["name", "city", "years", "height"])
    #expect(throws: TableError.duplicateColumn(name: "name")) {
      try people.renaming(["age": "name"])
    }
    #expect(throws: TableError.duplicateColumn(name: "age")) { try people.select("age", "age") }
    let table =
      try people
      .with("cm", from: "height") { (metres: Double) in (metres * 100).rounded() }
      .with("isOld") { row in row["age"] > 30 }
      .with("both", from: "age", "height") { (age: Double, height: Double) in age + height }
    #expect(try table["cm"].values == [170, 185, nil, 160, 175])
    #expect(try table["isOld"].values == [true, false, false, true, false])
    #expect(try table["both"][1] == nil)
    #expect(throws: TableError.wrongLength(column: "x", found: 1, expected: 5)) {
      try people.with("x", [1])
    }
    #expect(
      try people.converting("age", to: .string)["age"].values == ["34", nil, "27", "61", "27"])
    #expect(throws: TableError.self) { try people.converting("name", to: .int) }
  }

  @Test("sorts stably, with missing values last in both directions")
  func sorting() throws {
    #expect(try people.sorted(by: "age")["name"].values == ["Cem", "Eva", "Ann", "Dan", "Bob"])
    #expect(
      try people.sorted(by: .descending("age"))["name"].values
        == ["Dan", "Ann", "Cem", "Eva", "Bob"])
    #expect(
      try people.sorted(by: "city", .descending("height"))["name"].values
        == ["Bob", "Eva", "Ann", "Cem", "Dan"])
    let odd: Table = ["x": [.double(.nan), 2, nil, .double(-.infinity), -0.0, 0]]
    #expect(
      try odd.sorted(by: .descending("x"))["x"].values.map(\.description)
        == ["2.0", "-0.0", "0.0", "-inf", "nan", "nil"])
  }

  @Test("groups rows, missing keys as a group of their own at the end")
  func groups() throws {
    let byCity = try people.groupBy("city")
    #expect(try byCity.count()["count"].values == [2, 2, 1])
    #expect(try byCity.count()["city"].values == ["Paris", "Rome", nil])
    #expect(try byCity.mean("age", "height")["age"].values == [27, 30.5, 61])
    #expect(try byCity.sum()["age"].values == [27, 61, 61])
    let all = try byCity.aggregate(
      .count("age"), .min("name"), .max("height", as: "tallest"), .uniqueCount("age"),
      .std("age"), .quantile("height", 0.5), .first("name", as: "f"), .last("name", as: "l"))
    #expect(all.columnNames.prefix(4) == ["city", "age_count", "name_min", "tallest"])
    #expect(try all["age_count"].values == [1, 2, 1])
    #expect(try all["name_min"].values == ["Bob", "Ann", "Dan"])
    #expect(try all["age_std"].values[0] == nil)
    #expect(byCity.groups.map(\.table.rowCount) == [2, 2, 1])
    #expect(throws: TableError.self) { try byCity.mean("name") }
    #expect(throws: TableError.self) { try people.groupBy() }
    let overflow: Table = ["k": [1, 1], "n": [.int(.max), 1]]
    #expect(throws: TableError.self) { try overflow.groupBy("k").sum() }
  }

  @Test("joins tables by one key or several; missing keys have no partner")
  func joins() throws {
    let cities: Table = [
      "city": ["Rome", "Oslo", "Rome", nil], "country": ["IT", "NO", "it", "?"],
      "age": [1, 2, 3, 4],
    ]
    let inner = try people.join(cities, on: "city")
    #expect(try inner["name"].values == ["Ann", "Ann", "Cem", "Cem"])
    #expect(try inner["country"].values == ["IT", "it", "IT", "it"])
    #expect(inner.columnNames == ["name", "city", "age", "height", "country", "age_right"])
    let left = try people.join(cities, on: "city", how: .left)
    #expect(left.rowCount == 7)
    #expect(try left["country"].missingCount == 3)
    let outer = try people.join(cities, on: "city", how: .outer)
    #expect(try outer["city"].values.suffix(2) == ["Oslo", nil])
    #expect(outer.rowCount == 9)
    let double = try people.join(people, on: "name", "age")
    #expect(double.rowCount == 4)
    let other: Table = ["years": [27.0], "x": [1]]
    #expect(try people.join(other, leftOn: ["age"], rightOn: ["years"]).rowCount == 2)
    #expect(throws: TableError.self) {
      try people.join(other, leftOn: ["name"], rightOn: ["years"])
    }
  }

  @Test("drops, fills and counts missing values")
  func missing() throws {
    #expect(try people.dropMissing().rowCount == 2)
    #expect(try people.dropMissing("age").rowCount == 4)
    #expect(try people.fillMissing("age", with: 0)["age"].values == [34, 0, 27, 61, 27])
    #expect(try people.fillMissing("age", with: 0.5)["age"].type == .double)
    #expect(try people.fillMissing(with: "?")["city"].values[3] == "?")
    #expect(throws: TableError.self) { try people.fillMissing("age", with: "?") }
    #expect(try people.info()["missing"].values == [0, 1, 1, 1])
  }

  @Test("shows the ends, puts tables below each other, and finds different rows")
  func rows() throws {
    #expect(people.head(2).rowCount == 2)
    #expect(try people.tail(1)["name"].values == ["Eva"])
    #expect(people.head(-1).rowCount == 0 && people.tail(99) == people)
    let more: Table = [
      "age": [1.5], "name": ["Flo"], "height": [nil], "city": [nil],
    ]
    let both = try Table.concatenate([people, more])
    #expect(try both["age"].values == [34, nil, 27, 61, 27, 1.5])
    #expect(both.columnNames == people.columnNames)
    #expect(throws: TableError.self) { try Table.concatenate([people, ["x": [1]]]) }
    #expect(throws: TableError.mixedTypes(column: "a", found: [.string, .int])) {
      try Table.concatenate([["a": ["x"]], ["a": [1]]])
    }
    #expect(try people.unique(by: "city")["name"].values == ["Ann", "Bob", "Dan"])
    #expect(try people.valueCounts("age")["count"].values == [2, 1, 1, 1])
    #expect(try people["city"].unique().values == ["Rome", "Paris", nil])
    #expect(try people["city"].uniqueCount == 2)
    #expect(people.sample(3, seed: 1) == people.sample(3, seed: 1))
    #expect(people.sample(99, seed: 1).rowCount == 5)
  }

  @Test("becomes tensors and comes of them")
  func tensors() throws {
    let x: Tensor<Float> = try people.tensor(columns: ["age", "height"], missing: .value(-1))
    #expect(x == [[34, 1.7], [-1, 1.85], [27, -1], [61, 1.6], [27, 1.75]])
    #expect(throws: TableError.missingValue(column: "age", row: 1)) {
      try people.tensor("age", as: Double.self)
    }
    #expect(try people.tensor("age", as: Double.self, missing: .nan).scalars[1].isNaN)
    #expect(try people.tensor("age", as: UInt8.self, missing: .value(0)).scalars[3] == 61)
    #expect(
      throws: TableError.doesNotFit(column: "height", row: 0, value: "1.7", type: "Int32")
    ) { try people.tensor("height", as: Int32.self, missing: .value(0)) }
    #expect(throws: TableError.doesNotFit(column: "n", row: 0, value: "300", type: "UInt8")) {
      try (["n": [300]] as Table).tensor("n", as: UInt8.self)
    }
    #expect(throws: TableError.self) { try people.tensor("name", as: Float.self) }
    let flags: Table = ["f": [true, false]]
    #expect(try flags.tensor("f", as: Int.self) == [1, 0])
    let table = try Table(Tensor<Float>([[1, 2], [3, 4.5]]), columns: ["a", "b"])
    #expect(table == ["a": [1.0, 3], "b": [2, 4.5]])
    #expect(try Table(Tensor<UInt8>([1, 2])) == ["0": [1, 2]])
    #expect(try Table(Tensor([true])) == ["0": [true]])
    #expect(throws: TableError.notATable(shape: [1, 1, 1])) {
      try Table(Tensor<Float>.zeros(shape: [1, 1, 1]))
    }
  }

  @Test("describes columns")
  func describe() throws {
    let summary = try people.describe()
    #expect(summary.columnNames == ["statistic", "age", "height"])
    #expect(try summary["age"].values.prefix(2) == [4, 37.25])
    #expect(try summary[4, "age"] == 27)
    let texts = try people.select("name", "city").describe()
    #expect(try texts["city"].values == ["4", "2", "Rome", "2"])
    #expect(throws: TableError.noColumns(operation: "describe")) { try Table().describe() }
    #expect(try people["height"].median() == 1.725)
    #expect(try people["age"].sum() == 149)
    #expect(try people["name"].max() == "Eva" && people["age"].min() == 27)
  }

  @Test("is printed in aligned columns, of many rows the ends")
  func text() throws {
    #expect(
      people.head(3).description == """
        Table 3 rows × 4 columns
           name  city   age  height
        0  Ann   Rome    34    1.70
        1  Bob   Paris  nil    1.85
        2  Cem   Rome    27     nil
        """)
    let long = try Table(Tensor<Int>.arange(1000)).description
    #expect(long.split(separator: "\n").count == 28)
    #expect(long.hasPrefix("Table 1,000 rows × 1 column\n"))
    let sizes: Table = ["x": [1e-9, 123456, 0]]
    #expect(sizes.description.contains("1.23456e+05"))
  }
}
