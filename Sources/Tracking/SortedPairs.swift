extension Dictionary where Key == String {
  /// The members by their keys, as stores and messages list them.
  package var sortedPairs: [(key: String, value: Value)] {
    sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
