extension Tensor: ChartColumn {
  /// The elements of a vector, as numbers.
  ///
  /// - Precondition: There is one axis, or only one that is longer than 1.
  public func chartValues(named name: String) -> ChartValues {
    if shape.count(where: { $0 != 1 }) > 1 {
      fatalError(
        "Chart: \"\(name)\" is a tensor of shape \(shape); a column is a vector. Take a row or a column of it, or "
          + "draw it with Chart.heatmap")
    }
    return .numbers(chartNumbers)
  }
}

extension Tensor: ChartArray {
  /// The lengths of the axes.
  public var chartShape: [Int] { shape }
  /// The elements as numbers.
  public var chartNumbers: [Double] { Tensor<Double>(self).scalars }
}

extension Chart {
  /// Creates a chart of a vector, such as `Chart(losses).line()`.
  ///
  /// - Precondition: There is one axis, or only one that is longer than 1.
  public init<Scalar: TensorScalar>(_ vector: Tensor<Scalar>) {
    guard case .numbers(let numbers) = vector.chartValues(named: "the tensor") else {
      self.init([Double]())
      return
    }
    self.init(numbers)
  }
}
