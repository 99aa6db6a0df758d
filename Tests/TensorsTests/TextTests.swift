import Tensors
import Testing

@Suite("Texts of tensors")
struct TextTests {
  @Test("align columns and use no more digits than needed")
  func alignment() {
    #expect(Tensor<Float>([[1, -2], [30, 4]]).description == "[[ 1., -2.],\n [30.,  4.]]")
    #expect(Tensor<Double>([0.5, 0.25]).description == "[0.5 , 0.25]")
    #expect(
      Tensor<Double>([1.0 / 3, .nan, -.infinity]).description
        == "[0.33333333,        nan,       -inf]")
    #expect(Tensor<Int32>([1, 100]).description == "[  1, 100]")
    #expect(Tensor([true, false]).description == "[ true, false]")
    #expect(Tensor<Double>([1e-9, 1]).description == "[1.e-09, 1.e+00]")
    #expect(Tensor(0.1).description == "0.1")
    #expect(Tensor<Float>([]).description == "[]")
    #expect(Tensor<Float>.zeros(shape: [0, 3]).description == "[] of shape [0, 3]")
    #expect(
      Tensor<Int>([[[1], [2]], [[3], [4]]]).description == "[[[1],\n  [2]],\n\n [[3],\n  [4]]]")
    #expect(Tensor<Int>([1]).debugDescription == "Tensor<Int> [1]\n[1]")
  }

  @Test("elide the middle of large tensors")
  func elision() {
    let large = Tensor<Int>.arange(2000)
    #expect(large.description == "[   0,    1,    2, ..., 1997, 1998, 1999]")
    let lines = large.reshaped(to: [1000, 2]).description.split(separator: "\n")
    #expect(lines.count == 7 && lines[3] == " ...,")
    let html = Tensor<Float>.zeros(shape: [100, 50]).htmlTable()
    #expect(html.contains("Tensor&lt;Float&gt; 100 × 50") && html.contains("<th>…</th>"))
    #expect(html.split(separator: "<tr>").count == 15)
  }

  @Test("make HTML tables for every rank")
  func html() {
    let matrix = Tensor<Float>([[1, 2.5]]).htmlTable()
    #expect(matrix.contains("<td style=\"text-align:right\">2.5</td>"))
    #expect(Tensor(1.5).htmlTable().contains("scalar"))
    #expect(Tensor<Int>([7, 8]).htmlTable().contains(">8</td>"))
    let deep = Tensor<Int>.arange(40).reshaped(to: [5, 2, 2, 2]).htmlTable()
    #expect(deep.contains("[0, 1]") && deep.contains("… 7 more"))
    #expect(Tensor<Float>.zeros(shape: [0, 2]).htmlTable().contains("0 × 2"))
  }
}
