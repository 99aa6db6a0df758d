extension Chart {
  /// Returns a drawing of the chart that needs no scripts, styles or network.
  ///
  /// Its media type is `image/svg+xml`.
  public func svg() -> String {
    if let images = content.images {
      return ImageDrawing(images, content).canvas.document(title: title)
    }
    var drawing = Drawing(Scene(content))
    drawing.draw()
    return drawing.canvas.document(title: title)
  }
}

/// Draws one chart.
struct Drawing {
  let scene: Scene
  let layout: Layout
  var canvas: SVGCanvas
  /// The area inside the axes that are being drawn.
  var frame = Layout.Frame(left: 0, right: 1, top: 0, bottom: 1)
  /// Whether things have tooltips; many of them would make the file large.
  let hasTooltips: Bool

  init(_ scene: Scene) {
    self.scene = scene
    layout = Layout(scene)
    canvas = SVGCanvas(width: layout.width, height: layout.height)
    let count = scene.panels.flatMap(\.figures).reduce(0) { sum, figure in
      switch figure {
      case .points(let dots): sum + dots.count
      case .bars(let bars): sum + bars.count
      case .cells(let cells): sum + cells.cells.count
      default: sum
      }
    }
    hasTooltips = count <= 500
  }

  mutating func draw() {
    let (columns, _) = scene.grid
    for (number, panel) in scene.panels.enumerated() {
      frame = layout.frames[number]
      let isLeft = number.isMultiple(of: columns)
      // The lowest panel of its column, also in an incomplete last row.
      let isLowest = number + columns >= scene.panels.count
      drawGrid()
      if scene.content.xDomain != nil || scene.content.yDomain != nil {
        let (saved, clip) = (self, frame)
        var inner = self
        canvas.clipped(clip.left, clip.top, clip.width, clip.height) { canvas in
          inner = saved
          inner.canvas = canvas
          for figure in panel.figures { inner.draw(figure) }
          canvas = inner.canvas
        }
      } else {
        for figure in panel.figures { draw(figure) }
      }
      drawAxes(hasRowLabels: isLeft, hasColumnLabels: isLowest)
      if scene.content.facet != nil {
        canvas.text(
          TextMetrics.cut(panel.title, to: frame.width, size: 13),
          (frame.left + frame.right) / 2, frame.top - 7, size: 13, anchor: .middle, isBold: true)
      }
      if panel.figures.allSatisfy(\.isEmpty) {
        canvas.text(
          "no data", (frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2,
          anchor: .middle, colour: "#767676")
      }
    }
    drawTitles()
    drawLegend()
  }

  // MARK: Places

  func x(_ part: Double) -> Double { frame.left + part * frame.width }
  /// Names at the vertical axis begin at the top, numbers at the bottom.
  func y(_ part: Double) -> Double {
    scene.y.kind.categories == nil
      ? frame.bottom - part * frame.height : frame.top + part * frame.height
  }
  func placeX(_ value: Double) -> Double? { scene.x.position(value).map { x($0) } }
  func placeY(_ value: Double) -> Double? { scene.y.position(value).map { y($0) } }
  /// The pixels that each name has.
  var columnWidth: Double { frame.width / Double(max(scene.x.kind.categories?.count ?? 1, 1)) }
  var rowHeight: Double { frame.height / Double(max(scene.y.kind.categories?.count ?? 1, 1)) }

  // MARK: Axes

  private mutating func drawGrid() {
    if scene.y.kind.categories == nil {
      for tick in scene.y.ticks {
        guard let place = placeY(tick.value) else { continue }
        canvas.line(frame.left, place, frame.right, place, colour: "#e3e3e3")
      }
    }
    if scene.x.kind.categories == nil {
      for tick in scene.x.ticks {
        guard let place = placeX(tick.value) else { continue }
        canvas.line(place, frame.top, place, frame.bottom, colour: "#f0f0f0")
      }
    }
  }

  private mutating func drawAxes(hasRowLabels: Bool, hasColumnLabels: Bool) {
    if let names = scene.y.kind.categories {
      if hasRowLabels { drawRowNames(names) }
    } else if hasRowLabels {
      for tick in scene.y.ticks {
        guard let place = placeY(tick.value) else { continue }
        canvas.text(tick.label, frame.left - 8, place + 4, anchor: .end)
      }
    }
    canvas.line(frame.left, frame.top, frame.left, frame.bottom, colour: "#888888")
    canvas.line(frame.left, frame.bottom, frame.right, frame.bottom, colour: "#888888")
    guard hasColumnLabels else { return }
    if let names = scene.x.kind.categories {
      drawColumnNames(names)
      return
    }
    var free = -Double.infinity
    for tick in scene.x.ticks {
      guard let place = placeX(tick.value) else { continue }
      canvas.line(place, frame.bottom, place, frame.bottom + 5, colour: "#888888")
      let half = TextMetrics.width(of: tick.label) / 2
      guard place - half > free else { continue }
      // The last label stays inside of the picture.
      let middle = min(place, Double(layout.width) - half - 2)
      canvas.text(tick.label, middle, frame.bottom + 19, anchor: .middle)
      free = place + half + 6
    }
  }

  private mutating func drawRowNames(_ names: [String]) {
    let every = Layout.stride(names, space: rowHeight, needed: 15)
    for (number, name) in names.enumerated() where number.isMultiple(of: every) {
      canvas.text(
        TextMetrics.cut(name, to: Layout.widestRow), frame.left - 8,
        frame.top + (Double(number) + 0.5) * rowHeight + 4, anchor: .end)
    }
  }

  /// Labels evenly spread places, slanting them where they are too long and leaving some out where they are too many.
  private mutating func drawColumnNames(_ names: [String]) {
    let space = columnWidth
    let isSlanted = layout.slant == .slanted
    let widest = names.prefix(200).map { TextMetrics.width(of: $0) }.max() ?? 0
    let every = Layout.stride(names, space: space, needed: isSlanted ? 19 : widest + 6)
    for (number, name) in names.enumerated() where number.isMultiple(of: every) {
      let middle = frame.left + (Double(number) + 0.5) * space
      if isSlanted {
        canvas.text(
          TextMetrics.cut(name, to: Layout.widestColumn), middle + 4, frame.bottom + 14,
          anchor: .end, rotation: -35)
      } else {
        canvas.text(name, middle, frame.bottom + 19, anchor: .middle)
      }
    }
  }

  // MARK: Texts around the panels

  private mutating func drawTitles() {
    guard let first = layout.frames.first, let right = layout.frames.map(\.right).max(),
      let bottom = layout.frames.map(\.bottom).max()
    else { return }
    let height = Double(layout.height)
    let note = scene.notes.isEmpty ? 0.0 : 18
    if !scene.xTitle.isEmpty {
      canvas.text(
        TextMetrics.cut(scene.xTitle, to: right - first.left, size: 13),
        (first.left + right) / 2, height - 12 - note, size: 13, anchor: .middle)
    }
    if !scene.yTitle.isEmpty {
      canvas.text(
        TextMetrics.cut(scene.yTitle, to: bottom - first.top + 40, size: 13), 18,
        (first.top + bottom) / 2, size: 13, anchor: .middle, rotation: -90)
    }
    if !scene.notes.isEmpty {
      canvas.text(
        TextMetrics.cut(
          scene.notes.joined(separator: "; "), to: Double(layout.width) - 16, size: 11),
        Double(layout.width) - 8, height - 8, size: 11, anchor: .end, colour: "#767676")
    }
    if !scene.content.title.isEmpty {
      canvas.text(
        TextMetrics.cut(scene.content.title, to: Double(layout.width) - 16, size: 16),
        Double(layout.width) / 2, 26, size: 16, anchor: .middle, colour: "#111111", isBold: true)
    }
  }
}
