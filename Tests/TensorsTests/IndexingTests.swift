import Tensors
import Testing

@Suite("Indexing")
struct IndexingTests {
  let a = Tensor<Int>.arange(24).reshaped(to: [2, 3, 4])

  @Test("takes integers, counted from either end")
  func integers() {
    #expect(a[1].shape == [3, 4])
    #expect(a[1, 2, 3].item() == 23)
    #expect(a[-1, -1].scalars == [20, 21, 22, 23])
    #expect(a[scalar: 0, 1, 2] == 6)
    #expect(a[0, 0, 0].shape == [])
  }

  @Test("takes every kind of range")
  func ranges() {
    #expect(a[0, 1..<3, 0].scalars == [4, 8])
    #expect(a[0, 1...2, 0].scalars == [4, 8])
    #expect(a[0, 0, 2...].scalars == [2, 3])
    #expect(a[0, 0, ..<2].scalars == [0, 1])
    #expect(a[0, 0, ...1].scalars == [0, 1])
    #expect(a[0, 0, (-2)...].scalars == [2, 3])
    #expect(a[0, 0, ..<(-1)].scalars == [0, 1, 2])
    #expect(a[0, 0, -3 ... -1].scalars == [1, 2, 3])
    #expect(a[0, 0, ...(-1)].scalars == [0, 1, 2, 3])
    #expect(a[0..., 1, 1...3] == [[5, 6, 7], [17, 18, 19]])
    #expect(a[0, 2..<2].shape == [0, 4])
  }

  @Test("takes strides, also backwards, and the last axes after ...")
  func strides() {
    #expect(a[0, 0, stride(from: 0, to: 4, by: 2)].scalars == [0, 2])
    #expect(a[0, 0, stride(from: 3, through: 0, by: -1)].scalars == [3, 2, 1, 0])
    #expect(a[0, 0, stride(from: 0, to: 0, by: 1)].isEmpty)
    #expect(a[..., 0] == [[0, 4, 8], [12, 16, 20]])
    #expect(a[..., 0..<1, 3].shape == [2, 1])
  }

  @Test("assigns tensors, broadcast rows and numbers")
  func assignment() {
    var b = a
    b[0, 1...2, 0] = [70, 80]
    b[1] = Tensor([1, 2, 3, 4])
    b[..., 3] = 0
    b[0, 0] += 100
    #expect(b[0] == [[100, 101, 102, 100], [70, 5, 6, 0], [80, 9, 10, 0]])
    #expect(b[1] == [[1, 2, 3, 0], [1, 2, 3, 0], [1, 2, 3, 0]])
    let value = 5
    b[scalar: 1, 1, 1] = value
    #expect(b[scalar: 1, 1, 1] == 5)
    var v = Tensor<Int>.arange(5)
    v[1...] = v[..<4]
    #expect(v.scalars == [0, 0, 1, 2, 3])
    var flags = Tensor<Bool>.full(shape: [3], false)
    flags[1] = true
    #expect(flags.scalars == [false, true, false])
  }

  @Test("gathers and writes rows by an index array")
  func gathering() {
    let m = Tensor<Float>([[1, 2], [3, 4], [5, 6]])
    #expect(m[rows: [2, 0, -1]] == [[5, 6], [1, 2], [5, 6]])
    #expect(m.take([1], axis: 1) == [[2], [4], [6]])
    #expect(m.take(Tensor<Int32>([[0, 1], [1, 0]]), axis: 1).shape == [3, 2, 2])
    #expect(m.transposed().take([2, 0], axis: -1) == [[5, 1], [6, 2]])
    #expect(m[rows: [Int]()].shape == [0, 2])
    var n = m
    n[rows: [2, 0]] = [[50, 60], [10, 20]]
    #expect(n == [[10, 20], [3, 4], [50, 60]])
    n[rows: 0..<2] = Tensor([0, 1])
    #expect(n == [[0, 1], [0, 1], [50, 60]])
  }

  @Test("selects and writes by masks")
  func masks() {
    var m = Tensor<Float>([[1, -2], [.nan, 4]])
    #expect(m[m .> 0].scalars == [1, 4])
    #expect(m[Tensor([false, true])].shape == [1, 2])
    m[isNaN(m)] = 0
    m[m .< 0] = [9]
    #expect(m == [[1, 9], [0, 4]])
    m[m .> 3] = Tensor([7, 8])
    #expect(m == [[1, 7], [0, 8]])
    m[Tensor([true, false])] = Tensor([5, 6])
    #expect(m == [[5, 6], [0, 8]])
    #expect(m[m .> 100].shape == [0])
    #expect(m.transposed()[m .> 5].scalars == [0, 8])
    #expect(m.replacing(with: -1, where: m .== 0) == [[5, 6], [-1, 8]])
  }

  @Test("stops with the index, the axis and the shape in the message")
  func mistakes() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Tensor<Float>.zeros(shape: [2, 3])[0, 3]
    }
    let bytes = try #require(result).standardErrorContent
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("index 3 is out of range on axis 1 of shape [2, 3]"))
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros(shape: [2])[0, 0] }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros(shape: [2])[0..<3] }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros(shape: [0])[0] }
    await #expect(processExitsWith: .failure) { _ = Tensor<Float>.zeros(shape: [2]).take([2]) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor<Float>.zeros(shape: [2])[Tensor([true])]
    }
    await #expect(processExitsWith: .failure) {
      var x = Tensor<Float>.zeros(shape: [2, 2])
      x[0] = Tensor([1, 2, 3])
    }
  }

  @Test("adds at equal indices for every type of number")
  func addingUp() {
    func check<Scalar: NumericTensorScalar>(_: Scalar.Type) {
      let values = Tensor<Scalar>([1, 2, 3])
      let zeros = Tensor<Scalar>.zeros(shape: [3])
      let places = Tensor<Int32>([2, 0, 2])
      #expect(zeros.scatterAdding(values, at: places, axis: 0).scalars == [2, 0, 4])
      #expect(zeros.indexAdding(values, at: [1, -1, 1]).scalars == [0, 4, 2])
    }
    check(Int8.self)
    check(Int16.self)
    check(Int32.self)
    check(Int.self)
    check(UInt8.self)
    check(UInt64.self)
    check(Float16.self)
    check(BFloat16.self)
    check(Double.self)
    check(Complex<Float>.self)
    check(Complex<Double>.self)
  }
}
