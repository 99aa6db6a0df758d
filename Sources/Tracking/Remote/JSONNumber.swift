import JSONValues

/// Whole numbers as MLflow's answers have them: some as numbers, some as texts.
enum JSONNumber {
  static func integer(_ value: JSONValue) -> Int? { value.int ?? value.string.flatMap { Int($0) } }

  /// The member of that name; 0 where it is missing.
  static func milliseconds(_ value: JSONValue, _ name: String) -> Int64 {
    Int64(value[name].flatMap(integer) ?? 0)
  }
}
