import JSONValues
import Plots
import Testing

/// The rows of a specification's layers.
func rows(_ chart: Chart, layer: Int = 0) -> [JSONValue] {
  let specification = JSONValue(json: chart.vegaLite)
  return specification?["layer"]?.array?[layer]["data"]?["values"]?.array ?? []
}

@Suite("Data of charts")
struct ChartDataTests {
  struct Point {
    var epoch: Int
    var loss: Float?
    var split: Split
    var percent: Double { Double(loss ?? 0) * 100 }
    enum Split { case train, test }
  }

  let points = [
    Point(epoch: 1, loss: 0.5, split: .train), Point(epoch: 2, loss: nil, split: .test),
    Point(epoch: 3, loss: 0.25, split: .train),
  ]

  @Test("takes columns by key paths, names and closures alike")
  func columns() {
    let byPaths = Chart(points, x: \.epoch, y: \.loss, color: \.split).line()
    let byNames = Chart(points).line(x: "epoch", y: "loss", color: "split")
    let byRoot = Chart(points).line(x: \Point.epoch, y: \.loss, color: \.split)
    #expect(byPaths.content(of: "series") == ["train", "train", "test"])
    #expect(byPaths.vegaLite == byNames.vegaLite && byPaths.vegaLite == byRoot.vegaLite)
    #expect(byPaths.xTitle == "epoch" && byPaths.yTitle == "loss")
    let computed = Chart(points, x: { $0.epoch }, y: { $0.percent }).line()
    #expect(rows(computed).map { $0["y"]?.double } == [50, 0, 25])
    // A missing number is a gap.
    #expect(rows(byPaths).last?["y"] == .null)
  }

  @Test("takes tuples, dictionaries, ranges, slices, truth values and plain numbers")
  func otherRows() {
    let tuples = [(name: "a", size: 1), (name: "b", size: 2)]
    #expect(rows(Chart(tuples).bar(x: "name", y: "size")).count == 2)
    let dictionaries: [[String: Double]] = [["x": 1, "y": 2], ["x": 2]]
    #expect(rows(Chart(dictionaries).scatter(x: "x", y: "y")).map { $0["y"] } == [2, .null])
    let mixed = Chart(["at": 1...3, "low": [1.5, 2, 3].dropLast(0), "good": [true, false, true]])
    #expect(rows(mixed.scatter(x: "at", y: "low", color: "good")).first?["series"] == "true")
    #expect(rows(Chart([3.0, 1, 2]).line()).map { $0["x"]?.int } == [0, 1, 2])
  }

  @Test("keeps facets' axes and colours together, and other charts' layers in all of them")
  func facets() {
    let chart = Chart(points).scatter(x: "epoch", y: "epoch", color: "split").facet(by: "split")
      .layer(Chart.line(y: [0, 10], name: "guide")).rule(y: 4)
    let panels = JSONValue(json: chart.vegaLite)?["concat"]?.array ?? []
    #expect(panels.map { $0["title"] } == ["train", "test"])
    let counts = panels.map { $0["layer"]?.array?.map { $0["data"]?["values"]?.array?.count } }
    #expect(counts == [[2, 2, 1], [1, 2, 1]])
    let domains = panels.map { $0["layer"]?.array?[0]["encoding"]?["x"]?["scale"]?["domain"] }
    #expect(domains[0] == domains[1])
    #expect(chart.svg().contains(">train</text>"))
  }

  @Test("adds up bars of one name and colour, and stacks positive and negative ones apart")
  func stacking() {
    let chart = Chart.bar(
      x: ["a", "a", "a", "b"], y: [1, 2, -4, 5], color: ["s", "s", "t", "s"])
    let ends = rows(chart).map { [$0["low"]?.double, $0["high"]?.double] }
    #expect(ends == [[0, 3], [-4, 0], [0, 5]])
    let shares = rows(
      Chart.bar(
        x: ["a", "a", "b", "b"], y: [1, 3, 0, 0], color: ["s", "t", "s", "t"],
        stacking: .normalized))
    #expect(shares.map { $0["high"]?.double } == [0.25, 1, nil, nil])
  }

  @Test("finds Tukey's boxes, whiskers and outliers")
  func boxes() {
    // Quartiles 2.25 and 6.75 of 0 to 9; the reach ends at 13.5.
    let chart = Chart.box(["a": (0..<9).map { Double($0) } + [9, .nan], "b": [5.0, 100, 5, 5, 5]])
    let boxes = rows(chart)
    #expect(
      boxes[0]["first quartile"]?.double == 2.25 && boxes[0]["third quartile"]?.double == 6.75)
    #expect(boxes[0]["median"]?.double == 4.5 && boxes[0]["count"]?.int == 10)
    #expect(boxes[0]["low"]?.int == 0 && boxes[0]["high"]?.int == 9)
    #expect(rows(chart, layer: 4).map { $0["y"]?.int } == [100])
    #expect(boxes[1]["high"]?.int == 5)
  }

  @Test("thins out long lines with their extremes, and says so")
  func thinning() {
    var values = (0..<50_000).map { Double($0 % 7) }
    values[31_234] = 99
    values[17_777] = .nan
    let chart = Chart.line(y: values)
    let kept = rows(chart)
    #expect(kept.count <= 3000 && kept.count > 2000)
    #expect(kept.contains { $0["y"]?.int == 99 } && kept.contains { $0["y"] == .null })
    #expect(chart.svg().contains("50,000 points, thinned out to "))
    let cloud = Chart.scatter(x: 0..<20_000, y: 0..<20_000)
    #expect(rows(cloud).count == 5000 && cloud.vegaLite.contains("5,000 of 20,000 points"))
    #expect(cloud.vegaLite == cloud.vegaLite)
  }

  @Test("joins contours into closed rings, larger ones first")
  func contours() {
    let hill: [[Double]] = [
      [0, 0, 0, 0, 0], [0, 1, 1, 1, 0], [0, 1, 3, 1, 0], [0, 1, 1, 1, 0], [0, 0, 0, 0, 0],
    ]
    let filled = rows(Chart.contour(hill, levels: [0.5, 2]))
    let rings = Set(filled.compactMap { $0["ring"]?.int })
    #expect(rings == [0, 1, 2])
    // The lowest region is the whole grid.
    let whole = filled.filter { $0["ring"]?.int == 0 }.compactMap { $0["x"]?.double }
    #expect(whole.min() == 0 && whole.max() == 4)
    // Half-way between 0 and 1 along the middle row.
    let middle = filled.filter { $0["ring"]?.int == 1 && $0["y"]?.double == 2 }
    #expect(middle.compactMap { $0["x"]?.double }.sorted() == [0.5, 3.5])
    #expect(rows(Chart.contour([[1.0, 1], [1, 1]])).allSatisfy { $0["value"]?.double == 1 })
    // A line that ends at the border is open there.
    let slope = (0..<3).map { _ in [0.0, 1, 2] }
    let line = rows(Chart.contour(slope, levels: [0.5], filled: false))
    #expect(line.allSatisfy { $0["x"]?.double == 0.5 } && line.count >= 2)
  }
}

extension Chart {
  /// The texts of one member of all rows.
  func content(of member: String) -> [String] { rows(self).compactMap { $0[member]?.string } }
}
