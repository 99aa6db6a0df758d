internal import BLAS
internal import Tensors

extension ONNXExporter {
  /// Elementwise operators of one operand; some are several of ONNX's.
  mutating func unary(_ operation: UnaryOperation, _ x: String, _ type: DataType)
    throws(ONNXError) -> String
  {
    switch operation {
    case .negate: return graph.add("Neg", [x])
    case .square: return graph.add("Mul", [x, x])
    case .silu: return graph.add("Mul", [x, graph.add("Sigmoid", [x])])
    case .gelu:
      let part = graph.add(
        "Erf", [graph.add("Mul", [x, try graph.number(0.5.squareRoot(), type)])])
      let weight = graph.add("Add", [part, try graph.number(1, type)])
      return graph.add(
        "Mul", [graph.add("Mul", [x, try graph.number(0.5, type)]), weight])
    case .geluTanh:
      let cube = graph.add("Mul", [x, graph.add("Mul", [x, x])])
      let inner = graph.add(
        "Add", [x, graph.add("Mul", [cube, try graph.number(0.044715, type)])])
      let bend = graph.add(
        "Tanh", [graph.add("Mul", [inner, try graph.number(0.797_884_560_802_865_4, type)])])
      let weight = graph.add("Add", [bend, try graph.number(1, type)])
      return graph.add(
        "Mul", [graph.add("Mul", [x, try graph.number(0.5, type)]), weight])
    case .expm1: return graph.add("Sub", [graph.add("Exp", [x]), try graph.number(1, type)])
    case .log1p: return graph.add("Log", [graph.add("Add", [x, try graph.number(1, type)])])
    case .exp2: return graph.add("Pow", [try graph.number(2, type), x])
    case .log2:
      return graph.add(
        "Div", [graph.add("Log", [x]), try graph.number(0.693_147_180_559_945_3, type)])
    case .log10:
      return graph.add(
        "Div", [graph.add("Log", [x]), try graph.number(2.302_585_092_994_045_7, type)])
    case .cbrt:
      let size = graph.add("Pow", [graph.add("Abs", [x]), try graph.number(1.0 / 3, type)])
      return graph.add("Mul", [graph.add("Sign", [x]), size])
    case .erfc: return graph.add("Sub", [try graph.number(1, type), graph.add("Erf", [x])])
    case .trunc:
      return graph.add(
        "Mul", [graph.add("Sign", [x]), graph.add("Floor", [graph.add("Abs", [x])])])
    case .isFinite:
      return graph.add(
        "Not", [graph.add("Or", [graph.add("IsNaN", [x]), graph.add("IsInf", [x])])])
    case .isNaN: return graph.add("IsNaN", [x])
    case .isInf: return graph.add("IsInf", [x])
    case .abs, .sign, .reciprocal, .sqrt, .exp, .log, .sin, .cos, .tan, .asin, .acos, .atan, .sinh,
      .cosh, .tanh, .asinh, .acosh, .atanh, .erf, .sigmoid, .softplus, .relu, .floor, .ceil, .round,
      .not:
      let name = "\(operation)"
      return graph.add(name.prefix(1).uppercased() + name.dropFirst(), [x])
    default: throw .unsupportedOperation("\(operation)")
    }
  }

  /// Elementwise operators of two operands.
  mutating func binary(_ operation: BinaryOperation, _ a: String, _ b: String, _ type: DataType)
    throws(ONNXError) -> String
  {
    switch operation {
    case .add: return graph.add("Add", [a, b])
    case .subtract: return graph.add("Sub", [a, b])
    case .multiply: return graph.add("Mul", [a, b])
    case .divide: return graph.add("Div", [a, b])
    case .power: return graph.add("Pow", [a, b])
    case .maximum: return graph.add("Max", [a, b])
    case .minimum: return graph.add("Min", [a, b])
    case .fmod: return graph.add("Mod", [a, b], [("fmod", .int(1))])
    case .floorDivide where type.isFloatingPoint:
      return graph.add("Floor", [graph.add("Div", [a, b])])
    case .and where type == .bool: return graph.add("And", [a, b])
    case .or where type == .bool: return graph.add("Or", [a, b])
    case .xor where type == .bool: return graph.add("Xor", [a, b])
    case .equal: return graph.add("Equal", [a, b])
    case .notEqual: return graph.add("Not", [graph.add("Equal", [a, b])])
    case .less: return graph.add("Less", [a, b])
    case .lessOrEqual: return graph.add("LessOrEqual", [a, b])
    case .greater: return graph.add("Greater", [a, b])
    case .greaterOrEqual: return graph.add("GreaterOrEqual", [a, b])
    default: throw .unsupportedOperation("\(operation) of \(type)")
    }
  }

  /// Reductions along axes.
  mutating func reduce(
    _ reduction: Reduction, _ x: String, _ operand: OperationTrace.Value, _ axes: [Int],
    _ keepsDims: Bool, _ correction: Double, to type: DataType
  ) throws(ONNXError) -> String {
    let keep = ("keepdims", ONNXAttribute.int(keepsDims ? 1 : 0))
    if axes.isEmpty && reduction != .argmax && reduction != .argmin && reduction != .variance {
      return graph.add("Identity", [x])
    }
    var x = x
    if operand.type != type && reduction != .argmax && reduction != .argmin {
      x = graph.add("Cast", [x], [("to", .int(try ONNXGraph.number(of: type)))])
    }
    let list = graph.integers(axes)
    switch reduction {
    case .sum: return graph.add("ReduceSum", [x, list], [keep])
    case .max: return graph.add("ReduceMax", [x, list], [keep])
    case .min: return graph.add("ReduceMin", [x, list], [keep])
    case .product: return graph.add("ReduceProd", [x, list], [keep])
    case .variance:
      let count = axes.reduce(1) { $0 * operand.shape[$1] }
      let difference = graph.add("Sub", [x, graph.add("ReduceMean", [x, list])])
      let sum = graph.add("ReduceSum", [graph.add("Mul", [difference, difference]), list], [keep])
      return graph.add("Div", [sum, try graph.number(Double(count) - correction, type)])
    case .argmax, .argmin:
      let kind = reduction == .argmax ? "ArgMax" : "ArgMin"
      if axes.count == 1 { return graph.add(kind, [x], [("axis", .int(axes[0])), keep]) }
      guard axes.count == operand.shape.count else {
        throw .unsupportedOperation("\(reduction) over \(axes.count) of several axes")
      }
      let flat = graph.add("Reshape", [x, graph.integers([-1])])
      let place = graph.add(kind, [flat], [("axis", .int(0)), ("keepdims", .int(0))])
      guard keepsDims else { return place }
      return graph.add(
        "Reshape", [place, graph.integers([Int](repeating: 1, count: operand.shape.count))])
    }
  }

  /// Normalisation along the last axis.
  mutating func lineNorm(
    _ inputs: [String], _ x: OperationTrace.Value, _ isCentred: Bool, _ epsilon: Double,
    _ hasWeight: Bool, _ hasBias: Bool
  ) throws(ONNXError) -> String {
    let last = x.shape.count - 1
    if isCentred && hasWeight {
      return graph.add(
        "LayerNormalization", inputs, [("axis", .int(last)), ("epsilon", .float(epsilon))])
    }
    let axis = graph.integers([last])
    var difference = inputs[0]
    if isCentred {
      difference = graph.add("Sub", [inputs[0], graph.add("ReduceMean", [inputs[0], axis])])
    }
    let square = graph.add("Mul", [difference, difference])
    let spread = graph.add(
      "Add", [graph.add("ReduceMean", [square, axis]), try graph.number(epsilon, x.type)])
    var y = graph.add("Div", [difference, graph.add("Sqrt", [spread])])
    if hasWeight { y = graph.add("Mul", [y, inputs[1]]) }
    if hasBias, let bias = inputs.last { y = graph.add("Add", [y, bias]) }
    return y
  }
}

// MARK: Images

extension ONNXExporter {
  private func windows(_ shapes: Convolution2D) -> [(String, ONNXAttribute)] {
    let (padding, stride, dilation) = (shapes.padding, shapes.stride, shapes.dilation)
    return [
      ("kernel_shape", .ints([shapes.kernel.height, shapes.kernel.width])),
      ("strides", .ints([stride.height, stride.width])),
      ("pads", .ints([padding.height, padding.width, padding.height, padding.width])),
      ("dilations", .ints([dilation.height, dilation.width])), ("group", .int(shapes.groups)),
    ]
  }

  mutating func convolution(_ shapes: Convolution2D, _ inputs: [String]) -> String {
    graph.add("Conv", inputs, windows(shapes))
  }

  mutating func transposedConvolution(_ shapes: Convolution2D, _ inputs: [String]) -> String {
    func more(
      _ length: Int, _ input: Int, _ stride: Int, _ kernel: Int, _ dilation: Int, _ pad: Int
    )
      -> Int
    { length - ((input - 1) * stride - 2 * pad + dilation * (kernel - 1) + 1) }
    let extra = [
      more(
        shapes.input.height, shapes.output.height, shapes.stride.height, shapes.kernel.height,
        shapes.dilation.height, shapes.padding.height),
      more(
        shapes.input.width, shapes.output.width, shapes.stride.width, shapes.kernel.width,
        shapes.dilation.width, shapes.padding.width),
    ]
    return graph.add(
      "ConvTranspose", inputs, windows(shapes) + [("output_padding", .ints(extra))])
  }

  /// A pooling; images with other than four axes are reshaped before and after.
  mutating func pool(
    _ kind: TracedOperation.PoolKind, _ x: String, _ shape: [Int], _ size: Size2D,
    _ stride: Size2D, _ padding: Size2D, _ dilation: Size2D,
    _ reshaped: (inout Self, String) throws(ONNXError) -> String
  ) throws(ONNXError) -> String {
    var attributes: [(String, ONNXAttribute)] = [
      ("kernel_shape", .ints([size.height, size.width])),
      ("strides", .ints([stride.height, stride.width])),
      ("pads", .ints([padding.height, padding.width, padding.height, padding.width])),
    ]
    if kind == .largest {
      attributes.append(("dilations", .ints([dilation.height, dilation.width])))
    } else {
      attributes.append(("count_include_pad", .int(kind == .meanWithPadding ? 1 : 0)))
    }
    var name = x
    if shape.count != 4 {
      name = graph.add("Reshape", [name, graph.integers([1, -1] + shape.suffix(2))])
    }
    name = graph.add(kind == .largest ? "MaxPool" : "AveragePool", [name], attributes)
    return shape.count == 4 ? name : try reshaped(&self, name)
  }
}
