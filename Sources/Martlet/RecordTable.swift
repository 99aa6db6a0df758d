internal import Tables

/// Tables of arrays of structs, arrays of dictionaries, and dictionaries.
enum RecordTable {
  /// The table of a collection that `mirror` reflects; `nil` where its elements have no fields.
  static func table(of mirror: Mirror) -> TextTable? {
    guard let first = mirror.children.first else { return nil }
    let isDictionary = mirror.displayStyle == .dictionary
    let records = shown(mirror, isSorted: isDictionary)
    if isDictionary { return dictionary(records, count: mirror.children.count) }
    guard fields(of: first.value) != nil else { return nil }
    return array(records, count: mirror.children.count)
  }

  /// The elements that are shown; `nil` stands for those left out.
  private static func shown(_ mirror: Mirror, isSorted: Bool) -> [(place: Int, value: Any)?] {
    let children = mirror.children
    let count = children.count
    if isSorted, count <= 10_000, let sorted = sorted(children.map(\.value)) {
      return Elision.rows(count).map { $0.map { ($0, sorted[$0]) } }
    }
    return Elision.rows(count).map { place in
      guard let place else { return nil }
      return (place, children[children.index(children.startIndex, offsetBy: place)].value)
    }
  }

  /// Pairs by key, where keys are texts or whole numbers; dictionaries have no order of their own.
  private static func sorted(_ pairs: [Any]) -> [Any]? {
    let keys = pairs.compactMap { Mirror(reflecting: $0).children.first?.value }
    guard keys.count == pairs.count else { return nil }
    if let texts = keys as? [String] {
      return zip(texts, pairs).sorted { $0.0 < $1.0 }.map(\.1)
    }
    if let numbers = keys as? [Int] {
      return zip(numbers, pairs).sorted { $0.0 < $1.0 }.map(\.1)
    }
    return nil
  }

  private static func dictionary(
    _ pairs: [(place: Int, value: Any)?], count: Int
  ) -> TextTable? {
    let halves = pairs.map { pair in
      pair.map { Mirror(reflecting: $0.value).children.map(\.value) } ?? []
    }
    guard let first = halves.first, first.count == 2 else { return nil }
    let keyColumn = TextTable.Column("key", isNumeric: isNumber(first[0]))
    let keys = halves.map { $0.first.map(ValueText.short) ?? "…" }
    var table: TextTable
    if fields(of: first[1]) != nil {
      table = self.table(keyColumn, keys, halves.map { $0.last.flatMap { fields(of: $0) } })
    } else {
      table = TextTable(columns: [keyColumn, .init("value", isNumeric: isNumber(first[1]))])
      table.rows = zip(keys, halves).map { key, half in
        [.init(key, isHeader: true), .init(half.last.map(ValueText.short) ?? "…")]
      }
    }
    if pairs.count < count || pairs.contains(where: { $0 == nil }) {
      table.caption = Elision.counted(count, "pair")
    }
    return table
  }

  private static func array(_ records: [(place: Int, value: Any)?], count: Int) -> TextTable {
    let keys = records.map { $0.map { "\($0.place)" } ?? "…" }
    var table = table(.init(""), keys, records.map { $0.flatMap { fields(of: $0.value) } })
    if records.contains(where: { $0 == nil }) {
      table.caption = Elision.size(count, table.columns.count - 1)
    }
    return table
  }

  /// A table with a row for each of `records`, which begins with its key.
  private static func table(
    _ keyColumn: TextTable.Column, _ keys: [String], _ records: [[(name: String, value: Any)]?]
  ) -> TextTable {
    var names: [String] = []
    var samples: [String: Any] = [:]
    for (name, value) in records.compactMap({ $0 }).joined() {
      if samples[name] == nil, let value = ValueText.unwrapped(value) { samples[name] = value }
      if !names.contains(name) { names.append(name) }
    }
    let places = Elision.columns(names.count)
    var table = TextTable(
      columns: [keyColumn]
        + places.map { place in
          guard let place else { return .init("…") }
          return .init(names[place], isNumeric: samples[names[place]].map(isNumber) ?? false)
        })
    for (key, record) in zip(keys, records) {
      let texts = Dictionary(
        (record ?? []).map { ($0.name, ValueText.short($0.value)) }, uniquingKeysWith: { $1 })
      let cells = places.map { place -> TextTable.Cell in
        guard key != "…", let place else { return .init("…") }
        return .init(texts[names[place]] ?? "")
      }
      table.rows.append([.init(key, isHeader: true)] + cells)
    }
    return table
  }

  /// The named parts of a struct, class, tuple or dictionary with texts as keys; `nil` for other
  /// values, and for those that have a text of their own, such as dates.
  static func fields(of value: Any) -> [(name: String, value: Any)]? {
    guard let value = ValueText.unwrapped(value) else { return nil }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .struct, .class:
      guard !(value is any CustomStringConvertible), !(value is any DisplayRepresentable) else {
        return nil
      }
      var parts: [(name: String, value: Any)] = []
      var ancestors = [mirror]
      while let parent = ancestors.last?.superclassMirror { ancestors.append(parent) }
      for child in ancestors.reversed().flatMap(\.children) {
        guard let label = child.label else { continue }
        parts.append((name(label), child.value))
      }
      return parts.isEmpty ? nil : parts
    case .tuple:
      let parts = mirror.children.map { (name: name($0.label ?? ""), value: $0.value) }
      return parts.isEmpty ? nil : parts
    case .dictionary:
      var parts: [(name: String, value: Any)] = []
      for child in mirror.children {
        let pair = Mirror(reflecting: child.value).children.map(\.value)
        guard pair.count == 2, let key = pair[0] as? String else { return nil }
        parts.append((key, pair[1]))
      }
      return parts.isEmpty ? nil : parts.sorted { $0.name < $1.name }
    default: return nil
    }
  }

  /// A field's name as the source has it: `.0` of a tuple, and what a property wrapper stores.
  private static func name(_ label: String) -> String {
    let lazyPrefix = "$__lazy_storage_$_"
    if label.hasPrefix(lazyPrefix) { return String(label.dropFirst(lazyPrefix.count)) }
    return label.hasPrefix("_") || label.hasPrefix(".") ? String(label.dropFirst()) : label
  }

  private static func isNumber(_ value: Any) -> Bool {
    ValueText.unwrapped(value) is any Numeric
  }
}
