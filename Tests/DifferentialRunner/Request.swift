import BLAS
import Tensors

/// One case: an operation, its parameters and its operands.
struct Request {
  let operation: String
  let operands: [Operand]
  private let parameters: [String: String]

  init(_ fields: [String]) {
    operation = fields[0]
    let pairs = fields[1].split(separator: " ").map { $0.split(separator: "=", maxSplits: 1) }
    parameters = Dictionary(
      uniqueKeysWithValues: pairs.map { (String($0[0]), $0.count > 1 ? String($0[1]) : "") })
    operands = fields.dropFirst(2).map(Operand.init)
  }

  func text(_ name: String) -> String? { parameters[name] }
  func int(_ name: String) -> Int { Int(parameters[name] ?? "") ?? 0 }
  func optionalInt(_ name: String) -> Int? { parameters[name].flatMap { Int($0) } }
  func double(_ name: String) -> Double { Double(parameters[name] ?? "") ?? 0 }
  func flag(_ name: String) -> Bool { parameters[name] == "1" }
  func ints(_ name: String) -> [Int] {
    (parameters[name] ?? "").split(separator: ",").map { Int($0) ?? 0 }
  }
}

/// Elements in memory as a case describes them: type, shape, strides, offset and the storage's bytes.
struct Operand {
  let type: String
  let layout: Layout
  let bytes: [UInt8]

  init(_ text: String) {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false)
    func ints(_ text: Substring) -> [Int] { text.split(separator: ",").map { Int($0) ?? 0 } }
    type = String(parts[0])
    layout = Layout(shape: ints(parts[1]), strides: ints(parts[2]), offset: Int(parts[3]) ?? 0)
    let digits = Array(parts[4].utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    bytes = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  func tensor<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) -> Tensor<Scalar> {
    precondition(Scalar.dataType.numPyName == self.type, "\(self.type) is not \(Scalar.dataType)")
    return Tensor(storage: Storage(copying: bytes), layout: layout)
  }

  /// The type of its elements.
  var scalar: any TensorScalar.Type {
    let types: [any TensorScalar.Type] = [
      Float.self, Double.self, Float16.self, Bool.self, Int8.self, Int16.self, Int32.self, Int.self,
      UInt8.self, UInt16.self, UInt32.self, UInt64.self, Complex<Float>.self, Complex<Double>.self,
    ]
    guard let match = types.first(where: { $0.dataType.numPyName == type }) else {
      fatalError("no type \(type)")
    }
    return match
  }
}

/// A tensor or a text as the answer gives it.
struct Answer {
  let text: String

  init<Scalar: TensorScalar>(_ tensor: Tensor<Scalar>) {
    let shape = tensor.shape.map { "\($0)" }.joined(separator: ",")
    text = "\(Scalar.dataType.numPyName)|\(shape)|\(Self.hexadecimal(tensor.rowMajorBytes()))"
  }

  init(text: String) {
    self.text = "text||\(Self.hexadecimal(Array(text.utf8)))"
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
