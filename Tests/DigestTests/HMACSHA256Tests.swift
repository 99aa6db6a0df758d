import Digest
import Testing

@Suite("HMACSHA256")
struct HMACSHA256Tests {
  struct Case: Sendable, CustomTestStringConvertible {
    let key: [UInt8]
    let message: [UInt8]
    let code: String

    var testDescription: String { "code \(code.prefix(8))" }
  }

  /// The test cases of RFC 4231 that give the whole code.
  static let cases = [
    Case(
      key: [UInt8](repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Case(
      key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
      code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Case(
      key: [UInt8](repeating: 0xaa, count: 20), message: [UInt8](repeating: 0xdd, count: 50),
      code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Case(
      key: [UInt8](1...25), message: [UInt8](repeating: 0xcd, count: 50),
      code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    Case(
      key: [UInt8](repeating: 0xaa, count: 131),
      message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Case(
      key: [UInt8](repeating: 0xaa, count: 131),
      message: Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    Case(  // The empty key and message.
      key: [], message: [],
      code: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ]

  @Test("gives the codes of RFC 4231, whatever the frames", arguments: cases)
  func knownAnswers(row: Case) {
    let hmac = HMACSHA256(key: row.key)
    let middle = row.message.count / 2
    let halves = [Array(row.message[..<middle]), [], Array(row.message[middle...])]
    #expect(hexadecimal(hmac.signature(of: [row.message])) == row.code)
    #expect(hexadecimal(hmac.signature(of: halves)) == row.code)
  }

  @Test("signs from many threads at once")
  func threads() async {
    let hmac = HMACSHA256(key: Array("Jefe".utf8))
    let message = [Array("what do ya want for nothing?".utf8)]
    let expected = hmac.signature(of: message)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<200 { group.addTask { hmac.isValid(expected, of: message) } }
      for await isValid in group { #expect(isValid) }
    }
  }

  @Test("tells signatures apart")
  func comparison() {
    #expect(constantTimeEquals([], []))
    #expect(constantTimeEquals([1, 2, 3], [1, 2, 3]))
    #expect(!constantTimeEquals([1, 2, 3], [1, 2, 4]))
    #expect(!constantTimeEquals([1, 2, 3], [1, 2]))
    let hmac = HMACSHA256(key: [1])
    #expect(!hmac.isValid([], of: [[1]]))
  }
}
