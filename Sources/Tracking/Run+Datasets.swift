import Digest
import FoundationEssentials

extension Run {
  /// Logs that the run used a data set.
  ///
  /// ```swift
  /// try run.logDataset("digits", file: "data/digits.csv", context: "training")
  /// ```
  ///
  /// Runs of an experiment share what is known of a data set of equal name and digest.
  ///
  /// - Parameters:
  ///   - name: What the data set is called.
  ///   - file: The file with the data; its SHA-256 is the digest.
  ///   - context: What it was used for, such as `training`.
  /// - Throws: ``TrackingError`` when the file cannot be read, a name is invalid or the store cannot be written.
  public func logDataset(
    _ name: String, file: String, context: String? = nil
  ) throws(TrackingError) {
    let path = URL(fileURLWithPath: file).standardizedFileURL.path
    let digest: String
    do throws(DigestError) {
      digest = hexadecimal(try sha256(ofFile: path).digest)
    } catch {
      throw .artifactFailed(path: path, reason: error.description)
    }
    try logDataset(name, digest: digest, source: path, sourceType: "local", context: context)
  }

  /// Logs that the run used a data set that is no file here.
  ///
  /// - Parameters:
  ///   - name: What the data set is called.
  ///   - digest: What tells its contents from others'.
  ///   - source: Where it is from, such as a URL.
  ///   - sourceType: What the source is, such as `http`.
  ///   - schema: Its columns, as JSON.
  ///   - profile: Its summary, as JSON.
  ///   - context: What it was used for, such as `training`.
  /// - Throws: ``TrackingError`` when a name is invalid or the store cannot be written.
  public func logDataset(
    _ name: String, digest: String, source: String, sourceType: String = "external",
    schema: String? = nil, profile: String? = nil, context: String? = nil
  ) throws(TrackingError) {
    try RunIdentity.validate(name, kind: "data set's name")
    try RunIdentity.validate(digest, kind: "data set's digest")
    let dataset = DatasetRecord(
      name: name, digest: digest, sourceType: sourceType, source: source, schema: schema,
      profile: profile, context: context)
    try store.withDatabase { database throws(TrackingError) in
      try database.insert(dataset, run: row)
    }
  }
}
