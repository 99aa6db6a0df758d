import Tensors
import Testing

@Suite("Sorting")
struct SortingTests {
  /// Rows that quicksort, networks of every length and radix meet differently.
  private static func rows<Scalar: FixedWidthInteger>(of count: Int, as type: Scalar.Type) -> [(
    name: String, row: [Scalar]
  )] {
    var state: UInt64 = 88_172_645_463_325_252
    let drawn = (0..<count).map { _ -> Scalar in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Scalar(truncatingIfNeeded: state)
    }
    return [
      ("drawn", drawn), ("ascending", drawn.sorted()), ("descending", drawn.sorted(by: >)),
      ("of three values", drawn.map { $0 & 1 == 0 ? .max : $0 & 2 == 0 ? .min : 0 }),
      ("all the least", drawn.map { _ in .min }), ("all the largest", drawn.map { _ in .max }),
      (
        "of two slopes",
        Array(drawn[..<(count / 2)]).sorted() + Array(drawn[(count / 2)...]).sorted(by: >)
      ),
      ("mostly equal", drawn.map { $0 & 63 == 0 ? $0 : 7 }),
    ]
  }

  private static let counts =
    Array(0...70) + [
      127, 128, 129, 255, 256, 257, 300, 511, 513, 700, 4_095, 4_097, 20_011, 150_001,
    ]

  private func check<Scalar: RealTensorScalar & FixedWidthInteger>(_ type: Scalar.Type) {
    for count in Self.counts {
      for (name, row) in Self.rows(of: count, as: type) {
        #expect(Tensor(row).sorted().scalars == row.sorted(), "\(count) of \(type), \(name)")
      }
    }
  }

  @Test("puts keys of 32 bits in order, however long the row and whatever is in it")
  func words() {
    check(Int32.self)
    check(UInt32.self)
  }

  @Test("puts keys of 64 bits in order")
  func longWords() {
    check(Int64.self)
    check(UInt64.self)
  }

  @Test("keeps every float and puts NaN last, as NumPy does")
  func floats() {
    for count in Self.counts where count > 3 {
      var row = Self.rows(of: count, as: Int32.self)[0].row.map(Double.init)
      row[count / 2] = .nan
      row[0] = .infinity
      row[count - 1] = -.infinity
      row[1] = -0.0
      let ordered = row.filter { !$0.isNaN }.sorted()
      let doubles = Tensor(row).sorted().scalars
      #expect(
        doubles.dropLast().elementsEqual(ordered) && doubles.last?.isNaN == true, "\(count) doubles"
      )
      let floats = Tensor(row.map(Float.init)).sorted().scalars
      #expect(
        floats.dropLast().elementsEqual(ordered.map(Float.init)) && floats.last?.isNaN == true,
        "\(count) floats")
    }
  }

  @Test("sorts each of many rows")
  func rows() {
    let row = Self.rows(of: 60_000, as: Int32.self)[0].row
    let rows = Tensor(row).reshaped(to: [600, 100]).sorted(axis: 1)
    for (index, start) in stride(from: 0, to: row.count, by: 100).enumerated() {
      #expect(rows[index].scalars == row[start..<(start + 100)].sorted())
    }
  }
}
