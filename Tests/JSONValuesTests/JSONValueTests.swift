import Foundation
import JSONValues
import Testing

@Suite("JSONValue")
struct JSONValueTests {
  @Test(
    "is read as it was written",
    arguments: [
      .null, true, false, 0, -7, 1.5, "", "text \"quoted\" \\ / \u{0} \u{1F642} é", [], [:],
      [1, "a", .null, [true]], ["a": ["b": [1.25]], "": .null], .int(.max), .int(.min),
    ] as [JSONValue])
  func roundTrip(value: JSONValue) throws {
    let data = try JSONEncoder().encode(["value": value])
    #expect(try JSONDecoder().decode([String: JSONValue].self, from: data) == ["value": value])
  }

  @Test("what JSON has no number for becomes null", arguments: [Double.nan, .infinity, -.infinity])
  func nonFinite(number: Double) throws {
    let data = try JSONEncoder().encode([JSONValue.double(number)])
    #expect(String(decoding: data, as: UTF8.self) == "[null]")
  }

  @Test("a whole number beyond Int is a number")
  func largeNumber() throws {
    let data = Data("[18446744073709551616]".utf8)
    let value = try JSONDecoder().decode([JSONValue].self, from: data)
    #expect(value == [.double(18_446_744_073_709_551_616)])
  }

  @Test("deep nesting is read or refused, never a crash", arguments: [10, 400, 100_000])
  func nesting(depth: Int) {
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    #expect((value != nil) == (depth < 512))
  }

  @Test(
    "text is read as Foundation reads it, or refused where it refuses it",
    arguments: [
      "null", " true ", "false", "0", "-0", "12", "-7", "1.5", "1E-2",
      "9223372036854775807",
      "9223372036854775808", "-9223372036854775808", "1e300", "[]", "[ ]", "[1 , 2]", "{}",
      "{ \"a\" : [{}] }",
      "{\"a\":1,\"b\":{\"c\":[null]}}", #""\"\\\/\b\f\n\r\t\u00e9""#, #""\ud83d\ude00""#, "\"é🐦\"",
      "\"\"",
      "", " ", "nul", "truee", "01", "-", "+1", ".5", "1.", "1e", "1e+", "[1", "[,1]", "{\"a\"}",
      "{\"a\":}",
      "{a:1}", "{1:2}", "\"a", "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "[] []", "1 2", "\"a\"b",
      "1e999", "NaN", "'a'",
    ])
  func textIsRead(text: String) {
    let expected = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    let found = JSONValue(json: text)
    #expect(found == expected)
    if let found { #expect(JSONValue(json: found.description) == found) }
  }

  @Test(
    "a number with a fraction or an exponent stays one",
    arguments: [("1.0", 1.0), ("1e3", 1000), ("-2E+1", -20), ("[9.0]", 9)])
  func fractions(text: String, number: Double) {
    let found = JSONValue(json: text)
    #expect((found?.array?.first ?? found) == .double(number))
    #expect(JSONValue(json: found?.description ?? "") == found)
  }

  @Test(
    "a comma at the end, which Foundation takes, is none of JSON's",
    arguments: ["[1,]", "{\"a\":1,}"])
  func trailingCommas(text: String) {
    #expect(JSONValue(json: text) == nil)
  }

  @Test("bytes that are no UTF-8 are refused; half a surrogate pair is replaced")
  func wrongText() {
    #expect(JSONValue(utf8: [0x22, 0xFF, 0x22]) == nil)
    #expect(JSONValue(utf8: [0x22, 0xC3, 0x22]) == nil)
    #expect(
      JSONValue(json: #"["\ud83d", "\ud83dx", "\ude00", "\ud83d\u0041"]"#) == [
        "\u{FFFD}", "\u{FFFD}x", "\u{FFFD}", "\u{FFFD}A",
      ])
    #expect(JSONValue(json: String(repeating: "[", count: 100_000)) == nil)
    #expect(JSONValue(json: String(repeating: "{\"a\":", count: 100_000)) == nil)
  }
}
