import JSONValues

/// Numbers as MLflow's answers have them: some as numbers, some as texts.
enum JSONNumber {
  static func integer(_ value: JSONValue) -> Int? { value.int ?? value.string.flatMap { Int($0) } }

  /// The member of that name; 0 where it is missing.
  static func milliseconds(_ value: JSONValue, _ name: String) -> Int64 {
    Int64(value[name].flatMap(integer) ?? 0)
  }

  /// The value of a metric, which is a text where it is not finite.
  static func metric(_ value: JSONValue?) -> Double {
    if let text = value?.string {
      return text == "Infinity" ? .infinity : text == "-Infinity" ? -.infinity : .nan
    }
    guard let number = value?.double else { return .nan }
    // MLflow keeps infinities as the largest numbers in databases.
    return abs(number) == .greatestFiniteMagnitude ? (number < 0 ? -.infinity : .infinity) : number
  }
}
