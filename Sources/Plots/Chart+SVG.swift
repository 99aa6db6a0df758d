extension Chart {
  /// Returns a drawing of the chart that needs no scripts, styles or network.
  ///
  /// Its media type is `image/svg+xml`.
  public func svg() -> String {
    var drawing = Drawing(self)
    drawing.draw()
    return drawing.canvas.document(title: title)
  }
}

/// Draws one chart.
private struct Drawing {
  private let chart: Chart
  var canvas: SVGCanvas
  /// The edges of the area inside the axes.
  private var left = 64.0
  private var right: Double
  private var top = 20.0
  private var bottom: Double

  init(_ chart: Chart) {
    self.chart = chart
    canvas = SVGCanvas(width: chart.width, height: chart.height)
    right = Double(chart.width) - 20
    bottom = Double(chart.height) - (chart.xTitle.isEmpty ? 36 : 52)
    if !chart.title.isEmpty { top = 44 }
  }

  mutating func draw() {
    switch chart.content {
    case .line(let series): drawPoints(series, areLines: true)
    case .scatter(let series): drawPoints(series, areLines: false)
    case .bar(let labels, let values): drawBars(labels, values)
    case .histogram(let edges, let counts): drawHistogram(edges, counts)
    case .heatmap(let map): drawHeatmap(map)
    }
    if !chart.title.isEmpty {
      canvas.text(
        chart.title, Double(chart.width) / 2, 26, size: 16, anchor: .middle, colour: "#111111",
        isBold: true)
    }
  }

  // MARK: Axes

  private func x(_ part: Double) -> Double { left + part * (right - left) }
  private func y(_ part: Double) -> Double { bottom - part * (bottom - top) }

  /// Makes room for the labels of a vertical axis.
  private mutating func fit(_ labels: [String]) {
    let widest = labels.map { SVGCanvas.width(of: $0) }.max() ?? 0
    left = min(widest + (chart.yTitle.isEmpty ? 20 : 42), Double(chart.width) * 0.4)
  }

  private mutating func drawTitles() {
    if !chart.xTitle.isEmpty {
      canvas.text(
        chart.xTitle, (left + right) / 2, Double(chart.height) - 12, size: 13, anchor: .middle)
    }
    if !chart.yTitle.isEmpty {
      canvas.text(chart.yTitle, 18, (top + bottom) / 2, size: 13, anchor: .middle, rotation: -90)
    }
  }

  private mutating func drawVerticalAxis(_ axis: Axis) {
    for tick in axis.ticks {
      guard let part = axis.position(tick.value) else { continue }
      canvas.line(left, y(part), right, y(part), colour: "#e3e3e3")
      canvas.text(tick.label, left - 8, y(part) + 4, anchor: .end)
    }
    canvas.line(left, top, left, bottom, colour: "#888888")
  }

  private mutating func drawHorizontalAxis(_ axis: Axis, hasGrid: Bool) {
    var free = -Double.infinity
    for tick in axis.ticks.sorted(by: { $0.value < $1.value }) {
      guard let part = axis.position(tick.value) else { continue }
      if hasGrid { canvas.line(x(part), top, x(part), bottom, colour: "#f0f0f0") }
      canvas.line(x(part), bottom, x(part), bottom + 5, colour: "#888888")
      let half = SVGCanvas.width(of: tick.label) / 2
      guard x(part) - half > free else { continue }
      canvas.text(tick.label, x(part), bottom + 19, anchor: .middle)
      free = x(part) + half + 6
    }
    canvas.line(left, bottom, right, bottom, colour: "#888888")
  }

  /// Labels evenly spread places, slanting them where they are too long and leaving some out where they are too many.
  private mutating func drawNames(_ names: [String]) {
    guard !names.isEmpty else { return }
    let space = (right - left) / Double(names.count)
    let slants = names.contains { SVGCanvas.width(of: $0) > space - 4 }
    let every = max(1, Int((16 / space).rounded(.up)))
    for (number, name) in names.enumerated() where number % every == 0 {
      let middle = left + (Double(number) + 0.5) * space
      if slants {
        canvas.text(
          SVGCanvas.cut(name, to: 14), middle + 4, bottom + 14, anchor: .end, rotation: -35)
      } else {
        canvas.text(name, middle, bottom + 19, anchor: .middle)
      }
    }
  }

  /// Makes room below for slanting names.
  private mutating func fit(names: [String]) {
    guard !names.isEmpty else { return }
    let space = (right - left) / Double(names.count)
    guard names.contains(where: { SVGCanvas.width(of: $0) > space - 4 }) else { return }
    let longest = names.map { min($0.count, 14) }.max() ?? 0
    bottom -= SVGCanvas.width(of: String(repeating: "m", count: longest)) * 0.57
  }

  // MARK: Lines and points

  private mutating func drawPoints(_ series: [Series], areLines: Bool) {
    let pairs = series.flatMap { zip($0.x, $0.y) }.filter { $0.isFinite && $1.isFinite }
    let padding = areLines ? 0 : 0.04
    let vertical = Axis(pairs.map(\.1), scale: chart.yScale, padding: padding)
    let horizontal = Axis(
      pairs.map(\.0), scale: chart.xScale,
      padding: areLines && chart.xScale == .linear ? 1e-6 : padding)
    fit(vertical.ticks.map(\.label))
    if series.count > 1 {
      let names = series.map { SVGCanvas.cut($0.name, to: 24) }
      right -= 44 + (names.map { SVGCanvas.width(of: $0) }.max() ?? 0)
    }
    drawVerticalAxis(vertical)
    drawHorizontalAxis(horizontal, hasGrid: true)
    drawTitles()
    for (number, line) in series.enumerated() {
      let colour = Palette.series[number % Palette.series.count]
      let dash = number < Palette.series.count ? "" : "6 3"
      var run: [(x: Double, y: Double)] = []
      for (px, py) in zip(line.x, line.y) {
        guard let h = horizontal.position(px), let v = vertical.position(py) else {
          drawRun(&run, colour, dash)
          continue
        }
        if areLines {
          run.append((x(h), y(v)))
        } else {
          canvas.circle(x(h), y(v), radius: 3.5, fill: colour)
        }
      }
      drawRun(&run, colour, dash)
      guard series.count > 1 else { continue }
      let height = top + 10 + Double(number) * 20
      if areLines {
        canvas.polyline([(right + 14, height), (right + 34, height)], colour: colour, dash: dash)
      } else {
        canvas.circle(right + 24, height, radius: 4, fill: colour)
      }
      canvas.text(SVGCanvas.cut(line.name, to: 24), right + 40, height + 4)
    }
  }

  private mutating func drawRun(
    _ run: inout [(x: Double, y: Double)], _ colour: String, _ dash: String
  ) {
    if run.count == 1 { canvas.circle(run[0].x, run[0].y, radius: 3, fill: colour) }
    if run.count > 1 { canvas.polyline(run, colour: colour, dash: dash) }
    run = []
  }

  // MARK: Bars

  private mutating func drawBars(_ labels: [String], _ values: [Double]) {
    let axis = Axis(values, includesZero: true)
    fit(axis.ticks.map(\.label))
    fit(names: labels)
    drawVerticalAxis(axis)
    let space = (right - left) / Double(max(labels.count, 1))
    let zero = y(axis.position(0) ?? 0)
    for (number, value) in values.enumerated() {
      guard let part = axis.position(value) else { continue }
      canvas.rectangle(
        left + (Double(number) + 0.12) * space, min(y(part), zero), space * 0.76,
        abs(y(part) - zero), fill: Palette.series[0])
    }
    canvas.line(left, zero, right, zero, colour: "#888888")
    drawNames(labels)
    drawTitles()
  }

  private mutating func drawHistogram(_ edges: [Double], _ counts: [Int]) {
    let vertical = Axis(counts.map { Double($0) }, includesZero: true)
    let horizontal = Axis(edges, padding: 1e-6)
    fit(vertical.ticks.map(\.label))
    drawVerticalAxis(vertical)
    for (number, count) in counts.enumerated() {
      guard let start = horizontal.position(edges[number]),
        let end = horizontal.position(edges[number + 1]),
        let part = vertical.position(Double(count)), count > 0
      else { continue }
      canvas.rectangle(
        x(start), y(part), x(end) - x(start), bottom - y(part), fill: Palette.series[0],
        stroke: "#ffffff")
    }
    drawHorizontalAxis(horizontal, hasGrid: false)
    drawTitles()
  }

  // MARK: Heat maps

  private mutating func drawHeatmap(_ map: Chart.Heatmap) {
    let rows = map.rows.map { SVGCanvas.cut($0, to: 18) }
    fit(rows)
    right -= 60
    fit(names: map.columns)
    let finite = map.values.joined().filter(\.isFinite)
    let (low, high) = (
      map.areCounts ? min(finite.min() ?? 0, 0) : finite.min() ?? 0, finite.max() ?? 1
    )
    let width = (right - left) / Double(max(map.columns.count, 1))
    let height = (bottom - top) / Double(max(rows.count, 1))
    for (row, values) in map.values.enumerated() {
      for (column, value) in values.enumerated() {
        let part = high > low ? (value - low) / (high - low) : 0.5
        let shade = value.isFinite ? Palette.heat(part) : (colour: "#cccccc", isDark: false)
        let (cellLeft, cellTop) = (left + Double(column) * width, top + Double(row) * height)
        canvas.rectangle(cellLeft, cellTop, width, height, fill: shade.colour, stroke: "#ffffff")
        let text =
          map.areCounts && value.isFinite
          ? NumberLabel.fixed(value, decimals: 0) : NumberLabel.short(value)
        guard SVGCanvas.width(of: text, size: 11) < width, height > 11 else { continue }
        canvas.text(
          text, cellLeft + width / 2, cellTop + height / 2 + 4, size: 11, anchor: .middle,
          colour: shade.isDark ? "#ffffff" : "#222222")
      }
      let every = max(1, Int((14 / height).rounded(.up)))
      if row % every == 0 {
        canvas.text(rows[row], left - 8, top + (Double(row) + 0.5) * height + 4, anchor: .end)
      }
    }
    drawNames(map.columns)
    drawTitles()
    drawColourBar(low, high)
  }

  /// What the colours mean, beside a heat map.
  private mutating func drawColourBar(_ low: Double, _ high: Double) {
    let steps = 32
    let height = (bottom - top) / Double(steps)
    for step in 0..<steps {
      let part = (Double(steps - step) - 0.5) / Double(steps)
      // A little overlap hides the seams between steps.
      canvas.rectangle(
        right + 14, top + Double(step) * height, 12, height + 0.6, fill: Palette.heat(part).colour)
    }
    canvas.text(NumberLabel.short(high), right + 30, top + 10, size: 11)
    canvas.text(NumberLabel.short(low), right + 30, bottom, size: 11)
  }
}
