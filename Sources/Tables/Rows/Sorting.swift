internal import Tensors

/// A column to sort by, and the direction.
///
/// A literal text is the name of a column to sort upwards.
public struct SortKey: Sendable, ExpressibleByStringLiteral {
  let name: String
  let isDescending: Bool

  /// From the least value to the greatest.
  public static func ascending(_ name: String) -> SortKey {
    SortKey(name: name, isDescending: false)
  }

  /// From the greatest value to the least.
  public static func descending(_ name: String) -> SortKey {
    SortKey(name: name, isDescending: true)
  }

  init(name: String, isDescending: Bool) {
    self.name = name
    self.isDescending = isDescending
  }

  /// Sorts upwards by the column of that name.
  public init(stringLiteral name: String) { self.init(name: name, isDescending: false) }
}

extension Table {
  /// Returns the rows sorted by columns, of which later ones count where earlier ones are equal.
  ///
  /// ```swift
  /// let table = try table.sorted(by: "city", .descending("age"))
  /// ```
  ///
  /// Missing values come last, whatever the direction; equal rows stay in their order. Texts are in Unicode's order.
  ///
  /// - Throws: `TableError.noColumn`.
  public func sorted(by keys: SortKey...) throws(TableError) -> Table { try sorted(by: keys) }

  /// Returns the rows sorted by columns, of which later ones count where earlier ones are equal.
  ///
  /// - Throws: `TableError.noColumn`.
  public func sorted(by keys: [SortKey]) throws(TableError) -> Table {
    let places = try places(of: keys.map(\.name))
    return taking(order(by: places, descending: keys.map(\.isDescending)))
  }

  /// The rows' numbers in the order of columns.
  func order(by places: [Int], descending: [Bool]) -> [Int] {
    var order: [Int]?
    // From the last key to the first, since sorting by one keeps the order of what is equal.
    for (place, isDescending) in zip(places, descending).reversed() {
      let column = columns[place]
      guard let earlier = order else {
        order = column.order(descending: isDescending)
        continue
      }
      order = column.taking(earlier).order(descending: isDescending).map { earlier[$0] }
    }
    return order ?? Array(0..<rowCount)
  }
}

extension Column {
  /// The rows' numbers in the order of the values, missing ones last.
  func order(descending: Bool) -> [Int] {
    let order: [Int]
    switch storage {
    case .int(let cells):
      // The complement turns the order round, and exists for every number.
      order = sortedPlaces(descending ? cells.values.map { ~$0 } : cells.values)
    case .double(let cells):
      order = sortedPlaces(descending ? cells.values.map { -$0 } : cells.values)
    case .bool(let cells):
      order = sortedPlaces(cells.values.map { $0 == descending ? 0 as UInt8 : 1 })
    case .string(let cells):
      let codes = KeyCodes(cells.values)
      let ranks = codes.ranks(of: cells.values)
      order = sortedPlaces(codes.codes.map { descending ? -ranks[$0] : ranks[$0] })
    }
    guard let missing = missingFlags else { return order }
    return order.filter { !missing[$0] } + order.filter { missing[$0] }
  }
}

/// The places of `values` from the least to the greatest; equal ones stay in their order, and NaN comes last.
private func sortedPlaces<Scalar: RealTensorScalar>(_ values: [Scalar]) -> [Int] {
  Tensor(values).argsorted().scalars.map { Int($0) }
}
