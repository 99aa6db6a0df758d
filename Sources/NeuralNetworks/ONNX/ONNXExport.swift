internal import BLAS
public import Tensors

extension Layer {
  /// Writes what the layer does to an input of a shape as an ONNX model.
  ///
  /// ```swift
  /// try model.exportONNX(to: "digits.onnx", inputShape: [1, 1, 8, 8])
  /// ```
  ///
  /// - Parameters:
  ///   - path: The file, which is replaced only once the new one is complete.
  ///   - inputShape: Shape of the input.
  ///   - dynamicBatch: Whether the ONNX model takes any number of items along the first axis.
  /// - Throws: `ONNXError`, which names what cannot be exported.
  /// - SeeAlso: `exportONNX(to:example:dynamicBatch:_:)`.
  public func exportONNX(to path: String, inputShape: [Int], dynamicBatch: Bool = false)
    throws(ONNXError)
  {
    let example = Tensor<Float>.randomNormal(shape: inputShape, seed: 1)
    try exportONNX(to: path, example: example, dynamicBatch: dynamicBatch) { self($0) }
  }
}

extension Module {
  /// Writes a function of a tensor, made of this model, as an ONNX model.
  ///
  /// ```swift
  /// try model.exportONNX(to: "text.onnx", example: tokens) { model($0) }  // Tokens are whole numbers.
  /// ```
  ///
  /// The function is called in evaluation mode, and the operations that it does are written down; so loops and conditions
  /// are those of the example. The ONNX model has an input, `input`, and an output, `output`; their shapes are those of the
  /// example, except for the first axis if `dynamicBatch` is true. Parameters keep their names.
  ///
  /// - Parameters:
  ///   - path: The file, which is replaced only once the new one is complete.
  ///   - example: An input that the function takes, not all of whose elements are equal.
  ///   - dynamicBatch: Whether the ONNX model takes any number of items along the first axis. The function is then also
  ///     called with batches of other sizes, made of the example's items.
  ///   - function: What is exported. It is called two or three times.
  /// - Throws: `ONNXError`, which names what cannot be exported.
  /// - SeeAlso: ONNX, "Open Neural Network Exchange Intermediate Representation"; operators of version 18.
  public func exportONNX<Input: RealTensorScalar, Output: TensorScalar>(
    to path: String, example: Tensor<Input>, dynamicBatch: Bool = false,
    _ function: (Tensor<Input>) -> Tensor<Output>
  ) throws(ONNXError) {
    let bytes = try evaluating { () throws(ONNXError) in
      if dynamicBatch { return try dynamicModel(example, function) }
      let (trace, output) = try tracing(example, function)
      var exporter = ONNXExporter(trace: trace, names: memoryNames)
      return try exporter.graph(output: output).model()
    }
    do { try Files.write([bytes], to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }

  /// A model whose first axis has any length: two lengths must lead to the same operators.
  private func dynamicModel<Input: RealTensorScalar, Output: TensorScalar>(
    _ example: Tensor<Input>, _ function: (Tensor<Input>) -> Tensor<Output>
  ) throws(ONNXError) -> [UInt8] {
    guard example.rank > 0, example.shape[0] > 0 else { throw .noBatch(shape: example.shape) }
    // One item could not be told from a length that is always 1.
    let sizes = [max(example.shape[0], 2), max(example.shape[0], 2) + 1]
    let batches = sizes.map { size in example.take((0..<size).map { $0 % example.shape[0] }) }
    let (first, output) = try tracing(batches[0], function)
    let second = OperationTrace()
    let otherOutput = withoutGradients { second.run(batches[1], function) }
    if let failure = second.failure { throw .unsupportedOperation(failure) }
    guard let otherOutput else { throw .constantOutput }
    var exporters = [
      ONNXExporter(trace: first, names: memoryNames, other: second),
      ONNXExporter(trace: second, names: memoryNames, other: first),
    ]
    let graph = try exporters[0].graph(output: output)
    let other = try exporters[1].graph(output: otherOutput)
    if let difference = graph.firstDifference(from: other) {
      throw .batchDependence(difference)
    }
    return try graph.model()
  }

  /// The trace of a function, after making sure that another input leads to the same operations and constants.
  private func tracing<Input: RealTensorScalar, Output: TensorScalar>(
    _ example: Tensor<Input>, _ function: (Tensor<Input>) -> Tensor<Output>
  ) throws(ONNXError) -> (OperationTrace, Int) {
    // Whole numbers may be places in a table, so only their order is changed.
    var other = example.flattened().flipped().reshaped(to: example.shape)
    if Input.dataType.isFloatingPoint {
      other = Tensor<Input>(Tensor<Double>(other) * 0.75 + 0.125)
    }
    var traces: [OperationTrace] = []
    var outputs: [Int?] = []
    for input in [example, other] {
      let trace = OperationTrace()
      outputs.append(withoutGradients { trace.run(input, function) })
      if let failure = trace.failure { throw .unsupportedOperation(failure) }
      traces.append(trace)
    }
    guard let output = outputs[0] else { throw .constantOutput }
    let (first, second) = (traces[0], traces[1])
    let (values, others) = (first.values, second.values)
    for (index, value) in values.enumerated() where others.count <= index || others[index] != value
    {
      let user = first.steps.first { $0.operands.contains(index) } ?? first.steps.last
      let before = first.steps.last { $0.result < (user?.result ?? 0) }
      throw .hiddenDependence(
        shape: value.shape, after: before.map { $0.operation.name } ?? "the input")
    }
    guard first.steps == second.steps, outputs[0] == outputs[1] else {
      throw .hiddenDependence(shape: [], after: "the input")
    }
    return (first, output)
  }

  /// Names of parameters and buffers by their memory.
  private var memoryNames: [ObjectIdentifier: String] {
    var names: [ObjectIdentifier: String] = [:]
    for (name, tensor) in tensors { names[ObjectIdentifier(tensor.storage)] = name }
    return names
  }
}

/// Makes operators of a trace's operations.
struct ONNXExporter {
  let values: [OperationTrace.Value]
  private let steps: [OperationTrace.Step]
  var graph = ONNXGraph()
  private var names: [Int: String] = [0: "input"]
  private let memoryNames: [ObjectIdentifier: String]
  /// The shapes of the values when the input has another number of items, if any number is wanted.
  private let otherShapes: [[Int]]?

  init(
    trace: OperationTrace, names: [ObjectIdentifier: String], other: OperationTrace? = nil
  ) {
    values = trace.values
    steps = trace.steps
    memoryNames = names
    otherShapes = other?.values.map(\.shape)
  }

  /// The operators that lead to a value.
  mutating func graph(output: Int) throws(ONNXError) -> ONNXGraph {
    // Only what the output comes from.
    var wanted: Set<Int> = [output]
    var chosen: [OperationTrace.Step] = []
    for step in steps.reversed() where wanted.contains(step.result) {
      wanted.formUnion(step.operands)
      chosen.append(step)
    }
    for step in chosen.reversed() {
      var operands: [String] = []
      for operand in step.operands { operands.append(try name(of: operand)) }
      graph.origin = step.operation.name
      names[step.result] = try add(step, operands)
    }
    guard let result = names[output] else { throw .constantOutput }
    graph.add("Identity", [result], to: "output")
    graph.input = .init(
      name: "input", type: try ONNXGraph.number(of: values[0].type), shape: try lengths(of: 0))
    graph.output = .init(
      name: "output", type: try ONNXGraph.number(of: values[output].type),
      shape: try lengths(of: output))
    return graph
  }

  /// The name of an operand; a constant's is made when it is first needed.
  private mutating func name(of value: Int) throws(ONNXError) -> String {
    if let name = names[value] { return name }
    let constant = values[value]
    let name = constant.storage.flatMap { memoryNames[$0] } ?? "constant\(value)"
    // Views of one parameter's memory that have different shapes are constants of their own.
    let unique = names.values.contains(name) ? "constant\(value)" : name
    let type = try ONNXGraph.number(of: constant.type)
    let lengths = try lengths(of: value)
    if lengths.allSatisfy({ $0.fixed != nil }) {
      graph.add(
        constant: unique, type: type, shape: constant.shape, bytes: constant.constant ?? [])
      names[value] = unique
    } else {
      // Such as the state at the start of a recurrent layer: the same for each item.
      let item = try ONNXGraph.item(
        of: constant.constant ?? [], constant.shape, repeated: lengths.map { $0.fixed == nil })
      graph.add(constant: unique, type: type, shape: item.shape, bytes: item.bytes)
      names[value] = graph.add("Expand", [unique, graph.lengths(lengths)])
    }
    return names[value] ?? unique
  }

  /// The lengths of a value's axes, for any number of items if that is wanted.
  private func lengths(of value: Int) throws(ONNXError) -> [ONNXLength] {
    let shape = values[value].shape
    guard let otherShapes else { return shape.map { .fixed($0) } }
    guard value < otherShapes.count, otherShapes[value].count == shape.count else {
      throw .batchDependence("a tensor of shape \(shape)")
    }
    var lengths: [ONNXLength] = []
    for (length, other) in zip(shape, otherShapes[value]) {
      let (items, otherItems) = (values[0].shape[0], otherShapes[0][0])
      if length == other {
        lengths.append(.fixed(length))
      } else if length * otherItems == other * items {
        lengths.append(.batches(length / items))
      } else {
        throw .batchDependence("a tensor of shape \(shape)")
      }
    }
    return lengths
  }

  /// Reshapes to the shape of a value.
  private mutating func reshape(_ x: String, to value: Int) throws(ONNXError) -> String {
    let lengths = try lengths(of: value)
    let free = lengths.count { $0.fixed == nil }
    return graph.add(
      "Reshape",
      [x, free < 2 ? graph.integers(lengths.map { $0.fixed ?? -1 }) : graph.lengths(lengths)])
  }

  /// Repeats a value along axes of length 1, so that it has the shape of another.
  private mutating func expand(_ x: String, _ value: Int, to result: Int) throws(ONNXError)
    -> String
  {
    let (own, wanted) = (try lengths(of: value), try lengths(of: result))
    if own == wanted { return x }
    // Both shapes are broadcast, so that what is there already need not be said.
    let new = wanted.count - own.count
    let missing = wanted.indices.map { axis in
      axis >= new && own[axis - new] == wanted[axis] ? .fixed(1) : wanted[axis]
    }
    return graph.add("Expand", [x, graph.lengths(missing)])
  }

  /// Adds the operators of one operation; returns the name of the result.
  private mutating func add(_ step: OperationTrace.Step, _ inputs: [String]) throws(ONNXError)
    -> String
  {
    let (result, first) = (values[step.result], values[step.operands[0]])
    switch step.operation {
    case .unary(let operation): return try unary(operation, inputs[0], first.type)
    case .binary(let operation): return try binary(operation, inputs[0], inputs[1], first.type)
    case .select: return graph.add("Where", inputs)
    case .copy:
      var name = inputs[0]
      if first.type != result.type {
        name = graph.add(
          "Cast", [name], [("to", .int(try ONNXGraph.number(of: result.type)))])
      }
      return try expand(name, step.operands[0], to: step.result)
    case .reduction(let reduction, let axes, let keepsDims, let correction):
      return try reduce(
        reduction, inputs[0], first, axes, keepsDims, correction, to: result.type)
    case .rows(let operation, let axis):
      switch operation {
      case .softmax: return graph.add("Softmax", inputs, [("axis", .int(axis))])
      case .logSoftmax: return graph.add("LogSoftmax", inputs, [("axis", .int(axis))])
      case .logSumExp: return graph.add("ReduceLogSumExp", [inputs[0], graph.integers([axis])])
      }
    case .matmul: return graph.add("MatMul", inputs)
    case .concatenate(let axis): return graph.add("Concat", inputs, [("axis", .int(axis))])
    case .take(let axis): return graph.add("Gather", inputs, [("axis", .int(axis))])
    case .convolution(let shapes): return convolution(shapes, inputs)
    case .transposedConvolution(let shapes): return transposedConvolution(shapes, inputs)
    case .pool(let kind, let size, let stride, let padding, let dilation):
      return try pool(
        kind, inputs[0], first.shape, size, stride, padding, dilation
      ) { (exporter: inout Self, y) throws(ONNXError) in
        try exporter.reshape(y, to: step.result)
      }
    case .linear(let hasRelu):
      let y = graph.add("Gemm", inputs, [("transB", .int(1))])
      return hasRelu ? graph.add("Relu", [y]) : y
    case .lineNorm(let isCentred, let epsilon, let hasWeight, let hasBias):
      return try lineNorm(inputs, first, isCentred, epsilon, hasWeight, hasBias)
    case .reshape: return try reshape(inputs[0], to: step.result)
    case .transpose(let order): return graph.add("Transpose", inputs, [("perm", .ints(order))])
    case .expand: return try expand(inputs[0], step.operands[0], to: step.result)
    case .slice(let starts, let counts, let steps):
      return slice(inputs[0], first.shape, starts, counts, steps)
    case .other(let name): throw .unsupportedOperation(name)
    }
  }

  private mutating func slice(
    _ x: String, _ shape: [Int], _ starts: [Int], _ counts: [Int], _ steps: [Int]
  ) -> String {
    let axes = shape.indices.filter { counts[$0] != shape[$0] || steps[$0] != 1 }
    let ends = axes.map { axis in
      let end = starts[axis] + steps[axis] * counts[axis]
      // A negative number would count from the back.
      return end < 0 ? Int.min : end
    }
    return graph.add(
      "Slice",
      [
        x, graph.integers(axes.map { starts[$0] }), graph.integers(ends), graph.integers(axes),
        graph.integers(axes.map { steps[$0] }),
      ])
  }
}

extension TracedOperation {
  /// What errors call the operation.
  var name: String {
    switch self {
    case .unary(let operation): "\(operation)"
    case .binary(let operation): "\(operation)"
    case .reduction(let reduction, _, _, _): "\(reduction)"
    case .rows(let operation, _): "\(operation)"
    case .other(let name): name
    case .copy: "a conversion"
    case .select, .matmul, .reshape, .expand: "\(self)"
    case .concatenate: "concatenate"
    case .take: "take"
    case .convolution: "a convolution"
    case .transposedConvolution: "a transposed convolution"
    case .pool: "a pooling"
    case .linear: "linear"
    case .lineNorm: "a normalisation"
    case .transpose: "a transposition"
    case .slice: "a slice"
    }
  }
}
