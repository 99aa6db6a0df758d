internal import BLAS

extension Tensor {
  /// Creates a scalar, of rank 0.
  public init(_ value: Scalar) {
    self.init(storage: Storage(repeating: value, count: 1), shape: [])
  }

  /// Creates a vector from an array.
  ///
  /// ```swift
  /// let v = Tensor<Float>([1, 2, 3])
  /// ```
  public init(_ values: [Scalar]) {
    self.init(storage: Storage(copying: values), shape: [values.count])
  }

  /// Creates a matrix from an array of rows.
  ///
  /// - Precondition: All rows have the same length.
  @_disfavoredOverload  // So that an empty list is a vector.
  public init(_ rows: [[Scalar]]) {
    let columns = rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      require(
        row.count == columns,
        "Tensor: row \(index) has \(row.count) elements but row 0 has \(columns); rows must be equally long"
      )
    }
    self.init(shape: [rows.count, columns], values: Array(rows.joined()))
  }

  /// Creates a tensor of rank 3 from an array of matrices.
  ///
  /// - Precondition: All matrices have the same shape.
  @_disfavoredOverload
  public init(_ matrices: [[[Scalar]]]) {
    guard let first = matrices.first else {
      self.init(shape: [0, 0, 0], values: [])
      return
    }
    let parts = matrices.map { Tensor($0) }
    self = stack(parts, axis: 0)
    require(shape[1] == first.count, "Tensor: matrices of different shapes")
  }

  /// Creates a tensor of a given shape from its elements row by row.
  ///
  /// ```swift
  /// let m = Tensor<Double>(shape: [2, 3], values: [1, 2, 3, 4, 5, 6])
  /// ```
  ///
  /// - Precondition: There are as many values as the shape has elements.
  public init(shape: [Int], values: [Scalar]) {
    Layout.check(shape, operation: "Tensor")
    require(
      values.count == Layout.count(shape),
      "Tensor: shape \(shape) needs \(Layout.count(shape)) values but got \(values.count)")
    self.init(storage: Storage(copying: values), shape: shape)
  }

  /// Creates a tensor whose elements are all `value`.
  public static func full(shape: [Int], _ value: Scalar) -> Tensor {
    Layout.check(shape, operation: "full")
    return Tensor(
      storage: Storage(repeating: value, count: Layout.count(shape)), shape: shape)
  }
}

extension Tensor where Scalar: NumericTensorScalar {
  /// Creates a tensor of zeros.
  public static func zeros(shape: [Int]) -> Tensor { full(shape: shape, 0) }

  /// Creates a tensor of ones.
  public static func ones(shape: [Int]) -> Tensor { full(shape: shape, 1) }

  /// Creates the matrix with ones on its diagonal.
  ///
  /// - Parameters:
  ///   - rows: Number of rows.
  ///   - columns: Number of columns; as many as rows by default.
  /// - Returns: Shape `[rows, columns]`.
  public static func eye(_ rows: Int, columns: Int? = nil) -> Tensor {
    let columns = columns ?? rows
    Layout.check([rows, columns], operation: "eye")
    let result = zeros(shape: [rows, columns])
    let diagonal = Layout(
      shape: [Swift.min(rows, columns)], strides: [columns + 1], offset: 0)
    let one = Tensor(1)
    Kernels.copy(
      shape: diagonal.shape,
      out: Tensor(storage: result.storage, layout: diagonal).view,
      a: one.view(over: diagonal.shape, operation: "eye"))
    return result
  }

  /// Creates the square identity matrix.
  public static func identity(_ size: Int) -> Tensor { eye(size) }

  /// Creates rows that are 1 at their class and 0 elsewhere.
  ///
  /// ```swift
  /// Tensor<Float>.oneHot(Tensor<Int32>([2, 0]), classes: 3)  // [[0, 0, 1], [1, 0, 0]]
  /// ```
  ///
  /// - Parameters:
  ///   - labels: Any shape; each in `0..<classes`.
  ///   - classes: Number of classes.
  /// - Returns: Shape `labels.shape + [classes]`.
  public static func oneHot<Label: IntegerTensorScalar>(_ labels: Tensor<Label>, classes: Int)
    -> Tensor
  {
    Layout.check([classes], operation: "oneHot")
    let result = zeros(shape: labels.shape + [classes])
    guard labels.count > 0 else { return result }
    let (least, greatest) = (labels.min().item(), labels.max().item())
    require(
      least >= 0 && greatest < classes,
      "oneHot: label \(least < 0 ? least : greatest) is outside 0..<\(classes); raise classes or check the labels"
    )
    let rows = Tensor<Int>.arange(0, labels.count) * classes
    let positions = (rows + Tensor<Int>(labels).flattened()).scalars
    Kernels.put(
      positions, Scalar.dataType.elementType, count: result.count, inner: 1,
      source: Tensor(1).storage, offset: 0,
      repeats: true, out: result.storage, outOffset: 0)
    return result
  }
}

extension Tensor where Scalar: NumericTensorScalar & Strideable, Scalar.Stride: SignedNumeric {
  /// Creates the numbers from `start` up to, not including, `end`.
  ///
  /// ```swift
  /// Tensor<Float>.arange(0, 1, step: 0.25)  // [0, 0.25, 0.5, 0.75]
  /// ```
  ///
  /// - Precondition: `step` is not 0.
  public static func arange(_ start: Scalar, _ end: Scalar, step: Scalar.Stride = 1) -> Tensor {
    require(
      step != 0 && step == step, "arange: a step of \(step) never reaches \(end); give another")
    return Tensor(Array(stride(from: start, to: end, by: step)))
  }

  /// Creates the numbers from 0 up to, not including, `end`.
  public static func arange(_ end: Scalar) -> Tensor { arange(0, end) }
}

extension Tensor where Scalar: FloatingTensorScalar {
  /// Creates `count` evenly spaced numbers from `start` to `end`, both included.
  ///
  /// ```swift
  /// Tensor<Double>.linspace(0, 1, count: 5)  // [0, 0.25, 0.5, 0.75, 1]
  /// ```
  ///
  /// - Precondition: `count` is not negative.
  public static func linspace(_ start: Scalar, _ end: Scalar, count: Int) -> Tensor {
    Layout.check([count], operation: "linspace")
    guard count > 1 else { return Tensor(count == 1 ? [start] : []) }
    let step = (end - start) / Scalar(count - 1)
    var values = (0..<count).map { start + Scalar($0) * step }
    values[count - 1] = end
    return Tensor(values)
  }
}
