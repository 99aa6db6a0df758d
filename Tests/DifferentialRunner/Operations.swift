import Tensors

extension Request {
  /// The results of the operation.
  func answered() throws -> [Answer] {
    let scalar = operands[0].scalar
    if let result = try wholeArrays() { return result }
    if let result = any(scalar) { return result }
    if let numeric = scalar as? any NumericTensorScalar.Type, let result = numbers(numeric) {
      return result
    }
    if operation == "divide", let divisible = scalar as? any DivisibleTensorScalar.Type {
      return quotient(divisible)
    }
    if let real = scalar as? any RealTensorScalar.Type, let result = reals(real) { return result }
    if let floating = scalar as? any FloatingTensorScalar.Type, let result = floats(floating) {
      return result
    }
    if let integer = scalar as? any IntegerTensorScalar.Type, let result = integers(integer) {
      return result
    }
    if scalar == Bool.self, let result = booleans() { return result }
    fatalError("no \(operation) of \(operands[0].type)")
  }

  private var axes: [Int]? { text("axes") == nil ? nil : ints("axes") }

  private func numbers<S: NumericTensorScalar>(_: S.Type) -> [Answer]? {
    let x = operands[0].tensor(S.self)
    func y() -> Tensor<S> { operands[1].tensor() }
    switch operation {
    case "add": return [Answer(x + y())]
    case "subtract": return [Answer(x - y())]
    case "multiply": return [Answer(x * y())]
    case "add_chain": return [Answer(x * y() + x - y() * 2)]
    case "negative": return [Answer(-x)]
    case "square": return [Answer(square(x))]
    case "diff": return [Answer(x.diff(axis: int("axis"), order: int("n")))]
    case "tril": return [Answer(x.tril(int("k")))]
    case "triu": return [Answer(x.triu(int("k")))]
    case "add_in_place":
      var z = x
      z += y()
      return [Answer(z), Answer(x)]
    default: return nil
    }
  }

  private func quotient<S: DivisibleTensorScalar>(_: S.Type) -> [Answer] {
    [Answer(operands[0].tensor(S.self) / operands[1].tensor())]
  }

  private func reals<S: RealTensorScalar>(_: S.Type) -> [Answer]? {
    let x = operands[0].tensor(S.self)
    func y() -> Tensor<S> { operands[1].tensor() }
    switch operation {
    case "absolute": return [Answer(abs(x))]
    case "sign": return [Answer(sign(x))]
    case "maximum": return [Answer(maximum(x, y()))]
    case "minimum": return [Answer(minimum(x, y()))]
    case "fmax": return [Answer(fmax(x, y()))]
    case "fmin": return [Answer(fmin(x, y()))]
    case "less": return [Answer(x .< y())]
    case "less_equal": return [Answer(x .<= y())]
    case "greater": return [Answer(x .> y())]
    case "greater_equal": return [Answer(x .>= y())]
    case "floor_divide": return [Answer(floorDivide(x, y()))]
    case "remainder": return [Answer(remainder(x, y()))]
    case "fmod": return [Answer(fmod(x, y()))]
    case "clip": return [Answer(clip(x, y(), operands[2].tensor()))]
    case "max": return [Answer(axes.map { x.max(axes: $0, keepDims: flag("keep")) } ?? x.max())]
    case "min": return [Answer(axes.map { x.min(axes: $0, keepDims: flag("keep")) } ?? x.min())]
    case "argmax":
      return [
        Answer(
          optionalInt("axis").map { x.argmax(axis: $0, keepDims: flag("keep")) } ?? x.argmax())
      ]
    case "argmin":
      return [
        Answer(
          optionalInt("axis").map { x.argmin(axis: $0, keepDims: flag("keep")) } ?? x.argmin())
      ]
    case "cummax": return [Answer(x.cummax(axis: int("axis")))]
    case "cummin": return [Answer(x.cummin(axis: int("axis")))]
    case "sort": return [Answer(x.sorted(axis: int("axis")))]
    case "argsort": return [Answer(x.argsorted(axis: int("axis")))]
    case "sort_down": return [Answer(x.sorted(axis: int("axis"), descending: true))]
    case "searchsorted":
      return [Answer(searchSorted(x, y())), Answer(searchSorted(x, y(), after: true))]
    case "unique":
      let u = x.uniqueElements()
      return [
        Answer(x.unique()), Answer(u.positions), Answer(u.inverse), Answer(u.counts),
      ]
    case "isin": return [Answer(isIn(x, y()))]
    case "intersect1d": return [Answer(intersect1d(x, y()))]
    case "union1d": return [Answer(union1d(x, y()))]
    case "setdiff1d": return [Answer(setdiff1d(x, y()))]
    case "setxor1d": return [Answer(setxor1d(x, y()))]
    case "top_k":
      let (values, positions) = x.topK(int("k"), axis: int("axis"))
      return [Answer(values), Answer(positions)]
    default: return nil
    }
  }

  private func integers<S: IntegerTensorScalar>(_: S.Type) -> [Answer]? {
    let x = operands[0].tensor(S.self)
    func y() -> Tensor<S> { operands[1].tensor() }
    switch operation {
    case "bitwise_and": return [Answer(x .& y())]
    case "bitwise_or": return [Answer(x .| y())]
    case "bitwise_xor": return [Answer(x .^ y())]
    case "invert": return [Answer(~x)]
    case "left_shift": return [Answer(x << y())]
    case "right_shift": return [Answer(x >> y())]
    case "gcd": return [Answer(gcd(x, y()))]
    case "lcm": return [Answer(lcm(x, y()))]
    case "power": return [Answer(pow(x, y()))]
    case "bincount": return [Answer(bincount(x, minLength: int("n")))]
    default: return nil
    }
  }

  private func booleans() -> [Answer]? {
    let x = operands[0].tensor(Bool.self)
    switch operation {
    case "logical_and": return [Answer(x .& operands[1].tensor())]
    case "logical_or": return [Answer(x .| operands[1].tensor())]
    case "logical_xor": return [Answer(x .^ operands[1].tensor())]
    case "logical_not": return [Answer(.!x)]
    case "all": return [Answer(optionalInt("axis").map { x.all(axis: $0) } ?? x.all())]
    case "any": return [Answer(optionalInt("axis").map { x.any(axis: $0) } ?? x.any())]
    case "argwhere": return [Answer(argwhere(x))]
    default: return nil
    }
  }

  private func floats<S: FloatingTensorScalar>(_: S.Type) -> [Answer]? {
    let x = operands[0].tensor(S.self)
    func y() -> Tensor<S> { operands[1].tensor() }
    let functions: [String: (Tensor<S>) -> Tensor<S>] = [
      "sqrt": { sqrt($0) }, "cbrt": { cbrt($0) }, "exp": { exp($0) }, "exp2": { exp2($0) },
      "expm1": { expm1($0) }, "log": { log($0) }, "log2": { log2($0) }, "log10": { log10($0) },
      "log1p": { log1p($0) }, "sin": { sin($0) }, "cos": { cos($0) }, "tan": { tan($0) },
      "arcsin": { asin($0) }, "arccos": { acos($0) }, "arctan": { atan($0) }, "sinh": { sinh($0) },
      "cosh": { cosh($0) }, "tanh": { tanh($0) }, "arcsinh": { asinh($0) },
      "arccosh": { acosh($0) }, "arctanh": { atanh($0) }, "floor": { floor($0) },
      "ceil": { ceil($0) }, "trunc": { trunc($0) }, "rint": { round($0) },
      "reciprocal": { reciprocal($0) }, "sinc": { sinc($0) }, "nan_to_num": { nanToNum($0) },
      "radians": { radians($0) }, "degrees": { degrees($0) }, "erf": { erf($0) },
      "sigmoid": { sigmoid($0) }, "softplus": { softplus($0) }, "gelu": { gelu($0) },
    ]
    if let function = functions[operation] { return [Answer(function(x))] }
    switch operation {
    case "isnan": return [Answer(isNaN(x))]
    case "isinf": return [Answer(isInf(x))]
    case "isfinite": return [Answer(isFinite(x))]
    case "signbit": return [Answer(signBit(x))]
    case "power": return [Answer(pow(x, y()))]
    case "arctan2": return [Answer(atan2(x, y()))]
    case "hypot": return [Answer(hypot(x, y()))]
    case "copysign": return [Answer(copySign(x, y()))]
    case "nextafter": return [Answer(nextAfter(x, y()))]
    case "logaddexp": return [Answer(logAddExp(x, y()))]
    case "mul_add": return [Answer(mulAdd(x, y(), operands[2].tensor()))]
    case "isclose":
      return [Answer(isClose(x, y(), relative: 1e-3, absolute: 1e-4, equalNaN: flag("nan")))]
    case "var":
      return [
        Answer(
          axes.map { x.variance(axes: $0, correction: int("ddof"), keepDims: flag("keep")) }
            ?? x.variance(correction: int("ddof")))
      ]
    case "std": return [Answer(axes.map { x.standardDeviation(axes: $0) } ?? x.standardDeviation())]
    case "median": return [Answer(optionalInt("axis").map { x.median(axis: $0) } ?? x.median())]
    case "quantile": return [Answer(x.quantile(double("q"), axis: int("axis")))]
    case "nansum": return [Answer(x.nanSum(axis: optionalInt("axis")))]
    case "nanmean": return [Answer(x.nanMean(axis: optionalInt("axis")))]
    case "nanmax": return [Answer(x.nanMax(axis: optionalInt("axis")))]
    case "nanmin": return [Answer(x.nanMin(axis: optionalInt("axis")))]
    case "nanvar": return [Answer(x.nanVariance(axis: optionalInt("axis")))]
    case "nanmedian": return [Answer(x.nanMedian(axis: int("axis")))]
    case "trapezoid": return [Answer(x.trapezoid(axis: int("axis")))]
    case "histogram":
      let (counts, edges) = histogram(x, bins: int("bins"))
      return [Answer(counts), Answer(edges)]
    case "softmax": return [Answer(softmax(x, axis: int("axis")))]
    case "logsumexp": return [Answer(logSumExp(x, axis: int("axis")))]
    default: return nil
    }
  }

  /// Operations of every type.
  private func any<S: TensorScalar>(_: S.Type) -> [Answer]? {
    let x = operands[0].tensor(S.self)
    let axis = optionalInt("axis") ?? 0
    switch operation {
    case "equal": return [Answer(x .== operands[1].tensor())]
    case "not_equal": return [Answer(x .!= operands[1].tensor())]
    case "sum": return [Answer(axes.map { x.sum(axes: $0, keepDims: flag("keep")) } ?? x.sum())]
    case "prod": return [Answer(axes.map { x.prod(axes: $0, keepDims: flag("keep")) } ?? x.prod())]
    case "mean": return [Answer(axes.map { x.mean(axes: $0, keepDims: flag("keep")) } ?? x.mean())]
    case "cumsum": return [Answer(x.cumsum(axis: optionalInt("axis")))]
    case "cumprod": return [Answer(x.cumprod(axis: optionalInt("axis")))]
    case "copy": return [Answer(x)]
    case "array2string": return [Answer(text: x.description)]
    case "html": return [Answer(text: x.htmlTable())]
    case "transpose": return [Answer(x.permuted(axes: ints("order")))]
    case "reshape": return [Answer(x.reshaped(to: ints("shape")))]
    case "flip": return [Answer(x.flipped(axes: axes))]
    case "roll": return [Answer(x.rolled(int("shift"), axis: optionalInt("axis")))]
    case "rot90": return [Answer(x.rotated90(int("k")))]
    case "moveaxis": return [Answer(x.movingAxis(int("from"), to: int("to")))]
    case "tile": return [Answer(x.tiled(ints("reps")))]
    case "repeat": return [Answer(x.repeating(int("n"), axis: axis))]
    case "diagonal": return [Answer(x.diagonal(offset: int("k")))]
    case "windows": return [Answer(x.slidingWindows(int("size"), axis: axis))]
    case "concatenate": return [Answer(concatenate(operands.map { $0.tensor(S.self) }, axis: axis))]
    case "stack": return [Answer(stack(operands.map { $0.tensor(S.self) }, axis: axis))]
    case "array_split":
      return x.split(into: int("n"), axis: axis, allowingUnequal: true).map { Answer($0) }
    case "where": return [Answer(select(operands[2].tensor(Bool.self), x, operands[1].tensor()))]
    case "take": return [Answer(x.take(ints("indices"), axis: axis))]
    case "take_along_axis":
      return [Answer(x.takeAlongAxis(operands[1].tensor(Int.self), axis: axis))]
    case "pad":
      let widths = ints("widths")
      let modes: [String: PaddingMode<S>] = [
        "edge": .edge, "reflect": .reflect, "symmetric": .symmetric, "wrap": .wrap,
      ]
      return [
        Answer(
          x.padded(
            (0..<x.rank).map { (widths[2 * $0], widths[2 * $0 + 1]) },
            modes[text("mode") ?? ""] ?? .edge))
      ]
    case "astype": return [converted(x, to: Operand("\(text("to") ?? "")||||").scalar)]
    case "get": return [Answer(x.indexed(by: indices))]
    case "set":
      var z = x
      z.setIndexed(by: indices, operands[1].tensor())
      return [Answer(z), Answer(x)]
    default: return nil
    }
  }

  private func converted<S: TensorScalar, Target: TensorScalar>(
    _ x: Tensor<S>, to type: Target.Type
  ) -> Answer { Answer(Tensor<Target>(x)) }
}
