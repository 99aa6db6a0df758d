import FoundationEssentials

/// Returns `value` as JSON with sorted keys, which is YAML too, ending with a newline.
///
/// JSON rather than YAML's own style: YAML 1.1 reads a bare `n` as false.
package func manifestText(_ value: some Encodable) -> String {
  encoded(value, formatting: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]) + "\n"
}

/// Returns `value` as JSON on one line, as Kubeflow passes it between its processes.
func compactText(_ value: some Encodable) -> String {
  encoded(value, formatting: [.sortedKeys])
}

private func encoded(
  _ value: some Encodable, formatting: JSONEncoder.OutputFormatting
) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = formatting
  do {
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  } catch {
    preconditionFailure("a manifest holds only texts, whole and finite numbers: \(error)")
  }
}
