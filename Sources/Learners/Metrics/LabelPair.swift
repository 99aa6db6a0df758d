internal import Tensors

/// True and predicted labels, checked to be vectors of one length that hold something.
struct LabelPair {
  let actual: [Int]
  let predicted: [Int]

  init<A: IntegerTensorScalar, B: IntegerTensorScalar>(
    _ actual: Tensor<A>, _ predicted: Tensor<B>, _ operation: String
  ) throws(LearnerError) {
    self.actual = try vector(actual, "the true labels", operation).map { Int($0) }
    self.predicted = try vector(predicted, "the predictions", operation).map { Int($0) }
    try checkLengths(self.actual.count, self.predicted.count, operation)
  }

  /// All labels that occur on either side, ascending.
  var labels: [Int] { Set(actual).union(predicted).sorted() }
}

/// The elements of a vector.
func vector<Scalar: TensorScalar>(_ values: Tensor<Scalar>, _ name: String, _ operation: String)
  throws(LearnerError) -> [Scalar]
{
  guard values.rank == 1 else {
    throw .notVector(operation: operation, name: name, shape: values.shape)
  }
  return values.scalars
}

/// The elements of a vector of finite numbers.
func numbers<Scalar: RealTensorScalar>(
  _ values: Tensor<Scalar>, _ name: String, _ operation: String
) throws(LearnerError) -> [Double] {
  let converted = Tensor<Double>(values)
  try converted.checkFinite(operation)
  return try vector(converted, name, operation)
}

func checkLengths(_ actual: Int, _ predicted: Int, _ operation: String) throws(LearnerError) {
  guard actual > 0 else { throw .empty(operation: operation, shape: [0]) }
  guard actual == predicted else {
    throw .lengthMismatch(operation: operation, rows: actual, targets: predicted)
  }
}
