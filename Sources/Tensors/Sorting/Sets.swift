internal import BLAS

/// The distinct elements of a tensor, and where they come from.
public struct UniqueElements<Scalar: RealTensorScalar>: Sendable {
  /// The distinct elements in rising order, one NaN at most, last.
  public let values: Tensor<Scalar>
  /// The position, counted row by row, at which each appears first.
  public let positions: Tensor<Int>
  /// The position in `values` of each element; the tensor's shape.
  public let inverse: Tensor<Int>
  /// How often each appears.
  public let counts: Tensor<Int>
}

extension Tensor where Scalar: RealTensorScalar {
  /// Returns the distinct elements in rising order, as a vector.
  ///
  /// ```swift
  /// labels.unique()  // [0, 1, 2]
  /// ```
  public func unique() -> Tensor {
    let ordered = detached.flattened().sorted()
    return ordered[ordered.isFirstOfEquals()]
  }

  /// Returns the distinct elements with their first positions, their counts and the way back.
  public func uniqueElements() -> UniqueElements<Scalar> {
    let flat = detached.flattened()
    let order = flat.argsorted(axis: 0)
    let ordered = flat.take(order)
    let isFirst = ordered.isFirstOfEquals()
    let starts = nonzero(isFirst)[0]
    var inverse = Tensor<Int>.zeros(shape: [count])
    inverse[rows: order.positions] = isFirst.cumsum(axis: 0) - 1
    let ends = concatenate([starts, Tensor<Int>([count])])
    return UniqueElements(
      values: ordered.take(starts), positions: Tensor<Int>(order.take(starts)),
      inverse: inverse.reshaped(to: shape), counts: count == 0 ? starts : ends.diff())
  }

  /// Where a sorted vector has another element than before; NaN equals NaN.
  fileprivate func isFirstOfEquals() -> Tensor<Bool> {
    guard count > 1 else { return .full(shape: [count], true) }
    let (before, here) = (self[0..<(count - 1)], self[1..<count])
    let differs = (before .!= here) .& .!((before .!= before) .& (here .!= here))
    return concatenate([Tensor<Bool>([true]), differs])
  }
}

/// Returns where elements of `x` are among those of `set`.
///
/// ```swift
/// let isVowel = isIn(letters, vowels)
/// ```
///
/// - Returns: The shape of `x`; NaN is in no set.
public func isIn<Scalar: RealTensorScalar>(_ x: Tensor<Scalar>, _ set: Tensor<Scalar>)
  -> Tensor<Bool>
{
  guard !set.isEmpty else { return .full(shape: x.shape, false) }
  let members = set.detached.flattened().sorted()
  let places = minimum(searchSorted(members, x.detached), members.count - 1)
  return members.take(places) .== x.detached
}

/// Returns the distinct elements that both have, in rising order.
public func intersect1d<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  let values = a.unique()
  return values[isIn(values, b)]
}

/// Returns the distinct elements that at least one of them has, in rising order.
public func union1d<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  concatenate([a.flattened(), b.flattened()]).unique()
}

/// Returns the distinct elements of `a` that `b` does not have, in rising order.
public func setdiff1d<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  let values = a.unique()
  return values[.!isIn(values, b)]
}

/// Returns the distinct elements that exactly one of them has, in rising order.
public func setxor1d<Scalar: RealTensorScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>)
  -> Tensor<Scalar>
{
  concatenate([setdiff1d(a, b), setdiff1d(b, a)]).sorted()
}

/// Returns the positions of elements that are true: for each axis one vector, in row-major order.
///
/// ```swift
/// let where = nonzero(x .> 0.5)  // where[0] has the rows, where[1] the columns.
/// ```
public func nonzero(_ mask: Tensor<Bool>) -> [Tensor<Int>] {
  let dense = mask.contiguous()
  var rest = Tensor<Int>(
    Kernels.positions(dense.storage, offset: dense.layout.offset, count: mask.count))
  guard mask.rank > 1 else { return mask.rank == 0 ? [] : [rest] }
  var positions: [Tensor<Int>] = []
  for length in mask.shape.reversed() {
    positions.append(remainder(rest, Tensor(Swift.max(length, 1))))
    rest = floorDivide(rest, Tensor(Swift.max(length, 1)))
  }
  return positions.reversed()
}

/// Returns the positions of elements that are true, one row for each.
///
/// - Returns: Shape `[n, rank]`.
public func argwhere(_ mask: Tensor<Bool>) -> Tensor<Int> {
  let columns = nonzero(mask)
  guard !columns.isEmpty else { return .zeros(shape: [mask.item() ? 1 : 0, 0]) }
  return stack(columns, axis: 1)
}
