/// The keys of CURVE, ZeroMQ's encryption, as a connection file carries them.
///
/// The kernel is CURVE's server; a frontend has to know the public key to be let in.
///
/// - SeeAlso: ZeroMQ RFC 26, "CurveZMQ"; RFC 32, "Z85".
package struct CurveKeys: Sendable, Equatable, CustomStringConvertible {
  /// In Z85.
  package let publicKey: String
  /// In Z85.
  package let secretKey: String

  package init(publicKey: String, secretKey: String) {
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  /// Without the secret, which must not get into any log.
  package var description: String { "CURVE keys, public \(publicKey)" }

  private static let digits = Set(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)

  /// Whether `text` has the form of a key: 32 bytes in Z85.
  static func isKey(_ text: String) -> Bool {
    text.utf8.count == 40 && text.utf8.allSatisfy(digits.contains)
  }
}
