import JSONValues

extension VegaLite {
  /// The layers that draw a figure, each with its own data; none if there is nothing to draw.
  func layers(_ figure: Figure) -> [JSONValue] {
    switch figure {
    case .lines(let runs): return lines(runs)
    case .points(let dots): return points(dots)
    case .bars(let bars): return self.bars(bars)
    case .ribbons(let ribbons): return areas(ribbons)
    case .whiskers(let whiskers): return errorBars(whiskers)
    case .boxes(let boxes): return self.boxes(boxes)
    case .cells(let cells): return self.cells(cells)
    case .rings(let rings): return self.rings(rings)
    case .rules(let rules): return rules.flatMap { rule($0) }
    case .texts(let notes):
      return [
        layer(
          ["type": "text"],
          notes.map {
            ["x": value($0.x, scene.x), "y": value($0.y, scene.y), "text": .string($0.text)]
          },
          ["x": x("x"), "y": y("y"), "text": ["field": "text", "type": "nominal"]])
      ]
    }
  }

  private func layer(
    _ mark: [String: JSONValue], _ rows: [[String: JSONValue]], _ encoding: [String: JSONValue]
  ) -> JSONValue {
    var mark = mark
    // What lies beyond a chosen range is cut off.
    if scene.content.xDomain != nil || scene.content.yDomain != nil { mark["clip"] = true }
    return [
      "data": ["values": .array(rows.map { .object($0) })], "mark": .object(mark),
      "encoding": .object(encoding),
    ]
  }

  // MARK: Lines and points

  private func lines(_ runs: [Figure.Run]) -> [JSONValue] {
    let count = runs.reduce(0) { $0 + $1.x.count }
    // Points have tooltips; and a line through one point alone is invisible without it.
    let mark: [String: JSONValue] = [
      "type": "line", "order": false, "tooltip": true, "strokeJoin": "round",
      "point": count <= 120 ? ["size": 16] : false,
    ]
    let rows = runs.flatMap { run in
      zip(run.x, run.y).map { x, y in
        [
          "series": name(run.series), "x": value(x, scene.x), "y": value(y, scene.y),
        ]
      }
    }
    guard let first = runs.first else { return [] }
    var encoding = ["x": x("x"), "y": y("y"), "color": color(first.series)]
    // Colours come again after eight series; dashes keep the lines apart.
    if runs.contains(where: { scene.entries[$0.series].isRepeated }) {
      let named = scene.entries.filter { $0.name != nil }
      encoding["strokeDash"] = [
        "field": "series", "type": "nominal", "title": .null, "legend": .null,
        "scale": [
          "domain": .array(named.compactMap { $0.name.map { .string($0) } }),
          "range": .array(named.map { $0.isRepeated ? [6, 3] : [1, 0] }),
        ],
      ]
    }
    return [layer(mark, rows, encoding)]
  }

  private func points(_ dots: [Figure.Dot]) -> [JSONValue] {
    guard let first = dots.first else { return [] }
    let rows = dots.map { dot in
      var row = [
        "series": name(dot.series), "x": value(dot.x, scene.x), "y": value(dot.y, scene.y),
      ]
      if let number = dot.value { row["value"] = .number(number) }
      return row
    }
    var color = color(first.series)
    if first.value != nil, let colors = scene.colors { color = self.color(colors, "value") }
    return [
      layer(
        [
          "type": "point", "filled": true, "size": dots.count > 1000 ? 12 : 38, "opacity": 0.75,
          "tooltip": true,
        ], rows, ["x": x("x"), "y": y("y"), "color": color])
    ]
  }

  private func errorBars(_ whiskers: [Figure.Whisker]) -> [JSONValue] {
    guard let first = whiskers.first else { return [] }
    let rows = whiskers.map {
      [
        "series": name($0.series), "x": value($0.x, scene.x), "low": value($0.low, scene.y),
        "high": value($0.high, scene.y),
      ]
    }
    let common = ["x": x("x"), "color": color(first.series)]
    let ends = ["low", "high"].map {
      layer(
        ["type": "tick", "orient": "horizontal", "size": 8, "thickness": 1.5], rows,
        common.merging(["y": y($0)]) { $1 })
    }
    let line = layer(
      ["type": "rule", "strokeWidth": 1.5, "tooltip": true], rows,
      common.merging(["y": y("low"), "y2": ["field": "high"]]) { $1 })
    return [line] + ends
  }

  private func rule(_ rule: Figure.Rule) -> [JSONValue] {
    let isNamed =
      scene.entries.indices.contains(rule.series)
      && scene.entries[rule.series].name != nil
    let color = isNamed ? color(rule.series) : ["value": "#555555"]
    let mark: [String: JSONValue] = ["type": "rule", "strokeDash": [5, 3], "strokeWidth": 1.5]
    var layers: [JSONValue] = []
    if let place = rule.x {
      layers.append(
        layer(
          mark, [["x": value(place, scene.x), "series": name(rule.series)]],
          ["x": x("x"), "color": color]))
    }
    if let place = rule.y {
      layers.append(
        layer(
          mark, [["y": value(place, scene.y), "series": name(rule.series)]],
          ["y": y("y"), "color": color]))
    }
    return layers
  }

  // MARK: Areas

  private func areas(_ ribbons: [Figure.Ribbon]) -> [JSONValue] {
    guard let first = ribbons.first else { return [] }
    let rows = ribbons.flatMap { ribbon in
      ribbon.x.indices.map { place in
        [
          "series": name(ribbon.series), "x": value(ribbon.x[place], scene.x),
          "low": value(ribbon.low[place] == 0 ? scene.y.base : ribbon.low[place], scene.y),
          "high": value(ribbon.high[place], scene.y),
        ]
      }
    }
    return [
      layer(
        ["type": "area", "opacity": .double(first.opacity), "tooltip": true], rows,
        [
          "x": x("x"), "y": y("low"), "y2": ["field": "high"], "color": color(first.series),
        ])
    ]
  }

  /// Polygons, or lines, whose points are in order.
  private func rings(_ rings: [Figure.Ring]) -> [JSONValue] {
    guard let colors = scene.colors, let first = rings.first else { return [] }
    let isFilled = first.fill != nil
    let rows = rings.enumerated().flatMap { number, ring in
      ring.points.map { point in
        [
          "ring": .int(number), "x": value(point.x, scene.x), "y": value(point.y, scene.y),
          "value": ring.fill.map { .number($0) } ?? .number(ring.level),
        ]
      }
    }
    var mark: [String: JSONValue] = ["type": "line", "order": false]
    var fill = color(colors, "value").object ?? [:]
    if isFilled {
      mark.merge(["filled": true, "interpolate": "linear-closed", "opacity": 1]) { $1 }
      fill["condition"] = ["test": "!isValid(datum.value)", "value": "#ffffff"]
    } else {
      mark["strokeWidth"] = 1.5
    }
    return [
      layer(
        mark, rows,
        [
          "x": x("x"), "y": y("y"), "color": .object(fill),
          "detail": ["field": "ring", "type": "nominal"],
        ])
    ]
  }
}
