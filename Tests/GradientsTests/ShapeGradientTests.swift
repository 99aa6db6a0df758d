import Gradients
import Tensors
import Testing

@Suite("Gradients of views, indexing and joining")
struct ShapeGradientTests {
  static let views: [GradientCase] = [
    GradientCase("reshaped", [2, 3]) { square($0[0].reshaped(to: [3, 2])) },
    GradientCase("reshaped transposed", [2, 3]) { square($0[0].transposed().reshaped(to: [6])) },
    GradientCase("flattened", [2, 2]) { square($0[0].flattened()) },
    GradientCase("permuted", [2, 3, 2]) { square($0[0].permuted(2, 0, 1)) },
    GradientCase("swappingAxes", [2, 3, 2]) { square($0[0].swappingAxes(0, 1)) },
    GradientCase("expandingDims", [3]) { square($0[0].expandingDims(axis: 1)) },
    GradientCase("squeezed", [1, 3, 1]) { square($0[0].squeezed()) },
    GradientCase("squeezed axis", [1, 3, 1]) { square($0[0].squeezed(axis: -1)) },
    GradientCase("broadcast", [3, 1]) { square($0[0].broadcast(to: [2, 3, 4])) },
    GradientCase("broadcast of nothing", [1]) { square($0[0].broadcast(to: [0])) },
    GradientCase("contiguous", [2, 3]) { square($0[0].transposed().contiguous()) },
    GradientCase("row", [3, 2]) { square($0[0][1]) },
    GradientCase("negative index", [3, 2]) { square($0[0][-1, 0]) },
    GradientCase("range", [4, 3]) { square($0[0][1...2, 0..<2]) },
    GradientCase("stride", [5, 2]) { square($0[0][stride(from: 4, through: 0, by: -2)]) },
    GradientCase("ellipsis", [2, 3, 2]) { square($0[0][..., 1]) },
    GradientCase("part of a part", [4, 4]) { square($0[0][1...][..., 1...2].transposed()) },
    GradientCase("empty range", [3]) { square($0[0][1..<1]) },
    GradientCase("take", [3, 2]) { square($0[0].take([2, 0, 2])) },
    GradientCase("take along an axis", [2, 3, 2]) { square($0[0].take([1, 1, -1], axis: 1)) },
    GradientCase("take a matrix", [4]) { square($0[0].take(Tensor<Int32>([[0, 1], [1, 3]]))) },
    GradientCase("take nothing", [3, 2]) { square($0[0].take([Int]())) },
    GradientCase("rows", [3, 2]) { square($0[0][rows: [1, 1]]) },
    GradientCase("mask", [3, 2]) { square($0[0][$0[0] .> 0]) },
    GradientCase("mask of rows", [3, 2]) { square($0[0][Tensor<Bool>([true, false, true])]) },
    GradientCase("concatenate", [2, 2], [1, 2]) { square(concatenate([$0[0], $0[1], $0[0]])) },
    GradientCase("concatenate columns", [2, 1], [2, 2]) {
      square(concatenate([$0[0], $0[1]], axis: 1))
    },
    GradientCase("concatenate nothing", [0, 2], [2, 2]) { square(concatenate($0)) },
    GradientCase("stack", [2], [2]) { square(stack($0, axis: 1)) },
  ]

  static let assignments: [GradientCase] = [
    GradientCase("a part", [3, 2], [2]) { input in
      var y = square(input[0])
      y[1] = input[1]
      return square(y) * input[0]
    },
    GradientCase("a broadcast value", [3, 2], []) { input in
      var y = square(input[0])
      y[..., 1] = input[1]
      return square(y)
    },
    GradientCase("a constant", [3, 2]) { input in
      var y = square(input[0])
      y[0..., 0] = 4
      return square(y)
    },
    GradientCase("into a constant", [2]) { input in
      var y = Tensor<Double>.ones(shape: [3, 2])
      y[1] = input[0]
      return square(y)
    },
    GradientCase("in place of a part", [3, 2], [2]) { input in
      var y = square(input[0])
      y[1] *= input[1]
      return square(y)
    },
    GradientCase("of a part to another", [3, 2]) { input in
      var y = square(input[0])
      y[0] = y[2]
      return square(y)
    },
    GradientCase("rows, one twice", [3, 2], [3, 2]) { input in
      var y = square(input[0])
      y[rows: [2, 0, 2]] = input[1]
      return square(y)
    },
    GradientCase("rows from one row", [3, 2], [2]) { input in
      var y = square(input[0])
      y[rows: [2, 0]] = input[1]
      return square(y)
    },
    GradientCase("where a mask is true", [3, 2], []) { input in
      var y = square(input[0])
      y[input[0] .> 0] = input[1]
      return square(y)
    },
    GradientCase("to a transposed view", [3, 2], [3]) { input in
      var y = square(input[0]).transposed()
      y[1] = input[1]
      return square(y)
    },
  ]

  @Test("agree with differences", arguments: views)
  func viewsAgree(_ example: GradientCase) { example.check() }

  @Test("of assignments agree with differences", arguments: assignments)
  func assignmentsAgree(_ example: GradientCase) { example.check() }

  @Test("leave a copy as it is when a recorded tensor is written to")
  func copies() {
    let gradient = grad { (x: Tensor<Double>) in
      let y = x * 1
      var z = y
      z[0] = 7
      return (y * z).sum()
    }
    expectEqual(gradient(Tensor([2, 3])), [7, 6])
  }
}
