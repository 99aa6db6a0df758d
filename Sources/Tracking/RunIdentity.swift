import FoundationEssentials

/// How a new run is called, and which run it belongs to.
package enum RunIdentity {
  /// The variables that name the parent of a process's runs, the first one first.
  static let parentVariables = ["MARTLET_RUN_ID", "MLFLOW_RUN_ID"]

  /// 32 hexadecimal digits that no other run has.
  static func newID() -> String {
    var generator = SystemRandomNumberGenerator()
    return [generator.next(), generator.next()].map { (half: UInt64) in
      let digits = String(half, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// A name for a run that got none: `quiet-heron-417`.
  static func newName() -> String {
    let adjective = adjectives.randomElement() ?? "quiet"
    let bird = birds.randomElement() ?? "martlet"
    return "\(adjective)-\(bird)-\(Int.random(in: 100...999))"
  }

  /// The parent run that the environment names.
  package static func parentID(environment: [String: String]) throws(TrackingError) -> String? {
    for variable in parentVariables {
      guard let value = environment[variable], !value.isEmpty else { continue }
      let digits = value.lowercased()
      let isID = digits.utf8.count == 32 && digits.allSatisfy { $0.isHexDigit && $0.isASCII }
      guard isID else { throw .invalidRunVariable(variable: variable, value: value) }
      return digits
    }
    return nil
  }

  /// Throws unless `name` can be stored and shown.
  static func validate(
    _ name: String, kind: String, limit: Int = 250
  ) throws(TrackingError) {
    if name.isEmpty { throw .invalidName(kind: kind, name: name, reason: "it is empty") }
    if name.utf8.count > limit {
      throw .invalidName(kind: kind, name: name, reason: "it is longer than \(limit) bytes")
    }
    if name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
      throw .invalidName(kind: kind, name: name, reason: "it holds a control character")
    }
  }

  private static let adjectives = [
    "agile", "amber", "bold", "brisk", "calm", "clever", "coral", "dapper", "eager", "fleet",
    "gentle", "golden", "hardy", "ivory", "jolly", "keen", "lively", "lucid", "merry", "nimble",
    "placid", "proud", "quick", "quiet", "rapid", "russet", "silver", "sleek", "steady", "swift",
    "tidy", "vivid", "wary", "wild", "wise", "witty",
  ]

  private static let birds = [
    "avocet", "bittern", "crane", "curlew", "dipper", "dunlin", "egret", "falcon", "finch",
    "gannet", "godwit", "grebe", "harrier", "heron", "hobby", "ibis", "jackdaw", "kestrel",
    "kite", "lapwing", "linnet", "magpie", "martin", "merlin", "osprey", "ouzel", "petrel",
    "pipit", "plover", "redstart", "robin", "rook", "siskin", "starling", "stork", "swallow",
    "tern", "thrush", "wagtail", "warbler", "wren",
  ]
}
