/// A name that Kubernetes accepts, made from the name a user gave.
///
/// Capital letters become small, and `_`, `.` and spaces become `-`; anything else is refused rather
/// than guessed.
///
/// - SeeAlso: RFC 1123, labels.
package struct ResourceName: Sendable, Equatable {
  /// The most characters that leave room for a run's suffix and a pod's, within 63.
  package static let maximumLength = 48

  /// The name as Kubernetes gets it, such as `train-model`.
  package let text: String

  /// Maps `name`, as in `Train_Model` to `train-model`.
  ///
  /// - Throws: `invalidName` with the reason.
  package init(_ name: String) throws(WorkflowsError) {
    var mapped = ""
    for character in name {
      switch character {
      case "a"..."z" where character.isASCII, "0"..."9" where character.isASCII, "-":
        mapped.append(character)
      case "A"..."Z" where character.isASCII:
        mapped += character.lowercased()
      case "_", ".", " ":
        mapped.append("-")
      default:
        throw .invalidName(
          name: name, reason: "'\(character)' is not a letter a–z, a digit, '-' or '_'")
      }
    }
    guard let first = mapped.first, let last = mapped.last else {
      throw .invalidName(name: name, reason: "it is empty")
    }
    guard first != "-", last != "-" else {
      throw .invalidName(name: name, reason: "it must start and end with a letter or a digit")
    }
    guard mapped.count <= Self.maximumLength else {
      throw .invalidName(
        name: name,
        reason: "it has \(mapped.count) characters, and at most \(Self.maximumLength) fit")
    }
    text = mapped
  }
}
