import Tensors
import Testing

@Suite("Creating tensors")
struct CreationTests {
  @Test("takes nested literals of any rank and any element type")
  func literals() {
    let matrix: Tensor<Float> = [[1, 2.5], [3, 4]]
    let labels: Tensor<Int32> = [3, 1]
    let mask: Tensor<Bool> = [[true, false]]
    let deep: Tensor<Double> = [[[1], [2]], [[3], [4]]]
    #expect(matrix.shape == [2, 2] && matrix.scalars == [1, 2.5, 3, 4])
    #expect(labels.scalars == [3, 1])
    #expect(mask.shape == [1, 2] && mask.scalars == [true, false])
    #expect(deep.shape == [2, 2, 1])
    let none: Tensor<Float> = []
    #expect(none.shape == [0])
  }

  @Test("takes arrays, nested arrays and shapes with values")
  func arrays() {
    let row: [Double] = [1, 2]
    #expect(Tensor(row).shape == [2])
    #expect(Tensor([row, row]).shape == [2, 2])
    #expect(Tensor<Int>([[[1, 2]], [[3, 4]]]).shape == [2, 1, 2])
    #expect(Tensor(2.5).shape == [] && Tensor(2.5).item() == 2.5)
    #expect(Tensor<Int32>(shape: [2, 0], values: []).isEmpty)
    #expect(Tensor<Float>([[Float]]()).shape == [0, 0])
  }

  @Test("counts up, down and by parts")
  func ranges() {
    #expect(Tensor<Int>.arange(4).scalars == [0, 1, 2, 3])
    #expect(Tensor<Float>.arange(0, 1, step: 0.25).scalars == [0, 0.25, 0.5, 0.75])
    #expect(Tensor<Int32>.arange(3, 0, step: -1).scalars == [3, 2, 1])
    #expect(Tensor<Int>.arange(0).shape == [0])
    #expect(Tensor<Double>.linspace(0, 1, count: 5).scalars == [0, 0.25, 0.5, 0.75, 1])
    #expect(Tensor<Double>.linspace(2, 3, count: 1).scalars == [2])
    #expect(Tensor<Double>.linspace(2, 3, count: 0).isEmpty)
  }

  @Test("fills and sets diagonals")
  func fills() {
    #expect(Tensor<Float>.zeros(shape: [2, 3]).sum().item() == 0)
    #expect(Tensor<Int>.ones(shape: [2, 3]).sum().item() == 6)
    #expect(Tensor<Bool>.full(shape: [3], true).all().item())
    #expect(Tensor<Float>.eye(2, columns: 3).scalars == [1, 0, 0, 0, 1, 0])
    #expect(Tensor<Float>.eye(3, columns: 2).scalars == [1, 0, 0, 1, 0, 0])
    #expect(Tensor<Double>.identity(0).shape == [0, 0])
    #expect(
      Tensor<Float>.oneHot(Tensor<Int32>([2, 0]), classes: 3) == [[0, 0, 1], [1, 0, 0]])
  }

  @Test("converts between element types")
  func conversion() {
    let x: Tensor<Double> = [-1.9, 0, 2.9]
    #expect(Tensor<Int32>(x).scalars == [-1, 0, 2])
    #expect(Tensor<Bool>(x).scalars == [true, false, true])
    #expect(Tensor<Float>(Tensor<Bool>([true, false])).scalars == [1, 0])
    #expect(x.cast(to: Int.self).cast(to: Double.self).scalars == [-1, 0, 2])
    #expect(Tensor<Int32>(x[stride(from: 2, through: 0, by: -1)]).scalars == [2, 0, -1])
    #expect(Tensor<Int>(Tensor<Float>([])).isEmpty)
  }

  @Test("stops at numbers that do not fit an integer")
  func narrowing() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Int32>(Tensor<Double>([1, .nan]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<UInt8>(Tensor<Float>([256]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>(Tensor<Complex<Float>>(real: [1], imaginary: [0]))
    }
    #expect(Tensor<Int32>(Tensor<Int>([1 << 40])).scalars == [0])
    #expect(Tensor<Int32>(Tensor<Int>([2_147_483_647, -2_147_483_648])).scalars == [.max, .min])
  }

  @Test("copies on writing, never before")
  func copyOnWrite() {
    let a: Tensor<Float> = [[1, 2], [3, 4]]
    var b = a
    b[0, 0] = 9
    var column = a[0..., 1]
    column += 10
    var spread = Tensor<Float>([1, 2]).broadcast(to: [2, 2])
    spread[0, 0] = 7
    #expect(a == [[1, 2], [3, 4]])
    #expect(b == [[9, 2], [3, 4]])
    #expect(column == [12, 14])
    #expect(spread == [[7, 2], [1, 2]])
    var t = a
    t += t.transposed()
    #expect(t == [[2, 5], [5, 8]])
  }
}
