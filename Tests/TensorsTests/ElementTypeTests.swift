import Tensors
import Testing

@Suite("Element types")
struct ElementTypeTests {
  /// Arithmetic that every integer type does alike.
  private func check<Scalar: IntegerTensorScalar>(_ type: Scalar.Type)
  where Scalar.Mean == Double {
    let x = Tensor<Scalar>([1, 2, 3, 4, 5, 6]).reshaped(to: [2, 3])
    #expect((x + x * 2 - 1).scalars == [2, 5, 8, 11, 14, 17])
    #expect(x.transposed().sum(axis: 0).scalars == [6, 15])
    #expect(x.max(axis: 1).scalars == [3, 6] && x.min().item() == 1)
    #expect(x.argmax(axis: 0).scalars == [1, 1, 1])
    #expect(x.mean().item() == 3.5)
    #expect((x .> 3).scalars == [false, false, false, true, true, true])
    #expect((x .>= x.transposed().contiguous().reshaped(to: [2, 3])).scalars.first == true)
    #expect((Tensor<Scalar>([.max]) + 1).scalars == [.min])
    #expect((Tensor<Scalar>([.min]) - 1).scalars == [.max])
    #expect(Tensor<Double>(x).cast(to: Scalar.self) == x)
    #expect(Tensor<Float16>(x).cast(to: Scalar.self) == x)
    #expect(x[0..., stride(from: 2, through: 0, by: -2)].scalars == [3, 1, 6, 4])
    #expect(abs(x) == x && sign(x).scalars.allSatisfy { $0 == 1 })
  }

  @Test("every integer type adds, compares, reduces and converts")
  func integers() {
    check(Int8.self)
    check(Int16.self)
    check(Int32.self)
    check(Int64.self)
    check(Int.self)
    check(UInt8.self)
    check(UInt16.self)
    check(UInt32.self)
    check(UInt64.self)
    check(UInt.self)
  }

  @Test("conversions wrap around, cut off, clamp and round as they say")
  func conversions() {
    #expect(Tensor<UInt8>(Tensor<Int>([300, -1])).scalars == [44, 255])
    #expect(Tensor<Int8>(Tensor<Double>([-1.9, 127.5])).scalars == [-1, 127])
    #expect(
      Tensor<UInt8>(clamping: Tensor<Float>([-3, 1.5, 300, .nan])).scalars == [0, 1, 255, 0])
    #expect(Tensor<Int64>(clamping: Tensor<Double>([1e300, -1e300])).scalars == [.max, .min])
    #expect(Tensor<UInt16>(clamping: Tensor<Int>([-5, 70_000])).scalars == [0, 65_535])
    #expect(Tensor<UInt64>(Tensor<Double>([0x1p63])).scalars == [1 << 63])
    #expect(Tensor<Bool>(Tensor<Float>([0, -0.5, .nan])).scalars == [false, true, true])
    #expect(Tensor<Float>(Tensor([true, false])).scalars == [1, 0])
    #expect(
      Tensor<Float16>(Tensor<Double>([1e9, 1 / 3, 65_519])).scalars == [.infinity, 1 / 3, 65_504])
    #expect(
      Tensor<BFloat16>(Tensor<Float>([1.00390625, 1.01171875])).scalars.map(\.float) == [
        1, 1.015625,
      ])
  }

  @Test("16-bit floats compute through Float")
  func halves() {
    let x: Tensor<Float16> = [1, 2, 3.5]
    #expect((x * 2 + 0.5).scalars == [2.5, 4.5, 7.5])
    #expect(x.sum().item() == 6.5 && x.argmax(axis: 0).item() == 2)
    #expect(abs(exp(x).scalars[2] - Float16(33.115)) < 0.05)
    #expect(Tensor<Float16>.ones(shape: [70_000]).mean().item() == 1)
    let y = Tensor<BFloat16>([1, 3, -2])
    #expect((y * y).scalars.map(\.float) == [1, 9, 4] && y.max().item() == 3)
    #expect((y .< 2).scalars == [true, false, true])
    #expect(matmul(x.reshaped(to: [1, 3]), x.reshaped(to: [3, 1])).item() == 17.25)
    #expect(BFloat16(1.0).nextUp - 1 == BFloat16.ulpOfOne && BFloat16.nan.isNaN)
    #expect(String(describing: x) == "[1. , 2. , 3.5]")
  }

  @Test("complex numbers add, multiply, divide and show their parts")
  func complexNumbers() {
    let z = Tensor<Complex<Float>>(real: [1, 2], imaginary: [-3, 4])
    #expect((z * z).scalars == [Complex(-8, -6), Complex(-12, 16)])
    #expect((z / z).scalars == [Complex(1), Complex(1)])
    #expect(z.sum().item() == Complex(3, 1) && z.mean().item() == Complex(1.5, 0.5))
    #expect(abs(z * 0).scalars == [0, 0] && abs(z)[1].item() == Float(20).squareRoot())
    #expect(z.conjugate().imaginary.scalars == [3, -4])
    #expect(Tensor<Complex<Double>>(z)[0].item() == Complex(1, -3))
    #expect(Tensor<Complex<Float>>(Tensor<Int8>([2])).item() == Complex(2))
    #expect((z .== z).all().item() && z == z && z != -z)
    let m = Tensor<Complex<Double>>(
      real: .arange(6).reshaped(to: [2, 3]), imaginary: Tensor(1)
    ).transposed()
    #expect(m.sum(axis: 1).scalars == [Complex(3, 2), Complex(5, 2), Complex(7, 2)])
    #expect(String(describing: Complex(1.0, -2.5)) == "1.0-2.5j")
  }
}
