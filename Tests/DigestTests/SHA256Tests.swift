import Digest
import TestSupport
import Testing

@Suite("SHA-256")
struct SHA256Tests {
  /// A message, which is `text` so many times, and its digest.
  struct Answer: Sendable, CustomTestStringConvertible {
    let text: String
    var count = 1
    let digest: String

    var message: [UInt8] { Array(String(repeating: text, count: count).utf8) }
    var testDescription: String { "\(text) \(count) times" }
  }

  /// From the examples of FIPS 180-4 and NIST's long message test.
  static let answers = [
    Answer(
      text: "", digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    Answer(
      text: "abc", digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    Answer(
      text: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    Answer(
      text: "a", count: 1_000_000,
      digest: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ]

  @Test("gives the published digests", arguments: answers)
  func knownAnswers(answer: Answer) {
    #expect(hexadecimal(sha256(answer.message)) == answer.digest)
  }

  @Test("gives the published digests in pieces, and of files", arguments: answers)
  func pieces(answer: Answer) throws {
    var hasher = SHA256Hasher()
    let bytes = answer.message
    for start in stride(from: 0, to: bytes.count, by: 977) {
      hasher.update(bytes[start..<min(start + 977, bytes.count)])
    }
    #expect(hexadecimal(hasher.finalize()) == answer.digest)
    let folder = try TemporaryDirectory()
    try folder.write(bytes, to: "message")
    let (ofFile, byteCount) = try sha256(ofFile: folder.path("message"))
    #expect(hexadecimal(ofFile) == answer.digest)
    #expect(byteCount == bytes.count)
  }

  @Test("gives the digests of parts of files")
  func parts() throws {
    let folder = try TemporaryDirectory()
    try folder.write(Array("0123456789".utf8), to: "message")
    let file = folder.path("message")
    let middle = try sha256(ofFile: file, from: 3, limit: 4)
    #expect(middle.digest == sha256(Array("3456".utf8)) && middle.byteCount == 4)
    let end = try sha256(ofFile: file, from: 8, limit: 4)
    #expect(end.digest == sha256(Array("89".utf8)) && end.byteCount == 2)
    #expect(try sha256(ofFile: file, limit: 0).digest == sha256([]))
  }

  @Test("copies go on independently, and finalizing starts afresh")
  func copies() {
    var first = SHA256Hasher()
    first.update(Array("ab".utf8))
    var second = first
    second.update(Array("x".utf8))
    first.update(Array("c".utf8))
    #expect(first.finalize() == sha256(Array("abc".utf8)))
    #expect(second.finalize() == sha256(Array("abx".utf8)))
    #expect(first.finalize() == sha256([]))
  }

  @Test("names the file that cannot be read")
  func missingFile() {
    #expect(throws: DigestError.cannotRead(path: "/nowhere", reason: "No such file or directory")) {
      try sha256(ofFile: "/nowhere")
    }
  }

  @Test("hexadecimal digits go both ways")
  func hexadecimalDigits() {
    let all = [UInt8](0...255)
    #expect(bytes(hexadecimal: hexadecimal(all)) == all)
    #expect(bytes(hexadecimal: "FfA0") == [255, 160])
    #expect(bytes(hexadecimal: "abc") == nil)
    #expect(bytes(hexadecimal: "zz") == nil)
  }
}
