public import Tensors

// The same for functions of two and three arguments: each argument's gradient has a place in the result.

/// Returns the function that gives the gradients of `function`, a scalar, with respect to its two arguments.
///
/// ```swift
/// let (dw, db) = grad { (w: Tensor<Float>, b: Tensor<Float>) in
///   square(matmul(x, w) + b - y).mean()
/// }(w, b)
/// ```
///
/// - Returns: A function of the same arguments whose results have their shapes.
/// - Precondition: `function` gives a tensor with one element.
public func grad<A: TensorTree, B: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (A, B) -> Tensor<Scalar>
) -> (A, B) -> (A, B) {
  { a, b in valueAndGrad(function)(a, b).gradient }
}

/// Returns the function that gives both the value of `function`, a scalar, and its two gradients.
///
/// - Returns: A function of the same arguments; each gradient has its argument's shape.
/// - Precondition: `function` gives a tensor with one element.
public func valueAndGrad<A: TensorTree, B: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (A, B) -> Tensor<Scalar>
) -> (A, B) -> (value: Tensor<Scalar>, gradient: (A, B)) {
  { a, b in
    let (value, gradient) = valueAndGrad { (all: Pair<A, B>) in
      function(all.a, all.b)
    }(Pair(a: a, b: b))
    return (value, (gradient.a, gradient.b))
  }
}

/// Returns the function that gives the value of `function` and the way back from it to its two arguments.
///
/// - Returns: A function of the same arguments. The pullback takes a gradient of the value's shape.
public func vjp<A: TensorTree, B: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (A, B) -> Tensor<Scalar>
) -> (A, B) -> (value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (A, B)) {
  { a, b in
    let (value, pullback) = vjp { (all: Pair<A, B>) in
      function(all.a, all.b)
    }(Pair(a: a, b: b))
    return (
      value,
      { seed in
        let gradient = pullback(seed)
        return (gradient.a, gradient.b)
      }
    )
  }
}

private struct Pair<A: TensorTree, B: TensorTree>: TensorTree {
  let a: A
  let b: B

  func mappingTensors(_ transform: some TensorTransform) -> Pair {
    Pair(
      a: a.mappingTensors(transform),
      b: b.mappingTensors(transform))
  }
}

/// Returns the function that gives the gradients of `function`, a scalar, with respect to its three arguments.
///
/// - Returns: A function of the same arguments whose results have their shapes.
/// - Precondition: `function` gives a tensor with one element.
public func grad<A: TensorTree, B: TensorTree, C: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (A, B, C) -> Tensor<Scalar>
) -> (A, B, C) -> (A, B, C) {
  { a, b, c in valueAndGrad(function)(a, b, c).gradient }
}

/// Returns the function that gives both the value of `function`, a scalar, and its three gradients.
///
/// - Returns: A function of the same arguments; each gradient has its argument's shape.
/// - Precondition: `function` gives a tensor with one element.
public func valueAndGrad<A: TensorTree, B: TensorTree, C: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (A, B, C) -> Tensor<Scalar>
) -> (A, B, C) -> (value: Tensor<Scalar>, gradient: (A, B, C)) {
  { a, b, c in
    let (value, gradient) = valueAndGrad { (all: Triple<A, B, C>) in
      function(all.a, all.b, all.c)
    }(Triple(a: a, b: b, c: c))
    return (value, (gradient.a, gradient.b, gradient.c))
  }
}

/// Returns the function that gives the value of `function` and the way back from it to its three arguments.
///
/// - Returns: A function of the same arguments. The pullback takes a gradient of the value's shape.
public func vjp<A: TensorTree, B: TensorTree, C: TensorTree, Scalar: FloatingTensorScalar>(
  _ function: @escaping (A, B, C) -> Tensor<Scalar>
) -> (A, B, C) -> (value: Tensor<Scalar>, pullback: (Tensor<Scalar>) -> (A, B, C)) {
  { a, b, c in
    let (value, pullback) = vjp { (all: Triple<A, B, C>) in
      function(all.a, all.b, all.c)
    }(Triple(a: a, b: b, c: c))
    return (
      value,
      { seed in
        let gradient = pullback(seed)
        return (gradient.a, gradient.b, gradient.c)
      }
    )
  }
}

private struct Triple<A: TensorTree, B: TensorTree, C: TensorTree>: TensorTree {
  let a: A
  let b: B
  let c: C

  func mappingTensors(_ transform: some TensorTransform) -> Triple {
    Triple(
      a: a.mappingTensors(transform),
      b: b.mappingTensors(transform),
      c: c.mappingTensors(transform))
  }
}
