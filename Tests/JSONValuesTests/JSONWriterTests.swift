import JSONValues
import Testing

@Suite("JSONWriter")
struct JSONWriterTests {
  @Test("writes what JSONValue reads back")
  func roundTrip() {
    var json = JSONWriter()
    json.object { json in
      json.member("text", "a \"quote\", a \\, a\nline, \u{1} and 日本")
      json.object("empty") { _ in }
      json.array("none") { _ in }
      json.array("objects") { json in
        for step in 0..<3 { json.object { $0.member("step", Int64(step)) } }
      }
      json.member("value", .array([1, 2.5, .null]))
      json.member("nested") { json in json.object { $0.member("x", "y") } }
      json.member("last", Int64(7))
    }
    #expect(
      JSONValue(utf8: json.bytes) == [
        "text": "a \"quote\", a \\, a\nline, \u{1} and 日本", "empty": [:], "none": [],
        "objects": [["step": 0], ["step": 1], ["step": 2]], "value": [1, 2.5, .null],
        "nested": ["x": "y"], "last": 7,
      ])
  }

  @Test(
    "writes every whole number as Swift does",
    arguments: [0, 1, -1, 9, 10, 99, 100, 1_700_000_000_000, -42, .max, .min])
  func wholeNumbers(_ number: Int64) {
    var json = JSONWriter()
    json.object { $0.member("n", number) }
    #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"n\":\(number)}")
  }

  @Test(
    "writes numbers that are not finite as protocol buffers do",
    arguments: [(Double.nan, "NaN"), (.infinity, "Infinity"), (-.infinity, "-Infinity")])
  func notFinite(_ number: Double, _ word: String) {
    var json = JSONWriter()
    json.object { $0.member("n", number) }
    #expect(String(decoding: json.bytes, as: UTF8.self) == "{\"n\":\"\(word)\"}")
  }
}
