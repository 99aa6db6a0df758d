internal import BLAS

/// Returns the tensors one after the other along an axis they have.
///
/// ```swift
/// concatenate([a, b], axis: 1)  // [n, p] and [n, q] to [n, p + q]
/// ```
///
/// - Precondition: There is at least one tensor, and all lengths but that of `axis` agree.
public func concatenate<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>], axis: Int = 0)
  -> Tensor<Scalar>
{
  joined("concatenate", tensors, axis: axis)
}

/// The tensors along an axis they have, for the operation `name`.
func joined<Scalar: TensorScalar>(_ name: String, _ tensors: [Tensor<Scalar>], axis: Int)
  -> Tensor<Scalar>
{
  guard let first = tensors.first else {
    fail("\(name): no tensors; give at least one")
  }
  let position = Layout.axis(axis, rank: first.rank, operation: name)
  var shape = first.shape
  for tensor in tensors.dropFirst() {
    var (expected, found) = (first.shape, tensor.shape)
    if tensor.rank == first.rank { (expected[position], found[position]) = (0, 0) }
    require(
      expected == found,
      "\(name): shapes \(first.shape) and \(tensor.shape) differ outside axis \(axis); "
        + "all other lengths must agree")
    shape[position] += tensor.shape[position]
  }
  let result = Tensor<Scalar>(uninitialized: shape)
  var start = 0
  for tensor in tensors where !tensor.isEmpty {
    let part = Layout(
      shape: tensor.shape, strides: result.strides, offset: start * result.strides[position])
    Kernels.copy(
      shape: tensor.shape, out: Tensor<Scalar>(storage: result.storage, layout: part).view,
      a: tensor.view)
    start += tensor.shape[position]
  }
  if OperationTrace.isActive {
    OperationTrace.note(.concatenate(axis: position), tensors, result)
  }
  return result.recorded(
    from: tensors,
    { gradient in
      var start = 0
      return tensors.map { tensor in
        let length = tensor.shape[position]
        defer { start += length }
        return gradient.part(start..<start + length, axis: position)
      }
    })
}

/// Returns the tensors side by side along a new axis.
///
/// ```swift
/// stack([a, b], axis: 0)  // twice [n] to [2, n]
/// ```
///
/// - Precondition: There is at least one tensor, and all have the same shape.
public func stack<Scalar: TensorScalar>(_ tensors: [Tensor<Scalar>], axis: Int = 0)
  -> Tensor<Scalar>
{
  guard let first = tensors.first else {
    fail("stack: no tensors; give at least one")
  }
  let position = Layout.axis(axis, rank: first.rank + 1, operation: "stack")
  for tensor in tensors {
    require(
      tensor.shape == first.shape,
      "stack: shapes \(first.shape) and \(tensor.shape) differ; all must be the same")
  }
  return joined("stack", tensors.map { $0.expandingDims(axis: position) }, axis: position)
}
