import Cells
import Testing

@Suite("DeclarationPlace")
struct DeclarationPlaceTests {
  private let source = """
    import Glibc

    /// Sums.
    func sum(_ a: Int, by b: Int) -> Int { a + b }
    func sum(of list: [Int]) -> Int { 0 }
    struct Outer {
      /// A side.
      var side = 1
      struct Inner { var side = 2; init(side: Int) {} }
      subscript(index: Int) -> Int { index }
    }
    let (left, right) = (1, 2)
    enum Kind { case one(Int), two }
    extension Outer { func added() {} }
    typealias Pair = (Int, Int)
    """

  @Test(
    "finds the line of a declaration at any depth",
    arguments: [
      ("sum(_:by:)", "", 4), ("sum(of:)", "", 5), ("Outer", "", 6), ("right", "", 12),
      ("side", "s:6Cell_15OuterV4sideSivp", 8), ("side", "s:6Cell_15OuterV5InnerV4sideSivp", 9),
      ("init(side:)", "", 9), ("subscript(_:)", "", 10), ("one(_:)", "", 13), ("two", "", 13),
      ("added()", "s:6Cell_15OuterV5addedyyF", 14), ("Pair", "", 15), ("sum", "", 4),
    ])
  func lines(name: String, identifier: String, line: Int) throws {
    let place = try #require(DeclarationPlace(of: name, identifier: identifier, in: source))
    #expect(place.line == line)
  }

  @Test("gives the source with its documentation comment")
  func text() throws {
    let place = try #require(DeclarationPlace(of: "sum(_:by:)", identifier: "", in: source))
    #expect(place.source == "/// Sums.\nfunc sum(_ a: Int, by b: Int) -> Int { a + b }")
  }

  @Test("knows nothing of other names", arguments: ["absent", "sum(of:with:)", "", "a"])
  func unknown(name: String) {
    #expect(DeclarationPlace(of: name, identifier: "", in: source) == nil)
  }
}
