import FoundationEssentials

/// What Kubeflow passes to a step for `{{$}}`: where its inputs lie and its outputs go.
///
/// - SeeAlso: `ExecutorInput` and `ExecutorOutput` in `pipeline_spec.proto` of kubeflow/pipelines.
package struct ExecutorInput: Sendable, Equatable {
  /// An artifact's place.
  package struct Artifact: Sendable, Equatable {
    /// The artifact's own name, which is not its key among the step's values.
    package var name: String
    package var uri: String
    /// The file that the step reads or writes; Kubeflow moves it from or to `uri`.
    package var path: String
  }

  /// The artifacts that the step reads, by the value's name.
  package private(set) var inputs: [String: Artifact]
  /// The artifacts that the step writes, by the value's name.
  package private(set) var outputs: [String: Artifact]
  /// The parameters, by name.
  package private(set) var parameters: [String: ExecutorValue]
  /// The file for the executor's output; `nil` when none is wanted.
  package private(set) var outputFile: String?

  /// Parses Kubeflow's JSON; what it holds beyond this is ignored.
  ///
  /// - Throws: `badExecutorInput`.
  package init(json: String) throws(ClusterError) {
    let message: Message
    do {
      message = try JSONDecoder().decode(Message.self, from: Data(json.utf8))
    } catch {
      throw .badExecutorInput(reason: "\(error)")
    }
    inputs = try Self.places(message.inputs?.artifacts)
    outputs = try Self.places(message.outputs?.artifacts)
    parameters = message.inputs?.parameterValues ?? [:]
    outputFile = message.outputs?.outputFile
  }

  /// The files of the inputs; what `MARTLET_STEP_INPUTS` holds.
  package var inputPaths: [String: String] { inputs.mapValues(\.path) }
  /// The files of the outputs; what `MARTLET_STEP_OUTPUTS` holds.
  package var outputPaths: [String: String] { outputs.mapValues(\.path) }

  /// Returns the executor's output: every output artifact, as Kubeflow's local runner requires.
  package func output(metadata: [String: [String: ExecutorValue]] = [:]) -> String {
    var artifacts: [String: Output.List] = [:]
    for (key, artifact) in outputs {
      artifacts[key] = Output.List(artifacts: [
        Output.Artifact(metadata: metadata[key] ?? [:], name: artifact.name, uri: artifact.uri)
      ])
    }
    return compactText(Output(artifacts: artifacts, parameterValues: [:]))
  }

  /// Makes the folders that the outputs and the executor's output go to.
  ///
  /// - Throws: `cannotWrite`.
  package func makeFolders() throws(ClusterError) {
    for path in outputs.values.map(\.path) + [outputFile].compactMap(\.self) {
      let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
      guard !folder.isEmpty else { continue }
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw .cannotWrite(path: folder, reason: "\(error)")
      }
    }
  }

  /// Writes the executor's output to its file, if one is wanted.
  ///
  /// - Throws: `cannotWrite`.
  package func writeOutput(metadata: [String: [String: ExecutorValue]] = [:]) throws(ClusterError) {
    guard let outputFile else { return }
    do {
      try Data(output(metadata: metadata).utf8).write(to: URL(filePath: outputFile))
    } catch {
      throw .cannotWrite(path: outputFile, reason: "\(error)")
    }
  }

  private static func places(
    _ lists: [String: Message.List]?
  ) throws(ClusterError) -> [String: Artifact] {
    var places: [String: Artifact] = [:]
    for (key, list) in lists ?? [:] {
      guard let first = list.artifacts?.first, let uri = first.uri, !uri.isEmpty else {
        throw .badExecutorInput(reason: "artifact '\(key)' has no uri")
      }
      places[key] = Artifact(
        name: first.name ?? key, uri: uri,
        path: first.customPath.flatMap { $0.isEmpty ? nil : $0 } ?? path(of: uri))
    }
    return places
  }

  /// Returns where Kubeflow's launcher keeps the file of `uri`.
  private static func path(of uri: String) -> String {
    let folders = ["gs://": "/gcs/", "s3://": "/s3/", "minio://": "/minio/", "file://": ""]
    for (scheme, folder) in folders where uri.hasPrefix(scheme) {
      return folder + uri.dropFirst(scheme.count)
    }
    return uri
  }

  // MARK: Wire format

  private struct Message: Decodable {
    var inputs: Side?
    var outputs: Side?

    struct Side: Decodable {
      var artifacts: [String: List]?
      var parameterValues: [String: ExecutorValue]?
      var outputFile: String?
    }

    struct List: Decodable {
      var artifacts: [Artifact]?
    }

    struct Artifact: Decodable {
      var name: String?
      var uri: String?
      var customPath: String?
    }
  }

  private struct Output: Encodable {
    var artifacts: [String: List]
    var parameterValues: [String: ExecutorValue]

    struct List: Encodable {
      var artifacts: [Artifact]
    }

    struct Artifact: Encodable {
      var metadata: [String: ExecutorValue]
      var name: String
      var uri: String
    }
  }
}

/// A parameter's or a metadata value: any JSON; numbers that JSON lacks are written as texts.
package enum ExecutorValue: Sendable, Equatable, Codable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([ExecutorValue])
  case object([String: ExecutorValue])

  /// The value as a whole number, which may come as a number or as its text.
  package var integer: Int? {
    switch self {
    case .number(let number): Int(exactly: number)
    case .string(let text): Int(text)
    default: nil
    }
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([ExecutorValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: ExecutorValue].self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value) where !value.isFinite: try container.encode("\(value)")
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
