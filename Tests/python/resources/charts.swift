// Every kind of chart, and data that is hard to draw; the tests of charts run this as a cell.
struct Measurement {
  var epoch: Int
  var loss: Double
  var split: String
  var model: String
}

/// Numbers that look random but are always the same.
struct Noise {
  var state: UInt64 = 88_172_645_463_325_252
  mutating func next() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(state >> 11) / 9_007_199_254_740_992
  }
  /// About normal, by the sum of twelve.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + next() } }
}

struct Grid: ChartArray {
  var chartShape: [Int]
  var chartNumbers: [Double]
}

var noise = Noise()
var measurements: [Measurement] = []
for (number, model) in ["mlp", "cnn", "transformer"].enumerated() {
  for split in ["train", "test"] {
    for epoch in 0..<30 {
      let speed = 0.4 * Double(number + 1)
      let gap = split == "test" ? 0.15 : 0.02
      let loss = 2.3 / (1 + Double(epoch) * speed) + gap + 0.03 * noise.next()
      measurements.append(Measurement(epoch: epoch, loss: loss, split: split, model: model))
    }
  }
}
var samples: [(kind: String, width: Double, length: Double)] = []
for (number, kind) in ["setosa", "versicolor", "virginica"].enumerated() {
  for _ in 0..<60 {
    samples.append((kind, Double(number) * 1.5 + noise.normal(), noise.normal()))
  }
}
/// MATLAB's peaks: three hills and two valleys.
func height(_ x: Double, _ y: Double) -> Double {
  let (x2, y2) = (x * x, y * y)
  let first: Double = 3 * (1 - x) * (1 - x) * exponential(-x2 - (y + 1) * (y + 1))
  let cubic: Double = x / 5 - x * x2 - y * y2 * y2
  let second: Double = 10 * cubic * exponential(-x2 - y2)
  let third: Double = exponential(-(x + 1) * (x + 1) - y2) / 3
  return first - second - third
}
let hills: [[Double]] = (0..<40).map { (row: Int) -> [Double] in
  (0..<60).map { (column: Int) -> Double in
    height(Double(column - 30) / 10, Double(row - 20) / 10)
  }
}
func pixel(_ number: Int) -> Double {
  let (image, row, column) = (number / 64, number / 8 % 8, number % 8)
  return Double((row * column + image) % 17)
}
func shade(_ number: Int) -> Double {
  let (place, channel) = (number / 3, number % 3)
  return Double(place * (channel + 1) % 256)
}
func confused(_ row: Int, _ column: Int) -> Int { row == column ? 170 + row : row * column % 4 }
func exponential(_ x: Double) -> Double {
  // Enough for a picture: (1 + x/1024) to the 1024th power.
  var power = 1 + x / 1024
  for _ in 0..<10 { power *= power }
  return x < -700 ? 0 : power
}
var walk: [Double] = [0]
for step in 1..<100_000 {
  walk.append(walk[step - 1] + noise.normal() + (step == 50_000 ? 400 : 0))
}
let day = 86_400.0
let months = ["January", "February", "March", "April", "May", "June"]

var gallery: [String: Chart] = [:]
gallery["line"] = Chart(
  measurements.filter { $0.model == "cnn" }, x: \.epoch, y: \.loss, color: \.split
).line().titled("Training of a CNN")
gallery["line-log"] = Chart(measurements.filter { $0.split == "test" })
  .line(x: \Measurement.epoch, y: \.loss, color: \.model).scaled(y: .log)
gallery["facets"] = Chart(measurements).line(x: "epoch", y: "loss", color: "split")
  .facet(by: "model").rule(y: 0.25).titled("Loss by model")
gallery["scatter"] = Chart(samples, x: { $0.width }, y: { $0.length }, color: { $0.kind })
  .scatter().labeled(x: "width in cm", y: "length in cm").titled("Irises")
gallery["scatter-values"] = Chart.scatter(
  x: samples.map(\.width), y: samples.map(\.length), value: samples.map { $0.width * $0.length })
gallery["bar"] = Chart.bar(
  ["mlp", "cnn", "transformer"], [0.962, 0.987, 0.991], title: "Accuracy", y: "accuracy")
gallery["bar-grouped"] = Chart.bar(
  months, ["2024": [3.0, 4, 5, 3, 2, 6], "2025": [4.0, 4.5, 3, 6, 7, 5.5]], title: "Rain",
  y: "mm")
gallery["bar-stacked"] = Chart([
  "month": months + months, "mm": [3, 4, 5, 3, 2, 6, 4, 4.5, 3, -2, 7, 5.5],
  "kind": [String](repeating: "rain", count: 6) + [String](repeating: "snow", count: 6),
]).bar(x: "month", y: "mm", color: "kind").titled("With a negative one")
gallery["bar-horizontal"] = Chart.bar(
  x: [12.0, 7, -3.5, 22],
  y: ["a rather long name of a thing", "short", "negative", "the longest name of all things here"])
gallery["bar-many"] = Chart.bar(
  (0..<60).map { "category number \($0)" }, (0..<60).map { Double(($0 * 37) % 23) })
gallery["bar-negative"] = Chart.bar(["a", "b", "c", "d"], [1.0, -2, .nan, 3])
gallery["histogram"] = Chart.histogram(
  (0..<2000).map { _ in noise.normal() }, bins: 30, title: "Normal", x: "x")
gallery["histogram-layered"] = Chart(samples).histogram(x: "width", color: "kind", bins: 20)
gallery["box"] = Chart(samples).box(x: "kind", y: "width").titled("Widths")
gallery["box-grouped"] = Chart(
  samples, x: { $0.kind }, y: { $0.width }, color: { $0.length > 0 ? "long" : "short" }
).box()
gallery["heatmap"] = Chart.heatmap(
  (0..<6).map { row in (0..<8).map { Double(row * $0) - 8.123 } }, title: "Products",
  x: "column", y: "row"
).colored(.redBlue)
gallery["heatmap-large"] = Chart.heatmap(hills, title: "Hills").colored(.viridis)
gallery["heatmap-words"] = Chart.heatmap(
  (0..<5).map { row in (0..<5).map { 1 / Double(1 + abs(row - $0)) } },
  rows: ["the", "cat", "saw", "the", "dog"], columns: ["the", "cat", "saw", "the", "dog"],
  title: "Attention")
gallery["confusion"] = Chart.confusionMatrix(
  (0..<10).map { row in (0..<10).map { confused(row, $0) } },
  labels: (0..<10).map { "\($0)" })
gallery["contour"] = Chart.contour(
  hills, x: (0..<60).map { Double($0 - 30) / 10 }, y: (0..<40).map { Double($0 - 20) / 10 },
  title: "Hills"
).layer(Chart.scatter(x: [0, 1, -1.5], y: [0, 1, 0.5]).colored(["#ffffff"]))
gallery["contour-lines"] = Chart.contour(hills, filled: false)
gallery["images"] = Chart.images(
  Grid(
    chartShape: [10, 8, 8],
    chartNumbers: (0..<640).map(pixel)),
  captions: (0..<10).map { "digit \($0)" }, columns: 5, title: "Digits")
gallery["images-colour"] = Chart.images(
  Grid(
    chartShape: [2, 32, 48, 3],
    chartNumbers: (0..<(2 * 32 * 48 * 3)).map(shade)))
let years: [Int] = Array(2000..<2020)
let new = years.map { Double(($0 - 2000) * ($0 - 2000)) }
let old = years.map { Double(20 * ($0 - 2000)) }
let twice = years + years
let kinds = years.map { _ in "new" } + years.map { _ in "old" }
let users = new + old
gallery["area"] = Chart(["year": twice, "users": users, "kind": kinds])
  .area(x: "year", y: "users", color: "kind")
gallery["band"] = Chart.band(
  low: (0..<20).map { Double($0) - 2 }, high: (0..<20).map { Double($0) + 3 }, name: "spread"
).layer(Chart.line(y: (0..<20).map { Double($0) + 0.5 }, name: "mean"))
gallery["error-bars"] = Chart.errorBars(x: ["a", "b", "c"], low: [1, 2, 3], high: [2, 4, 3.5])
  .layer(Chart.scatter(x: ["a", "b", "c"], y: [1.5, 3, 3.25]))
gallery["layers"] = Chart.scatter(x: samples.map(\.width), y: samples.map(\.length), name: "data")
  .layer(Chart.line(x: [-2, 6], y: [-2, 2], name: "fit"))
  .layer(Chart.text(x: [5], y: [2.2], text: ["y = x/2 − 1"])).rule(x: 2, name: "mean")
gallery["dates"] = Chart([
  "day": ChartValues.times((0..<200).map { 1_700_000_000 + Double($0) * day }),
  "value": Array(walk.prefix(200)),
]).line(x: "day", y: "value")
gallery["hours"] = Chart([
  "time": ChartValues.times((0..<50).map { 1_700_000_000 + Double($0) * 1800 }),
  "value": Array(walk.prefix(50)),
]).scatter(x: "time", y: "value")
gallery["many-points"] = Chart.line(y: walk)
let cloud = (0..<200_000).map { _ in noise.normal() }
gallery["many-dots"] = Chart.scatter(x: cloud.prefix(100_000), y: cloud.suffix(100_000))
gallery["many-series"] = Chart.line(
  (0..<26).map { number in
    Series("series \(number)", y: (0..<10).map { Double($0 * number) })
  })
// What is hard to draw.
gallery["empty"] = Chart.line(y: [Double]())
gallery["nan-only"] = Chart.line(y: [Double.nan, .nan], name: "nothing")
gallery["one-point"] = Chart.line(y: [5])
gallery["constant"] = Chart.line(y: [3, 3, 3, 3])
gallery["gaps"] = Chart.line(y: [1, 2, .nan, 4, .infinity, 3, .nan, 2, 2.5])
gallery["log-negative"] = Chart.line(y: [100, -1, 0, 10, 1000]).scaled(y: .log)
gallery["huge"] = Chart.line(y: [-1e300, 2e300, 1e308])
gallery["tiny-steps"] = Chart.line(y: [1e9, 1e9 + 1, 1e9 + 0.5])
gallery["markup"] = Chart.bar(
  ["<script>alert(1)</script>", "\"quoted\" & 'more'"], [1.0, 2],
  title: "<img src=x onerror=alert(1)> </script> title", x: "]]> &amp;", y: "<b>bold</b>")
gallery["no-bars"] = Chart.bar([String](), [Double]())
gallery["limited"] = Chart.line(y: (0..<20).map { Double($0 * $0) }).limited(x: 2...8, y: 0...50)
