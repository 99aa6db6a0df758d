import JSONValues

extension VegaLite {
  private func layer(
    _ mark: [String: JSONValue], _ rows: [[String: JSONValue]], _ encoding: [String: JSONValue]
  ) -> JSONValue {
    [
      "data": ["values": .array(rows.map { .object($0) })], "mark": .object(mark),
      "encoding": .object(encoding),
    ]
  }

  /// Columns side by side at the same name, in the order of their series.
  private func offset(_ series: [Int]) -> JSONValue {
    var names: [JSONValue] = []
    for number in Set(series).sorted() { names.append(name(number)) }
    return ["field": "series", "type": "nominal", "scale": ["domain": .array(names)]]
  }

  func bars(_ bars: [Figure.Bar]) -> [JSONValue] {
    guard let first = bars.first else { return [] }
    let numbers = first.isHorizontal ? scene.x : scene.y
    var slots = 1
    let rows = bars.map { bar -> [String: JSONValue] in
      var row: [String: JSONValue] = [
        "series": name(bar.series), "value": .number(bar.value),
        "low": value(bar.low == 0 ? numbers.base : bar.low, numbers),
        "high": value(bar.high == 0 ? numbers.base : bar.high, numbers),
      ]
      switch bar.span {
      case .bin(let start, let end):
        row["start"] = value(start, scene.x)
        row["end"] = value(end, scene.x)
      case .slot(let place, _, let count):
        slots = max(slots, count)
        row["name"] = value(Double(place), first.isHorizontal ? scene.y : scene.x)
      }
      return row
    }
    var encoding = ["color": color(first.series)]
    var mark: [String: JSONValue] = ["tooltip": true, "opacity": .double(first.opacity)]
    if case .bin = first.span {
      mark.merge(["type": "rect", "stroke": "#ffffff", "strokeWidth": 1]) { $1 }
      encoding.merge([
        "x": x("start"), "x2": ["field": "end"], "y": y("low"), "y2": ["field": "high"],
      ]) { $1 }
    } else {
      mark["type"] = "bar"
      let space = first.isHorizontal ? frame.height : frame.width
      let names = (first.isHorizontal ? scene.y : scene.x).kind.categories?.count ?? 1
      mark["size"] = .double(max(space / Double(max(names, 1)) * 0.76 / Double(slots), 0.5))
      encoding.merge(
        first.isHorizontal
          ? ["y": y("name"), "x": x("low"), "x2": ["field": "high"]]
          : ["x": x("name"), "y": y("low"), "y2": ["field": "high"]]
      ) { $1 }
      if slots > 1 {
        // The offset's own room makes the bars' width.
        mark["size"] = nil
        encoding[first.isHorizontal ? "yOffset" : "xOffset"] = offset(bars.map(\.series))
      }
    }
    encoding["tooltip"] = .array(
      (first.isBin ? ["start", "end"] : ["name"]).map {
        [
          "field": .string($0),
          "type": first.isBin && scene.x.kind != .times ? "quantitative" : "nominal",
        ]
      } + [["field": "value", "type": "quantitative"]]
        + (scene.hasLegend ? [["field": "series", "type": "nominal"]] : []))
    return [layer(mark, rows, encoding)]
  }

  func boxes(_ boxes: [Figure.Box]) -> [JSONValue] {
    guard let first = boxes.first else { return [] }
    func row(_ box: Figure.Box) -> [String: JSONValue] {
      ["x": value(Double(box.slot.0), scene.x), "series": name(box.series)]
    }
    let rows = boxes.map { box in
      row(box).merging([
        "low": value(box.statistics.whiskers.0, scene.y),
        "high": value(box.statistics.whiskers.1, scene.y),
        "first quartile": value(box.statistics.quartiles.0, scene.y),
        "third quartile": value(box.statistics.quartiles.1, scene.y),
        "median": value(box.statistics.median, scene.y), "count": .int(box.statistics.count),
      ]) { $1 }
    }
    let outliers = boxes.flatMap { box in
      box.statistics.outliers.map { row(box).merging(["y": value($0, scene.y)]) { $1 } }
    }
    let slots = first.slot.of
    let names = scene.x.kind.categories?.count ?? 1
    let width = frame.width / Double(max(names, 1)) * 0.53 / Double(slots)
    var common = ["x": x("x"), "color": color(first.series)]
    if slots > 1 { common["xOffset"] = offset(boxes.map(\.series)) }
    func between(_ low: String, _ high: String) -> [String: JSONValue] {
      common.merging(["y": y(low), "y2": ["field": .string(high)]]) { $1 }
    }
    let rule: [String: JSONValue] = ["type": "rule", "strokeWidth": 1.5]
    let tooltip = ["median", "first quartile", "third quartile", "low", "high", "count"].map {
      ["field": .string($0), "type": "quantitative"] as JSONValue
    }
    var layers = [
      layer(rule, rows, between("low", "first quartile")),
      layer(rule, rows, between("third quartile", "high")),
      layer(
        ["type": "bar", "size": .double(width), "fillOpacity": 0.45], rows,
        between("first quartile", "third quartile").merging(["tooltip": .array(tooltip)]) { $1 }),
      layer(
        [
          "type": "tick", "orient": "horizontal", "thickness": 2, "size": .double(width),
        ], rows,
        common.merging(["y": y("median"), "color": ["value": "#111111"]]) { $1 }),
    ]
    if !outliers.isEmpty {
      layers.append(
        layer(
          ["type": "point", "filled": true, "size": 20, "tooltip": true], outliers,
          common.merging(["y": y("y")]) { $1 }))
    }
    return layers
  }

  func cells(_ cells: Figure.Cells) -> [JSONValue] {
    guard let colors = scene.colors, !cells.cells.isEmpty else { return [] }
    let rows = cells.cells.map { cell -> [String: JSONValue] in
      var row: [String: JSONValue] = [
        "column": value(Double(cell.column), scene.x), "row": value(Double(cell.row), scene.y),
        "value": .number(cell.value),
      ]
      if cells.showsNumbers, cell.value.isFinite {
        row["isDark"] = .bool(colors.scale.isDark(colors.part(cell.value)))
      }
      return row
    }
    let places = ["x": x("column"), "y": y("row")]
    var color = color(colors, "value").object ?? [:]
    color["condition"] = [
      "test": "!isValid(datum.value)", "value": .string(Palette.missing),
    ]
    var layers = [
      layer(
        ["type": "rect", "tooltip": true], rows,
        places.merging(["color": .object(color)]) { $1 })
    ]
    let names = (scene.x.kind.categories?.count ?? 1, scene.y.kind.categories?.count ?? 1)
    // Numbers that would run into each other are in the tooltips only.
    if cells.showsNumbers, frame.width / Double(names.0) > 28, frame.height / Double(names.1) > 13 {
      layers.append(
        layer(
          ["type": "text", "fontSize": 11], rows,
          places.merging([
            "text": [
              "field": "value", "type": "quantitative",
              "format": .string(cells.areCounts ? "d" : ".3~g"),
            ],
            "color": [
              "condition": ["test": "datum.isDark", "value": "white"], "value": "#222222",
            ],
          ]) { $1 }))
    }
    return layers
  }
}

extension Figure.Bar {
  /// Whether it stands between two numbers rather than at a name.
  var isBin: Bool {
    if case .bin = span { return true }
    return false
  }
}
