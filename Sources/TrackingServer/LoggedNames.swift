import JSONValues
import Tracking

/// MLflow's rules for the names of metrics, params and tags, which its clients rely on: what is taken here could
/// otherwise not be copied to a server of MLflow. Martlet's own clients are let off them.
///
/// - SeeAlso: MLflow's documentation, "Logging Functions", on the names that `log_metric` takes.
extension APIFields {
  /// Throws unless `name` is one that MLflow takes; `place` is where it is.
  func checkName(_ name: String, _ place: @autoclosure () -> String) throws(APIError) {
    if takesAnyName { return }
    let isPlain = name.utf8.allSatisfy { Self.isPlain($0) }
    // Names are checked by the thousand, and hardly ever wrong.
    if isPlain, name.utf8.count <= 250, Self.isPath(name) { return }
    let field = place()
    guard isPlain || name.unicodeScalars.allSatisfy(Self.isAllowed) else {
      throw APIError(
        .invalidParameterValue,
        "Invalid value \"\(name.prefix(300))\" for parameter '\(field)' supplied: names may have letters, digits, "
          + "underscores (_), dashes (-), periods (.), spaces, colons (:) and slashes (/).")
    }
    guard name.utf8.count <= 250 || name.unicodeScalars.count <= 250 else {
      throw APIError(
        .invalidParameterValue, "'\(field)' exceeds the maximum length of 250 characters.")
    }
    guard Self.isPath(name) else {
      throw APIError(
        .invalidParameterValue,
        "Invalid value \"\(name)\" for parameter '\(field)' supplied: names may be used as paths of files, so that "
          + "none may begin or end with a slash or have \"..\", \".\" or nothing between slashes.")
    }
  }

  /// Whether `byte` is a character of ASCII that names may have.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: " "):
      true
    default: false
    }
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return isPlain(UInt8(truncatingIfNeeded: scalar.value)) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      return true
    default: return false
    }
  }

  /// Whether `name`, as a path, leads to itself.
  private static func isPath(_ name: String) -> Bool {
    if name.hasPrefix("..") || name == "." { return false }
    guard name.utf8.contains(UInt8(ascii: "/")) else { return true }
    return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
      !$0.isEmpty && $0 != "." && $0 != ".."
    }
  }

  /// Throws where a text is longer than so many characters.
  func checkLengths(_ limits: [String: Int]) throws(APIError) {
    for (name, most) in limits.sorted(by: { $0.key < $1.key }) {
      guard let text = try string(name), text.unicodeScalars.count > most else { continue }
      throw APIError(
        .invalidParameterValue, "'\(name)' exceeds the maximum length of \(most) characters.")
    }
  }

  /// Throws if `name` is a number, of which no member of its enumeration is known.
  func checkIsNoNumber(_ name: String) throws(APIError) {
    if let number = try? integer(name) { throw .invalid(name, .int(Int(number))) }
  }

  /// The id that `run_id` or, for older clients, `run_uuid` says.
  func runID() throws(APIError) -> String {
    for name in ["run_id", "run_uuid"] {
      if let id = try string(name), !id.isEmpty { return id }
    }
    throw .missing("run_id")
  }
}

extension TrackingStore {
  /// The run that a call is about.
  func run(of fields: APIFields) throws -> RunRecord {
    let id = try fields.runID()
    guard let run = try run(id: id) else { throw APIError.runNotFound(id) }
    return run
  }
}
