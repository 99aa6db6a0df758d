import Session
import Testing

@Suite("Directives' words, names and values")
struct DirectiveTests {
  @Test(
    "splits words at spaces outside quotation marks",
    arguments: [
      ("a b", ["a", "b"]), ("", []), ("'a b' c", ["a b", "c"]), ("\"a\\\"b\"", ["a\"b"]),
      ("a\\ b", ["a b"]), ("''", [""]), ("x'y z'", ["xy z"]), ("'a\\b'", ["a\\b"]),
    ])
  func words(text: String, expected: [String]) throws {
    #expect(try DirectiveWords.split(text) == expected)
  }

  @Test("says which quotation mark is not closed", arguments: ["'a", "a\"b c"])
  func unfinished(text: String) {
    #expect(throws: DirectiveWords.Unfinished.self) { try DirectiveWords.split(text) }
  }

  @Test(
    "counts insertions, deletions, replacements and swaps",
    arguments: [
      ("hepl", "help", 1), ("timit", "timeit", 1), ("", "abc", 3), ("who", "whos", 1),
      ("kitten", "sitting", 3), ("same", "same", 0),
    ])
  func distance(a: String, b: String, expected: Int) {
    #expect(DirectiveWords.editDistance(a, b) == expected)
    #expect(DirectiveWords.editDistance(b, a) == expected)
  }

  @Test("suggests nothing that is too far away")
  func nearest() {
    #expect(DirectiveWords.nearest(to: "hsitory", among: ["history", "help"]) == "history")
    #expect(DirectiveWords.nearest(to: "matplotlib", among: ["history", "help"]) == nil)
  }

  @Test(
    "finds the places for values",
    arguments: [
      ("a{x}b", [.text("a"), .value("x"), .text("b")]), ("{x.count}", [.value("x.count")]),
      ("${x}", [.text("${x}")]), ("{{x}}", [.text("{x}")]), ("{y}", [.text("{y}")]),
      ("{x", [.text("{x")]), ("{x y}", [.text("{x y}")]), ("{x.}", [.text("{x.}")]),
      ("{1x}", [.text("{1x}")]), ("{x}{x}", [.value("x"), .value("x")]), ("", []),
      ("{x}}", [.value("x"), .text("}")]),
    ] as [(String, [Interpolation.Piece])])
  func interpolation(text: String, expected: [Interpolation.Piece]) {
    #expect(Interpolation.pieces(of: text) { $0 == "x" } == expected)
  }

  @Test(
    "writes durations with three digits",
    arguments: [
      (1.234e-9, "1.23 ns"), (9.996e-6, "10 μs"), (0.01234, "12.3 ms"), (0.2, "200 ms"),
      (59.99, "60 s"), (61, "1 min 1 s"), (3725, "1 h 2 min 5 s"), (0, "0 ns"),
    ])
  func durations(seconds: Double, text: String) {
    #expect(TimeText.precise(seconds) == text)
  }

  @Test("tells mean, deviation and best of runs for one loop")
  func summary() {
    // Two runs of ten loops: 1 and 3 microseconds a loop.
    #expect(
      TimeText.summary(loops: 10, runs: [10_000, 30_000])
        == "2 μs ± 1 μs per loop (mean ± std. dev. of 2 runs, 10 loops each), best 1 μs")
    #expect(TimeText.grouped(1_234_567) == "1,234,567")
  }

  @Test("reads what packages are asked for")
  func packages() throws {
    let request = try PackageRequest(["path:../a", "url:https://h.example/Kit.git", "from:1.2.0"])
    #expect(
      request.sources == [
        .path("../a"), .url("https://h.example/Kit.git", requirement: "from: \"1.2.0\""),
      ])
    #expect(request.sources[1].identity == "kit")
    for words in [[], ["a"], ["url:x"], ["from:1"], ["path:"], ["path:a\"b"]] {
      #expect(throws: PackageRequest.Invalid.self) { try PackageRequest(words) }
    }
  }

  @Test("finds in a plan how a module's imports are compiled")
  func plan() {
    let plan = """
      commands:
          args: ["swiftc","-module-name","Other","-emit-module-path","x","-I","/no"]
          args: ["swiftc","-module-name","All","-emit-module-path","x","-I","/m","-O","-Xcc",
      """
    #expect(PackagePlan.importArguments(of: "All", in: plan) == nil)
    let whole =
      plan.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
      + "    args: [\"swiftc\",\"-module-name\",\"All\",\"-emit-module-path\",\"x\",\"-I\",\"/m\","
      + "\"-Xcc\",\"-fmodule-map-file=/c.modulemap\",\"-Xcc\",\"-I\",\"-Xcc\",\"/c\",\"-Xcc\",\"-g\"]"
    #expect(
      PackagePlan.importArguments(of: "All", in: whole) == [
        "-I", "/m", "-Xcc", "-fmodule-map-file=/c.modulemap", "-Xcc", "-I", "-Xcc", "/c",
      ])
  }
}
