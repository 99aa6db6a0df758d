import Foundation
import Martlet
import Testing

/// The members of a JSON object.
func members(_ text: String) throws -> [String: Any] {
  let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
  return try #require(value as? [String: Any])
}

@Suite("DisplayMessage")
struct DisplayMessageTests {
  @Test("puts texts, JSON and bytes into the bundle as Jupyter wants them")
  func contents() throws {
    let bundle: MIMEBundle = [
      "text/plain": "a \"quote\"\n\u{1}\u{2028}é", "application/json": "{\"a\": [1, null]}",
      "application/vnd.vegalite.v5+json": "{}", "image/png": .bytes([0x89, 0x50, 0x4E, 0x47]),
      "image/svg+xml": "<svg/>",
    ]
    let data = try #require(try members(DisplayMessage(bundle).payload)["data"] as? [String: Any])
    #expect(data["text/plain"] as? String == "a \"quote\"\n\u{1}\u{2028}é")
    #expect((data["application/json"] as? [String: Any])?["a"] as? [Any] != nil)
    #expect(data["application/vnd.vegalite.v5+json"] as? [String: Any] != nil)
    #expect(data["image/png"] as? String == "iVBORw==")
    #expect(data["image/svg+xml"] as? String == "<svg/>")
  }

  @Test("names the place and says that it replaces")
  func handles() throws {
    let message = DisplayMessage(
      .html("x"), metadata: ["text/html": "{\"isolated\":true}"], id: "a\"b", isUpdate: true)
    let fields = try members(message.payload)
    #expect(fields["display_id"] as? String == "a\"b")
    #expect(fields["update"] as? Bool == true)
    #expect((fields["metadata"] as? [String: [String: Bool]])?["text/html"] == ["isolated": true])
    let plain = try members(DisplayMessage(.html("x")).payload)
    #expect(plain["display_id"] == nil && plain["update"] == nil)
  }

  @Test("never sends JSON that is none")
  func brokenJSON() throws {
    let payload = DisplayMessage(["application/json": "{\"a\":"]).payload
    let data = try members(payload)["data"] as? [String: String]
    #expect(data?["application/json"] == "{\"a\":")
  }

  @Test(
    "refuses texts that are not JSON",
    arguments: [
      "", "{", "[1,]", "{\"a\" 1}", "nul", "01", "1.", "+1", "\"\u{1}\"", "\"\\x\"", "[1] 2",
      "NaN", "{'a': 1}", "\"\\u12\"",
    ])
  func notJSON(text: String) {
    #expect(throws: MartletError.self) { try MIMEBundle.json(text) }
  }

  @Test(
    "takes JSON of every kind",
    arguments: [
      "null", " [ ] ", "-0.5e+10", "0", "\"\\u00e9\\n\"", "{\"a\":{\"b\":[true,false,{}]}}", "1E5",
    ])
  func json(text: String) throws {
    #expect(try MIMEBundle.json(text)["application/json"] == .text(text))
  }

  @Test("encodes values as JSON, with texts for numbers that JSON has not")
  func encodable() throws {
    let bundle = try MIMEBundle.json(["a": [1, Double.nan, -.infinity]])
    #expect(bundle["application/json"] == "{\"a\":[1,\"NaN\",\"-Infinity\"]}")
  }

  @Test("gives every form a plain text")
  func plainTexts() throws {
    let page =
      "<style></style><h1>A &amp; B</h1><p>one<br>two</p><table><tr><td>1</td><td>2</td></tr></table>"
    #expect(MIMEBundle.html(page).plainText == "A & B\none\ntwo\n1 2")
    #expect(
      MIMEBundle.png([UInt8](repeating: 0, count: 16) + [0, 0, 2, 128, 0, 0, 1, 224])
        .plainText == "PNG image, 640 × 480")
    #expect(MIMEBundle(["text/html": "x"]).plainText == "<text/html>")
    #expect(Chart.bar(["a"], [1.0], title: "Bars").displayBundle.plainText == "Chart: Bars")
    let types = Set(Chart.bar(["a"], [1.0]).displayBundle.contents.keys)
    #expect(types == ["application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"])
  }
}
