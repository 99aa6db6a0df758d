extension Scene {
  /// The most points of one line, and of a cloud; more are thinned out.
  static let (lineLimit, cloudLimit) = (3000, 5000)

  /// Counts out what a layer draws.
  mutating func figure(_ placed: PlacedLayer) -> Figure {
    switch placed.layer.mark {
    case .line: return .lines(runs(placed))
    case .points: return .points(dots(placed))
    case .bar(let stacking): return .bars(Bars.bars(placed, stacking))
    case .area(let stacking): return .ribbons(Areas.ribbons(placed, stacking))
    case .band:
      return .ribbons(
        placed.groups.map { series, rows in
          Figure.Ribbon(
            series: series, x: rows.map { placed.x[$0] }, low: rows.map { placed.y[$0] },
            high: rows.map { placed.y2[$0] }, opacity: 0.25)
        })
    case .errorBars:
      return .whiskers(
        placed.x.indices.compactMap { row in
          let (low, high) = (placed.y[row], placed.y2[row])
          guard placed.x[row].isFinite, low.isFinite, high.isFinite else { return nil }
          return Figure.Whisker(series: placed.series[row], x: placed.x[row], low: low, high: high)
        })
    case .box: return .boxes(BoxStatistics.boxes(placed))
    case .histogram(_, let stacking): return .bars(Histogram.bars(placed, stacking))
    case .cells(let areCounts, let showsNumbers):
      return .cells(cells(placed, areCounts, showsNumbers))
    case .rule:
      return .rules(
        placed.series.indices.map { row in
          Figure.Rule(
            series: placed.series[row], x: placed.x.isEmpty ? nil : placed.x[row],
            y: placed.y.isEmpty ? nil : placed.y[row])
        })
    case .text:
      let texts = placed.layer.text?.values.labels ?? []
      return .texts(
        texts.indices.map { Figure.Note(x: placed.x[$0], y: placed.y[$0], text: texts[$0]) })
    case .contour(let contours): return .rings(contours.rings)
    }
  }

  private mutating func runs(_ placed: PlacedLayer) -> [Figure.Run] {
    placed.groups.map { series, rows in
      var rows = rows
      if rows.count > Self.lineLimit {
        let all = rows.count
        rows = Thinning.line(rows, placed.y, buckets: Self.lineLimit / 4)
        notes.append(
          "\(Self.grouped(all)) points, thinned out to \(Self.grouped(rows.count)) with all extremes"
        )
      }
      return Figure.Run(
        series: series, x: rows.map { placed.x[$0] }, y: rows.map { placed.y[$0] })
    }
  }

  private mutating func dots(_ placed: PlacedLayer) -> [Figure.Dot] {
    var rows = Array(placed.x.indices)
    if rows.count > Self.cloudLimit {
      rows = Thinning.cloud(rows, keeping: Self.cloudLimit)
      notes.append(
        "\(Self.grouped(rows.count)) of \(Self.grouped(placed.x.count)) points, drawn at random")
    }
    let values = placed.layer.value?.values.numbers
    return rows.map {
      Figure.Dot(series: placed.series[$0], x: placed.x[$0], y: placed.y[$0], value: values?[$0])
    }
  }

  private func cells(
    _ placed: PlacedLayer, _ areCounts: Bool, _ showsNumbers: Bool?
  ) -> Figure.Cells {
    let values = placed.layer.value?.values.numbers ?? []
    let cells = values.indices.compactMap { row -> Figure.Cells.Cell? in
      guard let column = Int(exactly: placed.x[row]), let line = Int(exactly: placed.y[row]) else {
        return nil
      }
      return Figure.Cells.Cell(column: column, row: line, value: values[row])
    }
    return Figure.Cells(
      cells: cells, areCounts: areCounts, showsNumbers: showsNumbers ?? (cells.count <= 400))
  }

  /// A whole number with commas between its thousands.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return String(
      digits.enumerated().flatMap { place, digit in
        place > 0 && (digits.count - place).isMultiple(of: 3) ? [",", digit] : [digit]
      })
  }
}

/// Leaves out points that a picture would not show.
enum Thinning {
  /// The first, last, lowest and highest row of each of some buckets, and a gap where the bucket has one.
  ///
  /// Source: Jugel and others, "M4: a visualization-oriented time series data aggregation", VLDB 2014.
  static func line(_ rows: [Int], _ y: [Double], buckets: Int) -> [Int] {
    var kept: [Int] = []
    for bucket in 0..<buckets {
      let (start, end) = (bucket * rows.count / buckets, (bucket + 1) * rows.count / buckets)
      guard start < end else { continue }
      var wanted = Set([start, end - 1])
      let finite = (start..<end).filter { y[rows[$0]].isFinite }
      if let low = finite.min(by: { y[rows[$0]] < y[rows[$1]] }) { wanted.insert(low) }
      if let high = finite.max(by: { y[rows[$0]] < y[rows[$1]] }) { wanted.insert(high) }
      if finite.count < end - start, let gap = (start..<end).first(where: { !y[rows[$0]].isFinite })
      {
        wanted.insert(gap)
      }
      kept += wanted.sorted().map { rows[$0] }
    }
    return kept
  }

  /// Some rows drawn at random, always the same ones, in their order.
  ///
  /// Source: Knuth, "The Art of Computer Programming" 2, 3.4.2, algorithm S.
  static func cloud(_ rows: [Int], keeping count: Int) -> [Int] {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    var (kept, left) = ([Int](), rows.count)
    kept.reserveCapacity(count)
    for row in rows {
      // xorshift64 (Marsaglia 2003)
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      if Int(state >> 11) % left < count - kept.count { kept.append(row) }
      left -= 1
    }
    return kept
  }
}
