internal import Tensors

/// The length of an axis: a number, or so many for each item of the input.
enum ONNXLength: Hashable {
  case fixed(Int)
  case batches(Int)

  /// The number, if it is one.
  var fixed: Int? { if case .fixed(let length) = self { length } else { nil } }
}

/// A graph of ONNX operators that is being made from a trace.
struct ONNXGraph {
  /// One operator.
  struct Node: Equatable {
    let kind: String
    let inputs: [String]
    let output: String
    let attributes: [String: ONNXAttribute]
    /// The operation that it is made for.
    let origin: String
  }

  /// A constant.
  struct Initializer: Equatable {
    let name: String
    let type: Int
    let shape: [Int]
    let bytes: [UInt8]
  }

  /// What goes in or comes out.
  struct Port: Equatable {
    var name: String
    var type: Int
    var shape: [ONNXLength]
  }

  private(set) var nodes: [Node] = []
  private var initializers: [Initializer] = []
  var input = Port(name: "input", type: 1, shape: [])
  var output = Port(name: "output", type: 1, shape: [])
  /// The operation whose operators are being added.
  var origin = "the input"
  private var lengthNames: [[ONNXLength]: String] = [:]
  private var shapeNames: [[Int]: String] = [:]
  private var numberNames: [String: String] = [:]
  private var temporaryCount = 0

  /// The version of the operators that are used.
  static let operatorVersion = 18

  /// The names of ONNX's element types have numbers.
  static func number(of type: DataType) throws(ONNXError) -> Int {
    switch type {
    case .float32: 1
    case .uint8: 2
    case .int8: 3
    case .uint16: 4
    case .int16: 5
    case .int32: 6
    case .int64: 7
    case .bool: 9
    case .float16: 10
    case .float64: 11
    case .uint32: 12
    case .uint64: 13
    case .bfloat16: 16
    default: throw .unsupportedType(type)
    }
  }

  /// Adds an operator; its output gets a name of its own unless one is given.
  @discardableResult
  mutating func add(
    _ kind: String, _ inputs: [String], to output: String? = nil,
    _ attributes: [(String, ONNXAttribute)] = []
  ) -> String {
    temporaryCount += output == nil ? 1 : 0
    let name = output ?? "t\(temporaryCount)"
    nodes.append(
      Node(
        kind: kind, inputs: inputs, output: name,
        attributes: Dictionary(attributes) { first, _ in first }, origin: origin))
    return name
  }

  /// Adds a constant tensor.
  mutating func add(constant name: String, type: Int, shape: [Int], bytes: [UInt8]) {
    initializers.append(.init(name: name, type: type, shape: shape, bytes: bytes))
  }

  /// The name of a constant vector of integers, such as a shape.
  mutating func integers(_ values: [Int]) -> String {
    if let known = shapeNames[values] { return known }
    let name = "integers\(shapeNames.count + 1)"
    shapeNames[values] = name
    let bytes = values.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    add(constant: name, type: 7, shape: [values.count], bytes: bytes)
    return name
  }

  /// The name of a constant scalar of an element type.
  mutating func number(_ value: Double, _ type: DataType) throws(ONNXError) -> String {
    let key = "\(value) \(type)"
    if let known = numberNames[key] { return known }
    let bytes: [UInt8] =
      switch type {
      case .float32: Tensor<Float>(Float(value)).rowMajorBytes()
      case .float64: Tensor<Double>(value).rowMajorBytes()
      case .float16: Tensor<Float16>(Tensor<Double>(value)).rowMajorBytes()
      default: throw .unsupportedType(type)
      }
    let name = "number\(numberNames.count + 1)"
    numberNames[key] = name
    add(constant: name, type: try ONNXGraph.number(of: type), shape: [], bytes: bytes)
    return name
  }

  /// The name of a vector of lengths, some of which come from the input's.
  mutating func lengths(_ lengths: [ONNXLength]) -> String {
    let numbers = lengths.compactMap(\.fixed)
    if numbers.count == lengths.count { return integers(numbers) }
    if let known = lengthNames[lengths] { return known }
    let batch = add("Shape", ["input"], [("start", .int(0)), ("end", .int(1))])
    let parts = lengths.map { length in
      switch length {
      case .fixed(let number): integers([number])
      case .batches(1): batch
      case .batches(let factor): add("Mul", [batch, integers([factor])])
      }
    }
    let name = parts.count == 1 ? parts[0] : add("Concat", parts, [("axis", .int(0))])
    lengthNames[lengths] = name
    return name
  }

  /// One item of a constant that is the same for all along the axes that say so, with length 1 there.
  static func item(of bytes: [UInt8], _ shape: [Int], repeated: [Bool]) throws(ONNXError)
    -> (shape: [Int], bytes: [UInt8])
  {
    var (bytes, shape) = (bytes, shape)
    for axis in shape.indices where repeated[axis] {
      let outer = shape[..<axis].reduce(1, *)
      let line = bytes.count / max(outer, 1)
      let item = line / max(shape[axis], 1)
      var kept: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: max(line, 1)) {
        let first = bytes[start..<start + item]
        let isSame = (1..<shape[axis]).allSatisfy { number in
          bytes[start + number * item..<start + (number + 1) * item].elementsEqual(first)
        }
        guard isSame else { throw .batchDependence("a constant of shape \(shape)") }
        kept += first
      }
      (bytes, shape[axis]) = (kept, 1)
    }
    return (shape, bytes)
  }

  /// What is not the same in another graph: the operation, or `nil` if they are equal.
  func firstDifference(from other: ONNXGraph) -> String? {
    if let pair = zip(nodes, other.nodes).first(where: { $0 != $1 }) { return pair.0.origin }
    if nodes.count != other.nodes.count { return "the number of operations" }
    let constants = zip(initializers, other.initializers)
    if let pair = constants.first(where: { $0 != $1 }) {
      let user = nodes.first { $0.inputs.contains(pair.0.name) }
      return user.map { "\($0.origin) with a constant of shape \(pair.0.shape)" }
        ?? "a constant of shape \(pair.0.shape)"
    }
    return input == other.input && output == other.output ? nil : "the output's shape"
  }

  /// The model as the bytes of a `ModelProto`.
  func model() throws(ONNXError) -> [UInt8] {
    let size = initializers.reduce(0) { $0 + $1.bytes.count }
    guard size < 2_000_000_000 else { throw .tooLarge(bytes: size) }
    var model = ProtobufMessage()
    model.append(1, 8)  // The version of the file format.
    model.append(2, "martlet")
    model.append(7) { graph in
      for node in nodes { graph.append(1) { node.write(to: &$0) } }
      graph.append(2, "model")
      for constant in initializers {
        graph.append(5) { tensor in
          for length in constant.shape { tensor.append(1, length) }
          tensor.append(2, constant.type)
          tensor.append(8, constant.name)
          tensor.append(9, constant.bytes)
        }
      }
      graph.append(11) { $0.append(input) }
      graph.append(12) { $0.append(output) }
    }
    model.append(8) { operators in
      operators.append(1, "")
      operators.append(2, ONNXGraph.operatorVersion)
    }
    return model.bytes
  }
}

extension ONNXGraph.Node {
  /// Writes a `NodeProto`.
  func write(to message: inout ProtobufMessage) {
    for input in inputs { message.append(1, input) }
    message.append(2, output)
    message.append(3, "\(kind)_\(output)")
    message.append(4, kind)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      message.append(5) { value.write(name, to: &$0) }
    }
  }
}

extension ProtobufMessage {
  /// Writes a `ValueInfoProto`: the name of an input or output, its element type and shape.
  fileprivate mutating func append(_ port: ONNXGraph.Port) {
    append(1, port.name)
    append(2) { kind in
      kind.append(1) { tensor in
        tensor.append(1, port.type)
        tensor.append(2) { lengths in
          for length in port.shape {
            lengths.append(1) { dimension in
              switch length {
              case .fixed(let number): dimension.append(1, number)
              case .batches(1): dimension.append(2, "batch")
              case .batches(let factor): dimension.append(2, "\(factor)*batch")
              }
            }
          }
        }
      }
    }
  }
}
