import Digest
import JSONValues

/// A file that comes in parts, which may be sent at once and in any order.
///
/// It is a folder beside contents that are being written, with `upload.json` and a file for each part, so that it
/// outlives the server. In a bucket the parts belong to an upload of the bucket's instead.
package struct PartedUpload: Sendable, Equatable {
  /// For how many seconds parts are taken, and after which what is left of an upload is garbage.
  package static let lifetime = 86_400
  /// The most parts of a file, and the most bytes of a part: what S3 takes.
  package static let mostParts = 10_000
  package static let largestPart = 5 << 30

  /// 32 hexadecimal digits.
  package let id: String
  /// What the server calls the artifact.
  package let place: String
  package let partCount: Int
  package let createdMilliseconds: Int64
  /// The account that began it; `nil` where there were none.
  package let account: String?
  /// The SHA-256 of what parts are sent with.
  let secretDigest: [UInt8]
  /// The upload's id at the bucket.
  let bucketUpload: String?

  /// Whether it is too old to take parts.
  package var isExpired: Bool {
    currentMilliseconds() - createdMilliseconds > Int64(Self.lifetime) * 1000
  }

  /// Whether `secret` is the one that whoever began it was told.
  package func isSecret(_ secret: String) -> Bool {
    constantTimeEquals(sha256(Array(secret.utf8)), secretDigest)
  }

  static func isID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 32
      && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  // MARK: Text

  var json: JSONValue {
    var members: [String: JSONValue] = [
      "id": .string(id), "place": .string(place), "parts": .int(partCount),
      "created_ms": .int(Int(createdMilliseconds)), "secret": .string(hexadecimal(secretDigest)),
    ]
    if let account { members["account"] = .string(account) }
    if let bucketUpload { members["bucket_upload"] = .string(bucketUpload) }
    return .object(members)
  }

  init(
    id: String, place: String, partCount: Int, createdMilliseconds: Int64, account: String?,
    secretDigest: [UInt8], bucketUpload: String?
  ) {
    (self.id, self.place, self.partCount) = (id, place, partCount)
    (self.createdMilliseconds, self.account) = (createdMilliseconds, account)
    (self.secretDigest, self.bucketUpload) = (secretDigest, bucketUpload)
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.string, Self.isID(id), let place = json["place"]?.string,
      let partCount = json["parts"]?.int, let created = json["created_ms"]?.int,
      let secret = json["secret"]?.string.flatMap({ bytes(hexadecimal: $0) }), secret.count == 32
    else { return nil }
    self.init(
      id: id, place: place, partCount: partCount, createdMilliseconds: Int64(created),
      account: json["account"]?.string, secretDigest: secret,
      bucketUpload: json["bucket_upload"]?.string)
  }
}

/// A part of a file, as whoever sent it names it.
package struct UploadedPart: Sendable, Equatable {
  /// From 1 on.
  package let number: Int
  /// The ETag that was answered.
  package let etag: String

  package init(number: Int, etag: String) {
    self.number = number
    self.etag = etag
  }

  /// The ETag without the quotes that some clients leave out.
  var tag: String { etag.filter { $0 != "\"" } }
}
