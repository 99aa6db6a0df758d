import Martlet
import Testing

private struct Person {
  var name: String
  var age: Int?
  var scores: [Double] = []
}

private struct Celsius: CustomStringConvertible {
  var degrees: Double
  var description: String { "\(degrees) °C" }
}

private struct Swatch: DisplayRepresentable {
  var displayBundle: MIMEBundle { ["text/html": "<i>teal</i>"] }
}

@Suite("Renderer")
struct RendererTests {
  private func html(_ value: Any) throws -> String {
    let bundle = try #require(Renderer.richBundle(of: value))
    guard case .text(let html)? = bundle["text/html"] else { return "" }
    return html
  }

  @Test("leaves to Swift what has no richer form")
  func plainValues() {
    let values: [Any] = [
      1, 2.5, "text", true, (), [1, 2, 3], ["a"], [[1.0], [2.0]], Set([1]), [String: Int](),
      Person(name: "Ann"), Optional<Int>.none as Any, [Celsius(degrees: 20)], 1...3,
    ]
    for value in values {
      #expect(Renderer.richBundle(of: value) == nil, "\(value)")
    }
  }

  @Test("shows texts with their quotes and everything else as print does")
  func texts() {
    #expect(Renderer.bundle(of: "a\n").plainText == "\"a\\n\"")
    #expect(Renderer.bundle(of: 1.5).plainText == "1.5")
    #expect(Renderer.bundle(of: Celsius(degrees: 3)).plainText == "3.0 °C")
  }

  @Test("uses a type's own form, also inside an optional, and adds a plain text")
  func representable() throws {
    let bundle = try #require(Renderer.richBundle(of: Optional(Swatch()) as Any))
    #expect(bundle["text/html"] == "<i>teal</i>")
    #expect(bundle["text/plain"] != nil)
    let tensor = try #require(Renderer.richBundle(of: Tensor<Float>([1, 2])))
    #expect(tensor.plainText == "Tensor<Float> [2]\n[1., 2.]")
    #expect(try html(Tensor<Float>([1, 2])).contains("<td"))
  }

  @Test("makes a table of structs, escaped, with a column for each property")
  func structs() throws {
    let people = [
      Person(name: "<script>alert('1')</script>", age: nil, scores: Array(repeating: 1, count: 50)),
      Person(name: "Bob & Co", age: 7),
    ]
    let table = try html(people)
    #expect(table.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"))
    #expect(!table.contains("<script"))
    #expect(table.contains("Bob &amp; Co"))
    for column in ["name", "age", "scores"] { #expect(table.contains(">\(column)</th>")) }
    #expect(table.contains(">nil</td>"))
    #expect(table.contains("(50 elements)"))
  }

  @Test("makes tables of tuples, of dictionaries, and of arrays of dictionaries")
  func otherTables() throws {
    #expect(try html([(id: 1, name: "a")]).contains(">name</th>"))
    let metrics = try html(["loss": 0.25, "accuracy": 0.97, "<b>": 0])
    #expect(metrics.contains("&lt;b&gt;"))
    let first = try #require(metrics.firstRange(of: "accuracy")).lowerBound
    #expect(try first < #require(metrics.firstRange(of: "loss")).lowerBound)
    let records = try html([["a": 1, "b": 2], ["b": 3]])
    #expect(records.contains(">a</th>") && records.contains(">b</th>"))
    #expect(try html([1: Person(name: "x")]).contains(">scores</th>"))
  }

  @Test("elides long collections and says how many elements there are")
  func longCollections() throws {
    let numbers = try #require(Renderer.richBundle(of: Array(0..<1_000_000)))
    #expect(
      numbers.plainText
        == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, 999997, 999998, 999999] (1,000,000 elements)")
    let rows = Array(repeating: Array(repeating: 1.5, count: 600), count: 2)
    let text = try #require(Renderer.richBundle(of: rows)).plainText
    #expect(text.hasSuffix("(2 elements)") && text.utf8.count < 300)
    let table = try html((0..<5000).map { Person(name: "person \($0)") })
    #expect(table.contains("5,000 rows × 3 columns") && table.utf8.count < 10_000)
    #expect(table.contains("person 19<") && table.contains("person 4999<"))
    #expect(!table.contains("person 20<"))
    let pairs = try html(Dictionary(uniqueKeysWithValues: (0..<2000).map { ($0, $0) }))
    #expect(pairs.contains("2,000 pairs"))
  }

  @Test("shows a table as text and as HTML, with nothing in it that means something there")
  func table() throws {
    let table: Table = ["<b>": ["a&b", nil], "n": [1, 2.5]]
    let bundle = table.displayBundle
    #expect(
      bundle["text/plain"]
        == .text("Table 2 rows × 2 columns\n   <b>    n\n0  a&b  1.0\n1  nil  2.5"))
    guard case .text(let html)? = bundle["text/html"] else {
      Issue.record("no HTML")
      return
    }
    #expect(html.contains("&lt;b&gt;") && html.contains("a&amp;b") && !html.contains("<b>"))
  }

  @Test("shows a CSV table under its columns' names")
  func csv() throws {
    let table = try CSV.parse("a,<b>\n1,2\n3,4.5\n")
    let bundle = table.displayBundle
    #expect(
      bundle.plainText
        == "CSVTable<Float> 2 rows × 2 columns\n     a  <b>\n0  1.0  2.0\n1  3.0  4.5")
    #expect(try html(table).contains("&lt;b&gt;"))
  }
}
