extension Drawing {
  func colour(_ series: Int) -> String {
    scene.entries.indices.contains(series) ? scene.entries[series].colour : Palette.series[0]
  }

  func dash(_ series: Int) -> String {
    scene.entries.indices.contains(series) && scene.entries[series].isRepeated ? "6 3" : ""
  }

  mutating func draw(_ figure: Figure) {
    switch figure {
    case .lines(let runs): for run in runs { draw(run) }
    case .points(let dots): for dot in dots { draw(dot, radius: dots.count > 1000 ? 2 : 3.5) }
    case .bars(let bars): draw(bars)
    case .ribbons(let ribbons): for ribbon in ribbons { draw(ribbon) }
    case .whiskers(let whiskers): for whisker in whiskers { draw(whisker) }
    case .boxes(let boxes): for box in boxes { draw(box) }
    case .cells(let cells): draw(cells)
    case .rings(let rings): for ring in rings { draw(ring) }
    case .rules(let rules): for rule in rules { draw(rule) }
    case .texts(let notes):
      for note in notes {
        guard let px = placeX(note.x), let py = placeY(note.y) else { continue }
        canvas.text(note.text, px, py + 4, anchor: .middle)
      }
    }
  }

  // MARK: Lines and points

  private mutating func draw(_ run: Figure.Run) {
    var piece: [(x: Double, y: Double)] = []
    for (px, py) in zip(run.x, run.y) {
      if let h = placeX(px), let v = placeY(py) {
        piece.append((h, v))
      } else {
        drawPiece(&piece, run.series)
      }
    }
    drawPiece(&piece, run.series)
  }

  private mutating func drawPiece(_ piece: inout [(x: Double, y: Double)], _ series: Int) {
    if piece.count == 1 {
      canvas.circle(piece[0].x, piece[0].y, radius: 3, fill: colour(series))
    }
    if piece.count > 1 { canvas.polyline(piece, colour: colour(series), dash: dash(series)) }
    piece = []
  }

  private mutating func draw(_ dot: Figure.Dot, radius: Double) {
    guard let px = placeX(dot.x), let py = placeY(dot.y) else { return }
    let fill = dot.value.map { scene.colors?.colour($0) ?? colour(0) } ?? colour(dot.series)
    var tooltip = ""
    if hasTooltips {
      tooltip = "\(label(dot.x, scene.x)), \(label(dot.y, scene.y))"
      if let value = dot.value {
        tooltip += ": \(NumberLabel.short(value))"
      } else if scene.hasLegend, let name = scene.entries[dot.series].name {
        tooltip = "\(name): \(tooltip)"
      }
    }
    canvas.circle(px, py, radius: radius, fill: fill, tooltip: tooltip)
  }

  /// A number on an axis as a reader would say it.
  func label(_ value: Double, _ axis: Axis) -> String {
    switch axis.kind {
    case .categories(let names):
      Int(exactly: value).flatMap { names.indices.contains($0) ? names[$0] : nil } ?? ""
    case .times: TimeTicks.text(value)
    case .numbers: NumberLabel.short(value)
    }
  }

  private mutating func draw(_ whisker: Figure.Whisker) {
    guard let px = placeX(whisker.x), let low = placeY(whisker.low),
      let high = placeY(whisker.high)
    else { return }
    let colour = colour(whisker.series)
    canvas.line(px, low, px, high, colour: colour, width: 1.5)
    for end in [low, high] { canvas.line(px - 4, end, px + 4, end, colour: colour, width: 1.5) }
  }

  private mutating func draw(_ rule: Figure.Rule) {
    let colour =
      scene.entries.indices.contains(rule.series) && scene.entries[rule.series].name != nil
      ? colour(rule.series) : "#555555"
    if let value = rule.x, let px = placeX(value) {
      canvas.line(px, frame.top, px, frame.bottom, colour: colour, width: 1.5, dash: "5 3")
    }
    if let value = rule.y, let py = placeY(value) {
      canvas.line(frame.left, py, frame.right, py, colour: colour, width: 1.5, dash: "5 3")
    }
  }

  // MARK: Areas

  private mutating func draw(_ ribbon: Figure.Ribbon) {
    var (upper, lower): ([(x: Double, y: Double)], [(x: Double, y: Double)]) = ([], [])
    func end(_ drawing: inout Drawing) {
      if upper.count > 1 {
        drawing.canvas.polygon(
          upper + lower.reversed(), fill: drawing.colour(ribbon.series), opacity: ribbon.opacity)
      } else if let point = upper.first {
        drawing.canvas.line(
          point.x, point.y, point.x, lower[0].y, colour: drawing.colour(ribbon.series), width: 3)
      }
      (upper, lower) = ([], [])
    }
    for place in ribbon.x.indices {
      let low = ribbon.low[place] == 0 ? scene.y.base : ribbon.low[place]
      if let px = placeX(ribbon.x[place]), let top = placeY(ribbon.high[place]),
        let bottom = placeY(low)
      {
        upper.append((px, top))
        lower.append((px, bottom))
      } else {
        end(&self)
      }
    }
    end(&self)
  }

  private mutating func draw(_ ring: Figure.Ring) {
    let points = ring.points.compactMap { point -> (x: Double, y: Double)? in
      guard let px = placeX(point.x), let py = placeY(point.y) else { return nil }
      return (px, py)
    }
    if let fill = ring.fill {
      let colour = fill.isNaN ? "#ffffff" : scene.colors?.colour(fill) ?? "#ffffff"
      canvas.polygon(points, fill: colour, stroke: "#ffffff")
    } else {
      canvas.polyline(points, colour: scene.colors?.colour(ring.level) ?? "#333333", width: 1.5)
    }
  }

  // MARK: Bars, boxes, cells

  private mutating func draw(_ bars: [Figure.Bar]) {
    for bar in bars {
      let axis = bar.isHorizontal ? scene.x : scene.y
      let low = bar.low == 0 ? axis.base : bar.low
      let high = bar.high == 0 ? axis.base : bar.high
      guard let from = axis.position(low), let to = axis.position(high), from != to else {
        continue
      }
      let tooltip = hasTooltips ? tooltip(bar) : ""
      switch bar.span {
      case .bin(let start, let end):
        guard let left = placeX(start), let right = placeX(end) else { continue }
        canvas.rectangle(
          left, min(y(from), y(to)), right - left, abs(y(to) - y(from)), fill: colour(bar.series),
          stroke: "#ffffff", opacity: bar.opacity, tooltip: tooltip)
      case .slot(let place, let number, let count):
        let space = bar.isHorizontal ? rowHeight : columnWidth
        let width = space * 0.76 / Double(count)
        let start = (Double(place) + 0.12) * space + Double(number) * width
        if bar.isHorizontal {
          canvas.rectangle(
            min(x(from), x(to)), frame.top + start, abs(x(to) - x(from)), width,
            fill: colour(bar.series), opacity: bar.opacity, tooltip: tooltip)
        } else {
          canvas.rectangle(
            frame.left + start, min(y(from), y(to)), width, abs(y(to) - y(from)),
            fill: colour(bar.series), opacity: bar.opacity, tooltip: tooltip)
        }
      }
    }
    guard let bar = bars.first, let zero = (bar.isHorizontal ? placeX : placeY)(0) else { return }
    if bar.isHorizontal {
      canvas.line(zero, frame.top, zero, frame.bottom, colour: "#888888")
    } else {
      canvas.line(frame.left, zero, frame.right, zero, colour: "#888888")
    }
  }

  private func tooltip(_ bar: Figure.Bar) -> String {
    var name: String
    switch bar.span {
    case .bin(let start, let end): name = "\(label(start, scene.x)) to \(label(end, scene.x))"
    case .slot(let place, _, _):
      name = label(Double(place), bar.isHorizontal ? scene.y : scene.x)
    }
    if scene.hasLegend, let series = scene.entries[bar.series].name { name += ", \(series)" }
    return "\(name): \(NumberLabel.short(bar.value))"
  }

  private mutating func draw(_ box: Figure.Box) {
    let statistics = box.statistics
    let (place, number, count) = box.slot
    let width = columnWidth * 0.6 / Double(count)
    let left = frame.left + (Double(place) + 0.2) * columnWidth + Double(number) * width
    let (start, end, middle) = (left + width * 0.06, left + width * 0.94, left + width / 2)
    let colour = colour(box.series)
    guard let low = placeY(statistics.quartiles.0), let high = placeY(statistics.quartiles.1),
      let median = placeY(statistics.median), let lowest = placeY(statistics.whiskers.0),
      let highest = placeY(statistics.whiskers.1)
    else { return }
    canvas.line(middle, lowest, middle, low, colour: colour, width: 1.5)
    canvas.line(middle, highest, middle, high, colour: colour, width: 1.5)
    for end in [lowest, highest] {
      canvas.line(
        middle - width * 0.2, end, middle + width * 0.2, end, colour: colour, width: 1.5)
    }
    canvas.rectangle(
      start, high, end - start, max(low - high, 1), fill: colour, stroke: colour, opacity: 0.45,
      tooltip: hasTooltips
        ? "median \(NumberLabel.short(statistics.median)), quartiles "
          + "\(NumberLabel.short(statistics.quartiles.0)) and \(NumberLabel.short(statistics.quartiles.1)), "
          + "\(statistics.count) values" : "")
    canvas.line(start, median, end, median, colour: "#111111", width: 2)
    for outlier in statistics.outliers {
      guard let place = placeY(outlier) else { continue }
      canvas.circle(middle, place, radius: 2.5, fill: colour)
    }
  }

  private mutating func draw(_ cells: Figure.Cells) {
    guard let colors = scene.colors else { return }
    let (width, height) = (columnWidth, rowHeight)
    // White lines between cells would hide small ones.
    let stroke = min(width, height) > 14 ? "#ffffff" : "none"
    for cell in cells.cells {
      let (left, top) = (
        frame.left + Double(cell.column) * width, frame.top + Double(cell.row) * height
      )
      let text =
        cells.areCounts && cell.value.isFinite && abs(cell.value) < 1e15
        ? "\(Int(cell.value))" : NumberLabel.short(cell.value)
      canvas.rectangle(
        left, top, width + (stroke == "none" ? 0.3 : 0), height + (stroke == "none" ? 0.3 : 0),
        fill: colors.colour(cell.value), stroke: stroke,
        tooltip: hasTooltips
          ? "\(label(Double(cell.row), scene.y)), \(label(Double(cell.column), scene.x)): \(text)"
          : "")
      guard cells.showsNumbers, cell.value.isFinite, height > 13,
        TextMetrics.width(of: text, size: 11) < width
      else { continue }
      let isDark = colors.scale.isDark(colors.part(cell.value))
      canvas.text(
        text, left + width / 2, top + height / 2 + 4, size: 11, anchor: .middle,
        colour: isDark ? "#ffffff" : "#222222")
    }
  }
}
