import Tensors
import Testing

/// Cells are written like this, so it must compile without annotations.
@Suite("A notebook cell")
struct NotebookCellTests {
  @Test("classifies digits in the words of the guide")
  func digits() throws {
    let text = (0..<8).map { row in
      (0..<64).map { "\((row * 7 + $0 * 3) % 17)" }.joined(separator: ",") + ",\(row % 4)"
    }.joined(separator: "\n")
    let data = try CSV.parse(text).values
    let x = data[0..., 0..<64] / 16
    let y = Tensor<Int32>(data[0..., 64])
    let w = Tensor<Float>.eye(64, columns: 4)
    let b = Tensor<Float>.zeros(shape: [4])
    let logits = matmul(x, w) + b
    let p = softmax(logits, axis: 1)
    let accuracy = (argmax(logits, axis: 1) .== y).mean()
    #expect(p.shape == [8, 4])
    #expect(abs(p.sum(axis: 1) - 1).max().item() < 1e-6)
    #expect(accuracy.item() >= 0 && accuracy.item() <= 1)
    print(p, accuracy)
    let loss = -(logSoftmax(logits, axis: 1) * Tensor<Float>.oneHot(y, classes: 4)).sum(axis: 1)
      .mean()
    var z = x
    let first = x[scalar: 0, 0]
    z[0, 1] = 5
    z[scalar: 1, 1] = first
    z[2, 0...2] = [1, 2, 3]
    z[3] = z[2] * 2
    z[0..., 3] += 1
    z[z .< 0.5] = 0
    #expect(z[scalar: 0, 1] == 5)
    #expect((z[0..., 3] .>= 0.5).all().item())
    let v = z[0]
    print(v, loss)
    let normal = (x - x.mean(axis: 0)) / (x.standardDeviation(axis: 0) + 1e-8)
    #expect(normal.shape == [8, 64])
  }
}
