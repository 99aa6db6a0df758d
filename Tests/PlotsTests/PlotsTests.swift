import Plots
import Testing

@Suite("Chart")
struct ChartTests {
  let loss = Chart.line(
    [Series("train", y: [2, 1, 0.5]), Series("test <&>", x: [0, 1, 2], y: [2.5, .nan, 1.0])],
    title: "Loss", x: "epoch", y: "loss")

  @Test("writes Vega-Lite with sorted names, and null for NaN and infinity")
  func vegaLite() {
    let text = loss.vegaLite
    #expect(text.contains("\"$schema\":\"https://vega.github.io/schema/vega-lite/v5.json\""))
    #expect(text.contains("{\"series\":\"test \\u003c&>\",\"x\":1,\"y\":null}"))
    #expect(text.contains("{\"series\":\"train\",\"x\":2,\"y\":0.5}"))
    #expect(text.contains("\"title\":\"epoch\"") && !text.contains("nan"))
    let wild = Chart.scatter([Series("a", x: [1.0, .infinity], y: [1.0, 2])])
    #expect(wild.vegaLite.contains("{\"series\":\"a\",\"x\":null,\"y\":2}"))
    let log = Chart.line([Series("a", y: [0.0, 10])], yScale: .log)
    #expect(
      log.vegaLite.contains("\"type\":\"log\"") && log.vegaLite.contains("\"x\":0,\"y\":null"))
    #expect(log.vegaLite == log.vegaLite)
  }

  @Test("draws lines that a NaN interrupts, with a legend and escaped names")
  func lines() {
    let svg = loss.svg()
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("test &lt;&amp;&gt;") && !svg.contains("<&>"))
    // One line of three points and two of the legend; the interrupted series leaves two dots.
    #expect(svg.split(separator: "<polyline").count - 1 == 3)
    #expect(svg.split(separator: "<circle").count - 1 == 2)
    #expect(svg.contains(">epoch<") && svg.contains(">loss<") && svg.contains(">Loss<"))
    #expect(!svg.contains("nan") && !svg.contains("href"))
  }

  @Test("draws logarithmic axes by powers of ten")
  func logarithms() {
    let svg = Chart.line([Series("a", y: [0.001, 0.0, 100])], yScale: .log).svg()
    for label in ["0.001", "0.01", "0.1", "1", "10", "100"] {
      #expect(svg.contains(">\(label)</text>"))
    }
  }

  @Test("draws a bar for each value, also below zero")
  func bars() {
    let chart = Chart.bar(["a", "b", "c"], [1.0, -2, .nan], title: "B")
    #expect(chart.svg().split(separator: "fill=\"#0072b2\"").count - 1 == 2)
    #expect(
      chart.vegaLite.contains(
        "\"name\":\"c\",\"series\":null,\"value\":null}"))
  }

  @Test("counts every finite value of a histogram once")
  func histogram() {
    let text = Chart.histogram([0.0, 0.1, 0.5, 1.0, .nan, .infinity], bins: 2).vegaLite
    #expect(
      text.contains("\"end\":0.5,\"high\":2,\"low\":0,\"series\":null,\"start\":0,\"value\":2}"))
    #expect(
      text.contains("\"end\":1,\"high\":2,\"low\":0,\"series\":null,\"start\":0.5,\"value\":2}"))
    #expect(Chart.histogram([Float](), bins: 3).svg().contains("</svg>"))
    #expect(Chart.histogram([3.0, 3, 3], bins: 1).vegaLite.contains("\"value\":3"))
    #expect(Chart.histogram([-1e308, 1e308], bins: 4).vegaLite.contains("\"value\":1"))
  }

  @Test("writes counts on the cells of a confusion matrix")
  func confusion() {
    let chart = Chart.confusionMatrix([[50, 2], [1, 1234]], labels: ["cat", "dog"])
    let svg = chart.svg()
    for text in ["50", "2", "1", "1234", "cat", "dog", "predicted", "true"] {
      #expect(svg.contains(">\(text)</text>"))
    }
    #expect(
      chart.vegaLite.contains("{\"column\":\"dog\",\"isDark\":false,\"row\":\"cat\",\"value\":2}"))
    let heat = Chart.heatmap([[0.12345, .nan]], columns: ["a", "b"]).svg()
    #expect(heat.contains(">0.123</text>") && heat.contains("#cccccc"))
  }

  @Test("draws empty and single-valued charts without nonsense numbers")
  func edges() {
    let charts = [
      Chart.line([]), Chart.line([Series("a", y: [Double.nan])]),
      Chart.scatter([Series("a", y: [5.0])]),
      Chart.bar([], [Double]()), Chart.bar(["z"], [0.0]), Chart.heatmap([[Double]]()),
      Chart.line([Series("a", y: [1e-300, 1e300])], yScale: .log),
      Chart.line([Series("a", y: [-1e300, 1e300])]), Chart.line([Series("a", y: [1e9, 1e9 + 1])]),
    ]
    for chart in charts {
      let svg = chart.svg()
      #expect(svg.hasSuffix("</svg>\n") && !svg.contains("nan") && !svg.contains("inf"))
    }
  }

  @Test("stops when counts of names and values differ")
  func mistakes() async {
    await #expect(processExitsWith: .failure) { _ = Chart.bar(["a"], [1.0, 2]) }
    await #expect(processExitsWith: .failure) { _ = Series("a", x: [1.0], y: [1.0, 2]) }
    await #expect(processExitsWith: .failure) { _ = Chart.confusionMatrix([[1, 2], [3]]) }
    await #expect(processExitsWith: .failure) { _ = Chart.histogram([1.0], bins: 0) }
  }
}
