/// Writes JSON text piece by piece, for answers that are too large to be made as values first.
///
/// ```swift
/// var json = JSONWriter()
/// json.object { json in
///   json.member("name", "loss")
///   json.array("steps") { json in for step in 0..<3 { json.element(step) } }
/// }
/// json.bytes  // {"name":"loss","steps":[0,1,2]}
/// ```
///
/// Members come in the order in which they are written. Their names are words of the program, not data.
package struct JSONWriter {
  /// What is written so far, in UTF-8.
  package private(set) var bytes: [UInt8] = []
  /// Whether a comma comes before the next member or element.
  private var followsAnother = false

  package init(reserving count: Int = 256) {
    bytes.reserveCapacity(count)
  }

  /// Writes an object, whose members `body` writes, as an element or the whole text.
  package mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    separate()
    try enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  /// Writes a member that is an object.
  package mutating func object(
    _ name: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    write(name: name)
    try enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
  }

  /// Writes a member that is an array, whose elements `body` writes.
  package mutating func array(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
    write(name: name)
    try enclose(UInt8(ascii: "["), UInt8(ascii: "]"), body)
  }

  package mutating func member(_ name: String, _ text: String) {
    write(name: name)
    JSONText.append(quoted: text, to: &bytes)
  }

  package mutating func member(_ name: String, _ number: Int64) {
    write(name: name)
    append(number)
  }

  /// Writes a number; one that is not finite becomes the word that protocol buffers have for it.
  package mutating func member(_ name: String, _ number: Double) {
    write(name: name)
    append(number)
  }

  package mutating func member(_ name: String, _ value: JSONValue) {
    write(name: name)
    value.append(to: &bytes)
  }

  /// Writes a member whose value `body` writes.
  package mutating func member(
    _ name: String, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    write(name: name)
    followsAnother = false
    try body(&self)
    followsAnother = true
  }

  package mutating func element(_ value: JSONValue) {
    separate()
    value.append(to: &bytes)
  }

  /// Writes a member's name, which needs no escapes.
  private mutating func write(name: String) {
    if followsAnother { bytes.append(UInt8(ascii: ",")) }
    followsAnother = true
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }

  /// Writes the digits of `number`, two thirds of an answer's numbers, without a text of their own and from the last one on, since
  /// dividing by what is known at compile time is a multiplication.
  private mutating func append(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var (digits, bound): (Int, UInt64) = (1, 10)
    while digits < 20, rest >= bound {
      digits += 1
      bound &*= 10
    }
    bytes.append(contentsOf: repeatElement(0x30, count: digits))
    var place = bytes.count
    while rest > 0 {
      place -= 1
      let tenth = rest / 10
      bytes[place] = UInt8(truncatingIfNeeded: rest &- tenth &* 10) &+ 0x30
      rest = tenth
    }
  }

  private mutating func append(_ number: Double) {
    guard number.isFinite else {
      let word = number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"
      JSONText.append(quoted: word, to: &bytes)
      return
    }
    bytes.append(contentsOf: number.description.utf8)
  }

  private mutating func separate() {
    if followsAnother { bytes.append(UInt8(ascii: ",")) }
    followsAnother = true
  }

  private mutating func enclose(
    _ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    bytes.append(open)
    followsAnother = false
    try body(&self)
    followsAnother = true
    bytes.append(close)
  }
}
