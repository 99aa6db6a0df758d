extension Drawing {
  /// What stands for a series in the legend.
  private enum Symbol {
    case line, dot, square
  }

  mutating func drawLegend() {
    guard let frame = layout.frames.first else { return }
    let left = layout.legendLeft
    if let colors = scene.colors {
      drawColorBar(colors, left, frame.top)
    } else if scene.hasLegend {
      drawEntries(left, frame.top)
    }
  }

  private mutating func drawEntries(_ left: Double, _ top: Double) {
    var place = top + 10
    let room = Double(layout.width) - left
    if !scene.colorTitle.isEmpty {
      canvas.text(
        TextMetrics.cut(scene.colorTitle, to: room - 6), left, place + 4, isBold: true)
      place += 20
    }
    let entries = scene.entries.enumerated().filter { $0.element.name != nil }
    let fitting = min(
      Layout.mostEntries, max(Int((Double(layout.height) - place) / 20), 1))
    for (number, (series, entry)) in entries.enumerated() {
      if number == fitting - 1, entries.count > fitting {
        canvas.text("and \(entries.count - number) more", left, place + 4, colour: "#767676")
        break
      }
      switch symbol(series) {
      case .line:
        canvas.polyline(
          [(left, place), (left + 20, place)], colour: entry.colour, dash: dash(series))
      case .dot: canvas.circle(left + 10, place, radius: 4, fill: entry.colour)
      case .square: canvas.rectangle(left + 4, place - 6, 12, 12, fill: entry.colour)
      }
      canvas.text(
        TextMetrics.cut(entry.name ?? "", to: min(Layout.widestEntry, room - 32)), left + 26,
        place + 4)
      place += 20
    }
  }

  private func symbol(_ series: Int) -> Symbol {
    for figure in scene.panels.flatMap(\.figures) {
      switch figure {
      case .lines(let runs) where runs.contains { $0.series == series }: return .line
      case .rules(let rules) where rules.contains { $0.series == series }: return .line
      case .points(let dots) where dots.contains { $0.series == series }: return .dot
      case .whiskers(let bars) where bars.contains { $0.series == series }: return .dot
      default: continue
      }
    }
    return .square
  }

  private mutating func drawColorBar(_ colors: ColorRange, _ left: Double, _ top: Double) {
    var top = top
    if !scene.colorTitle.isEmpty {
      let title = TextMetrics.cut(scene.colorTitle, to: 60)
      canvas.text(title, Double(layout.width) - 4, top + 4, anchor: .end, isBold: true)
      top += 14
    }
    let height = min((layout.frames.map(\.bottom).max() ?? top) - top, 260)
    let steps = 48
    for step in 0..<steps {
      let part = (Double(step) + 0.5) / Double(steps)
      let place = top + height * (1 - Double(step + 1) / Double(steps))
      // A little more, so that no white shows between the steps.
      canvas.rectangle(
        left, place, 12, height / Double(steps) + 0.5, fill: colors.scale.colour(part))
    }
    let axis = Axis([colors.low, colors.high], fit: .exact, wantedTicks: 5)
    for tick in axis.ticks {
      guard let part = axis.position(tick.value), (0...1).contains(part) else { continue }
      canvas.text(
        TextMetrics.cut(tick.label, to: 46, size: 11), left + 16, top + height * (1 - part) + 4,
        size: 11)
    }
  }
}

/// Draws a grid of images.
struct ImageDrawing {
  private(set) var canvas: SVGCanvas

  /// The side of an image on the page, and how often its pixels repeat there.
  struct Placing {
    let width: Double
    let height: Double
    let scale: Int
    let caption: Double
    let top: Double
    let total: (width: Int, height: Int)

    init(_ grid: ImageGrid, _ content: ChartContent) {
      let (columns, count) = (max(grid.columns, 1), grid.pictures.count)
      let rows = max((count + columns - 1) / columns, 1)
      let picture = grid.pictures.first
      let (w, h) = (Double(picture?.width ?? 1), Double(picture?.height ?? 1))
      let gap = 6.0
      caption = grid.captions.isEmpty ? 0 : 18
      top = content.title.isEmpty ? 8 : 40
      // Few images need no large picture.
      let room = (Double(content.width) - 16) / Double(columns) - gap
      let factor = min(room / w, max(160 / h, 1))
      (width, height) = (w * factor, h * factor)
      // Enlarged here, since not every viewer leaves pixels sharp.
      scale = max(1, min(Int(factor.rounded(.up)), Int(512 / max(w, h))))
      total = (
        max(Int(16 + Double(columns) * (width + gap)), 40),
        Int(top + Double(rows) * (height + caption + gap) + (grid.count > count ? 26 : 10))
      )
    }

    func origin(_ number: Int, _ grid: ImageGrid) -> (x: Double, y: Double) {
      (
        8 + Double(number % grid.columns) * (width + 6),
        top + Double(number / grid.columns) * (height + caption + 6)
      )
    }
  }

  init(_ grid: ImageGrid, _ content: ChartContent) {
    let placing = Placing(grid, content)
    canvas = SVGCanvas(width: placing.total.width, height: placing.total.height)
    for (number, picture) in grid.pictures.enumerated() {
      let (x, y) = placing.origin(number, grid)
      canvas.image(
        PNGWriter.dataAddress(picture, scale: placing.scale), x, y, placing.width, placing.height)
      if !grid.captions.isEmpty {
        canvas.text(
          TextMetrics.cut(grid.captions[number], to: placing.width + 4, size: 11),
          x + placing.width / 2, y + placing.height + 13, size: 11, anchor: .middle)
      }
    }
    if grid.count > grid.pictures.count {
      canvas.text(
        "the first \(grid.pictures.count) of \(grid.count) images",
        Double(placing.total.width) - 8, Double(placing.total.height) - 8, size: 11, anchor: .end,
        colour: "#767676")
    }
    if grid.pictures.isEmpty {
      canvas.text("no images", 8, placing.top + 14, colour: "#767676")
    }
    if !content.title.isEmpty {
      canvas.text(
        TextMetrics.cut(content.title, to: Double(placing.total.width) - 16, size: 16),
        Double(placing.total.width) / 2, 26, size: 16, anchor: .middle, colour: "#111111",
        isBold: true)
    }
  }
}
