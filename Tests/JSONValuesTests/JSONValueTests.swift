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
}
