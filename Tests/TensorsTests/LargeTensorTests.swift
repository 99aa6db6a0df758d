import Foundation
import Tensors
import Testing

/// Arrays whose positions need more than 32 bits, which take 2 GiB each; only where there is much more memory.
@Suite("large tensors", .serialized, .enabled(if: availableGibibytes() >= 16))
struct LargeTensorTests {
  private let count = 1 << 31 + 5

  @Test("positions beyond 32 bits are reached by every kind of operation")
  func positions() {
    var x = Tensor<Int8>.zeros(shape: [count])
    x[count - 2] = Tensor(7)
    x[count - 1] = Tensor(-3)
    #expect(x[-2].item() == 7)
    #expect(x.sum().item() == 4)
    #expect(x.max().item() == 7)
    let tail = x[(count - 4)..<count] as Tensor
    #expect(tail.contiguous().scalars == [0, 0, 7, -3])
    #expect(x.take([count - 2, 0, -1]).scalars == [7, 0, -3])
    let last = x[stride(from: 1, to: count, by: 1 << 30)] as Tensor
    #expect(last.shape == [3])
    // The last row of a matrix, by columns.
    let matrix = x[5...].reshaped(to: [2, 1 << 30])
    #expect((matrix.transposed()[-2] as Tensor).scalars == [0, 7])
    #expect(
      (matrix[0..., (1 << 30) - 3..<(1 << 30)] as Tensor).contiguous().scalars == [
        0, 0, 0, 0, 7, -3,
      ])
    #expect(x.description.hasSuffix(" 7, -3]"))
  }
}

/// What the system could give, in GiB; 0 where that is not known.
private func availableGibibytes() -> Int {
  let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
  let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
  return (line?.split(separator: " ").dropFirst().first).flatMap { Int($0) }.map { $0 >> 20 } ?? 0
}
