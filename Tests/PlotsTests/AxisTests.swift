import JSONValues
import Plots
import Testing

@Suite("Axes of charts")
struct AxisTests {
  /// The texts below the horizontal axis, in order.
  private func labels(_ chart: Chart) -> [String] {
    let baseline = "y=\"\(chart.height - 15)\""
    let texts = chart.svg().split(separator: "<text ").filter { $0.contains(baseline) }
    return texts.map { text in
      String(text.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" })
    }
  }

  private func times(_ seconds: [Double]) -> [String] {
    let places = ChartValues.times(seconds)
    return labels(Chart.line(x: places, y: seconds.map { _ in 1.0 }))
  }

  @Test("puts ticks of dates at round times")
  func dates() {
    // 1 March 2024 is 1709251200.
    let march = 1_709_251_200.0
    #expect(times([march, march + 86_400]).prefix(3) == ["1 Mar", "03:00", "06:00"])
    #expect(times([march - 86_400, march + 86_400]).contains("29 Feb"))
    #expect(times([march, march + 10]).contains("00:00:04"))
    #expect(times([march, march + 400 * 86_400]).contains("2025"))
    #expect(times([-2_208_988_800, 946_684_800]).first == "1900")
    #expect(times([-2_208_988_800, 946_684_800]).last == "2000")
  }

  @Test(
    "puts ticks of numbers at round ones", arguments: [(0.0, 1.0), (-3, 17), (1e-7, 3e-7), (5, 5)])
  func numbers(low: Double, high: Double) {
    let specification = JSONValue(json: Chart.scatter(x: [low, high], y: [0, 1]).vegaLite)
    let ticks =
      specification?["layer"]?.array?[0]["encoding"]?["x"]?["axis"]?["values"]?.array ?? []
    let places = ticks.compactMap(\.double)
    #expect((2...12).contains(places.count))
    let steps = zip(places, places.dropFirst()).map { $1 - $0 }
    #expect(steps.allSatisfy { abs($0 - steps[0]) < abs(steps[0]) * 1e-6 })
  }

  @Test("says how many numbers a logarithmic axis leaves out")
  func logarithms() {
    let svg = Chart.line(y: [10, 0, -1, 1000]).scaled(y: .log).svg()
    #expect(svg.contains("2 y values not positive: not on the logarithmic axis"))
    #expect(!Chart.bar(["a"], [3.0]).scaled(y: .log).svg().contains("not positive"))
  }

  @Test("shows the chosen range only, cut off at its ends")
  func limits() {
    let chart = Chart.line(y: [0, 5, 10]).limited(y: 2...4)
    #expect(chart.svg().contains("<clipPath ") && chart.vegaLite.contains("\"clip\":true"))
    #expect(chart.vegaLite.contains("\"domain\":[2.0,4.0]"))
  }

  @Test("says that there is no data")
  func nothing() {
    for chart in [Chart.line(y: [Double]()), Chart.scatter(x: [Double.nan], y: [1])] {
      #expect(chart.svg().contains(">no data</text>") && chart.vegaLite.contains("no data"))
    }
  }
}
