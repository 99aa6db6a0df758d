import Gradients
import Tensors

/// One operation with awkward operands or parameters.
struct Edge {
  /// As its message calls it.
  let operation: String
  /// The operands and parameters.
  let about: String
  let run: () throws -> Tensor<Float>

  init(_ operation: String, _ about: String, _ run: @escaping () throws -> Tensor<Float>) {
    (self.operation, self.about, self.run) = (operation, about, run)
  }
}

/// Different numbers from 0 up.
func numbers(_ shape: [Int]) -> Tensor<Float> {
  let count = shape.reduce(1, *)
  return Tensor<Float>((0..<count).map { Float($0 % 17) * 0.25 }).reshaped(to: shape)
}

/// The result of `body`, after its gradient was computed, too.
func differentiated(_ x: Tensor<Float>, _ body: @escaping (Tensor<Float>) -> Tensor<Float>)
  -> Tensor<Float>
{
  let (value, pullback) = vjp(body)(x)
  let gradient = pullback(.ones(shape: value.shape))
  guard gradient.shape == x.shape else {
    fatalError("a gradient of shape \(gradient.shape) for shape \(x.shape)")
  }
  return value
}

/// Shapes with too few and too many axes, and with empty ones.
let shapes: [[Int]] = [
  [], [0], [5], [5, 5], [2, 5, 5], [1, 2, 5, 5], [0, 2, 5, 5], [1, 0, 5, 5], [1, 2, 0, 5],
  [1, 2, 5, 0], [1, 2, 2, 2], [1, 3, 5, 5], [1, 1, 2, 5, 5],
]

/// Some of them, where all would say the same.
let fewShapes: [[Int]] = [[], [0], [5], [2, 5, 5], [1, 2, 5, 0]]

/// Lengths, steps and counts that hardly anybody means.
let lengths = [0, -1, 7, 1 << 33, Int.max, Int.min]

/// Axes and positions around a range.
let positions = [-4, -3, 0, 2, 3, Int.max, Int.min]
