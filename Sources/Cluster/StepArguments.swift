import FoundationEssentials
import Workflows

/// The arguments of `martlet step run` and `martlet step kfp`: written here, read in the container.
///
/// ```text
/// martlet step run [--step NAME] --source-sha256 DIGEST --source-file PATH
/// martlet step kfp --executor-input JSON [--step NAME] --source-sha256 DIGEST
///                  (--source TEXT | --source-base64 PIECE …)
/// ```
package struct StepArguments: Sendable, Equatable {
  /// What diagnostics call the step.
  package var step: String
  /// The program's source, whose digest was checked.
  package var source: String
  /// The executor's input; empty when Kubeflow did not pass one.
  package var executorInput: String

  /// Reads the arguments after `step run` or `step kfp`, and the source's file if they name one.
  ///
  /// - Throws: `badArguments`, `digestMismatch` or `cannotRead`.
  package init(_ arguments: [String]) throws(ClusterError) {
    var values: [String: String] = [:]
    var pieces: [String] = []
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard Self.options.contains(option) else {
        throw .badArguments(reason: "'\(option.prefix(80))' is not an option")
      }
      guard let value = rest.popFirst() else {
        throw .badArguments(reason: "\(option) has no value")
      }
      if option == "--source-base64" {
        pieces.append(value)
      } else if values.updateValue(value, forKey: option) != nil {
        throw .badArguments(reason: "\(option) comes twice")
      }
    }
    step = values["--step"] ?? "step"
    executorInput = values["--executor-input"] ?? ""
    source = try Self.source(
      text: values["--source"], pieces: pieces, file: values["--source-file"])
    guard let expected = values["--source-sha256"] else {
      throw .badArguments(reason: "--source-sha256 is missing")
    }
    let actual = sourceDigest(source)
    guard actual == expected else { throw .digestMismatch(expected: expected, actual: actual) }
  }

  /// Returns the arguments of `step run` for a program in a file.
  package static func forFile(step: String, path: String, sourceDigest: String) -> [String] {
    ["--step", step, "--source-sha256", sourceDigest, "--source-file", path]
  }

  /// Returns the arguments of `step kfp`, in which Kubeflow replaces `{{$}}`.
  ///
  /// Kubeflow and Argo would also replace what looks like theirs in the program, as in `{{$0}}`: a
  /// program with two opening braces in a row travels as base64.
  static func forPipeline(step: String, source: String) -> [String] {
    let head = [
      "--executor-input", "{{$}}", "--step", step, "--source-sha256", sourceDigest(source),
    ]
    guard source.contains("{{") else { return head + ["--source", source] }
    let text = Data(source.utf8).base64EncodedString()
    var pieces: [String] = []
    var rest = text[...]
    while !rest.isEmpty {
      pieces += ["--source-base64", String(rest.prefix(pieceLength))]
      rest = rest.dropFirst(pieceLength)
    }
    return head + pieces
  }

  /// Below the 131,072 bytes at which Linux refuses an argument.
  private static let pieceLength = 100_000

  private static let options: Set<String> = [
    "--step", "--executor-input", "--source", "--source-base64", "--source-file",
    "--source-sha256",
  ]

  private static func source(
    text: String?, pieces: [String], file: String?
  ) throws(ClusterError) -> String {
    let given = [text != nil, !pieces.isEmpty, file != nil].filter { $0 }.count
    guard given == 1 else {
      throw .badArguments(
        reason: "exactly one of --source, --source-base64 and --source-file must be there")
    }
    if let text { return text }
    if let file {
      do {
        return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
      } catch {
        throw .cannotRead(path: file, reason: "\(error)")
      }
    }
    guard let data = Data(base64Encoded: pieces.joined()) else {
      throw .badArguments(reason: "--source-base64 is not base64")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
