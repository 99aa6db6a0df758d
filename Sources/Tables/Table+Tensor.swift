public import Tensors

/// What a tensor has in place of a missing value.
public enum MissingPolicy: Sendable {
  /// Making the tensor throws.
  case fail
  /// NaN, which whole numbers do not have.
  case nan
  /// This number.
  case value(Double)
}

extension Table {
  /// Returns columns of numbers or Booleans side by side as a matrix.
  ///
  /// ```swift
  /// let x = try table.tensor(as: Float.self, columns: ["width", "height"])
  /// ```
  ///
  /// - Parameters:
  ///   - type: The element type; Booleans become 1 and 0.
  ///   - names: The columns from left to right; all of them if none is named.
  ///   - missing: What stands for missing values.
  /// - Returns: Shape `[rows, columns]`.
  /// - Throws: `TableError.noColumn`, `wrongType` for texts, `missingValue`, or `doesNotFit` for a number that the type
  ///   does not have, such as 1.5 as `Int`.
  public func tensor<Scalar: RealTensorScalar>(
    as type: Scalar.Type = Scalar.self, columns names: [String] = [], missing: MissingPolicy = .fail
  ) throws(TableError) -> Tensor<Scalar> {
    let names = names.isEmpty ? columnNames : names
    var parts: [Tensor<Scalar>] = []
    for name in names { parts.append(try tensor(name, as: type, missing: missing)) }
    guard !parts.isEmpty else { return Tensor(shape: [rowCount, 0], values: []) }
    return stack(parts, axis: 1)
  }

  /// Returns a column of numbers or Booleans as a vector.
  ///
  /// ```swift
  /// let y = try table.tensor("price", as: Float.self)
  /// ```
  ///
  /// - Returns: Shape `[rows]`.
  /// - Throws: `TableError`, as for several columns.
  public func tensor<Scalar: RealTensorScalar>(
    _ name: String, as type: Scalar.Type = Scalar.self, missing: MissingPolicy = .fail
  ) throws(TableError) -> Tensor<Scalar> {
    let column = try self[name]
    switch column.storage {
    case .int(let cells): return try tensor(name, cells, missing)
    case .double(let cells): return try tensor(name, cells, missing)
    case .bool(let cells):
      return try tensor(
        name, Cells<Int>(values: cells.values.map { $0 ? 1 : 0 }, missing: cells.missing), missing)
    case .string:
      throw .wrongType(column: name, found: .string, expected: [.int, .double, .bool])
    }
  }

  private func tensor<Scalar: RealTensorScalar, Number: ColumnElement & RealTensorScalar>(
    _ name: String, _ cells: Cells<Number>, _ policy: MissingPolicy
  ) throws(TableError) -> Tensor<Scalar> {
    let type = "\(Scalar.dataType)"
    var tensor = Tensor<Scalar>(Tensor(cells.values))
    if !(Scalar.self is any FloatingTensorScalar.Type), Number.self != Scalar.self {
      // Whole types hold few numbers; what changes on the way there and back is none of them.
      let values = cells.values
      for row in values.indices where !cells.isMissing(row) {
        guard Self.exactly(values[row], as: Scalar.self) != nil else {
          throw .doesNotFit(column: name, row: row, value: "\(values[row])", type: type)
        }
      }
    }
    guard let missing = cells.missing, let row = missing.firstIndex(of: true) else { return tensor }
    let filler: Double
    switch policy {
    case .fail: throw .missingValue(column: name, row: row)
    case .nan: filler = .nan
    case .value(let value): filler = value
    }
    guard let value = Self.exactly(filler, as: Scalar.self) else {
      throw .doesNotFit(column: name, row: row, value: "\(filler)", type: type)
    }
    tensor[Tensor<Bool>(missing)] = Tensor(value)
    return tensor
  }

  /// A number as a tensor's element; `nil` if it is none of a whole type.
  private static func exactly<Scalar: RealTensorScalar>(
    _ number: some ColumnElement, as type: Scalar.Type
  ) -> Scalar? {
    if let type = type as? any FloatingTensorScalar.Type {
      func floating<T: FloatingTensorScalar>(_ type: T.Type) -> Scalar? {
        if let whole = number as? Int { return T(whole) as? Scalar }
        return (number as? Double).flatMap { T($0) as? Scalar }
      }
      return floating(type)
    }
    if let whole = number as? Int { return Scalar(exactly: whole) }
    return (number as? Double).flatMap { Int(exactly: $0) }.flatMap { Scalar(exactly: $0) }
  }

  /// Makes a table of a matrix's columns, or of a vector as one.
  ///
  /// Elements of floating types become `Double`, Booleans `Bool`, all others `Int`.
  ///
  /// ```swift
  /// let table = try Table(x, columns: ["width", "height"])
  /// ```
  ///
  /// - Parameters:
  ///   - tensor: Rank 1 or 2.
  ///   - names: A name for each column; their numbers from `"0"` if there are none.
  /// - Throws: `TableError.notATable`, `wrongLength`, `duplicateColumn`, or `doesNotFit` for a `UInt64` beyond `Int`.
  public init<Scalar: TensorScalar>(
    _ tensor: Tensor<Scalar>, columns names: [String] = []
  ) throws(TableError) {
    guard tensor.rank == 1 || tensor.rank == 2 else { throw .notATable(shape: tensor.shape) }
    let matrix = tensor.rank == 2 ? tensor : tensor.reshaped(to: [-1, 1])
    let width = matrix.shape[1]
    guard names.isEmpty || names.count == width else {
      throw .wrongLength(column: "columns", found: names.count, expected: width)
    }
    self.init()
    for place in 0..<width {
      let name = names.isEmpty ? "\(place)" : names[place]
      try append(name, try Column(matrix[0..., place].scalars, name: name))
    }
  }
}

extension Column {
  /// A column of a tensor's elements.
  fileprivate init<Scalar: TensorScalar>(_ scalars: [Scalar], name: String) throws(TableError) {
    if let flags = scalars as? [Bool] {
      self.init(flags)
    } else if let numbers = scalars as? [Int] {
      self.init(numbers)
    } else if let numbers = scalars as? [Double] {
      self.init(numbers)
    } else if let type = Scalar.self as? any FloatingTensorScalar.Type {
      func doubles<T: FloatingTensorScalar>(_ type: T.Type) -> [Double] {
        (scalars as? [T])?.map { Double($0) } ?? []
      }
      self.init(doubles(type))
    } else if let type = Scalar.self as? any IntegerTensorScalar.Type {
      func whole<T: IntegerTensorScalar>(_ type: T.Type) throws(TableError) -> [Int] {
        var result: [Int] = []
        for (row, value) in ((scalars as? [T]) ?? []).enumerated() {
          guard let number = Int(exactly: value) else {
            throw .doesNotFit(column: name, row: row, value: "\(value)", type: "Int")
          }
          result.append(number)
        }
        return result
      }
      self.init(try whole(type))
    } else {
      throw .unusableRow(
        type: "Tensor<\(Scalar.dataType)>", reason: "complex numbers have two parts")
    }
  }
}
