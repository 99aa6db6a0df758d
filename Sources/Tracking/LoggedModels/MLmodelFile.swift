import FoundationEssentials
import JSONValues

/// The file `MLmodel` beside a model's own, by which MLflow's client knows what it is.
///
/// - SeeAlso: MLflow's documentation, "MLflow Models", section on the storage format.
struct MLmodelFile {
  static let name = "MLmodel"

  let modelID: String
  let runID: String
  let createdMilliseconds: Int64
  let byteCount: Int64
  let flavors: [ModelFlavor]
  let signature: ModelSignature?
  let artifactPath: String

  /// The file's text, in YAML.
  var text: String {
    let quoted: (String) -> String = { "\(JSONValue.string($0))" }
    var lines = ["artifact_path: \(quoted(artifactPath))", "flavors:"]
    for flavor in flavors {
      lines.append("  \(quoted(flavor.name)):")
      for (name, value) in flavor.fields.sorted(by: { $0.key < $1.key }) {
        lines.append("    \(quoted(name)): \(quoted(value))")
      }
    }
    lines += [
      "model_id: \(quoted(modelID))", "model_size_bytes: \(byteCount)",
      "model_uuid: \(quoted(modelID))", "run_id: \(quoted(runID))",
    ]
    if let signature {
      lines += [
        "signature:", "  inputs: \(quoted(ModelSignature.json(signature.inputs)))",
        "  outputs: \(quoted(ModelSignature.json(signature.outputs)))", "  params: null",
      ]
    }
    lines.append("utc_time_created: '\(Self.time(createdMilliseconds))'")
    return lines.joined(separator: "\n") + "\n"
  }

  /// A time in UTC as Python writes it.
  private static func time(_ milliseconds: Int64) -> String {
    let style = Date.ISO8601FormatStyle(
      dateSeparator: .dash, dateTimeSeparator: .space, timeSeparator: .colon,
      timeZoneSeparator: .omitted, includingFractionalSeconds: true, timeZone: .gmt)
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    return String(style.format(date).prefix { $0 != "Z" }) + "000"
  }
}
