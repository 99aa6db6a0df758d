import JSONValues

extension Chart {
  /// The chart as a Vega-Lite 5 specification: JSON with sorted names, where NaN and infinities are null.
  ///
  /// Its media type is `application/vnd.vegalite.v5+json`. What is counted or thinned out is so in the data already.
  public var vegaLite: String {
    let specification =
      content.images.map { VegaLite.images($0, content) } ?? VegaLite(Scene(content)).specification
    // A page may embed the text in a script, where neither "</script>" nor a line end of JavaScript's
    // may stand; all of them occur inside quotation marks only.
    return JSONValue.object(specification).description
      .replacing("<", with: "\\u003c")
      .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
  }
}

/// Writes a chart as a Vega-Lite specification.
struct VegaLite {
  let scene: Scene
  let layout: Layout
  /// The panel's size in pixels, for marks that need pixels.
  let frame: Layout.Frame

  init(_ scene: Scene) {
    self.scene = scene
    layout = Layout(scene)
    frame = layout.frames.first ?? Layout.Frame(left: 0, right: 1, top: 0, bottom: 1)
  }

  static let schema: JSONValue = "https://vega.github.io/schema/vega-lite/v5.json"

  var specification: [String: JSONValue] {
    var specification: [String: JSONValue] = [
      "$schema": Self.schema,
      // As in the SVG form; white also where the page is dark, since colours are chosen for it.
      "background": "#ffffff",
    ]
    let notes = scene.notes.map { JSONValue.string($0) }
    if !scene.content.title.isEmpty || !notes.isEmpty {
      let title: JSONValue = .string(scene.content.title)
      if notes.isEmpty {
        specification["title"] =
          scene.content.facet == nil ? title : ["text": title, "anchor": "middle"]
      } else if scene.content.title.isEmpty {
        specification["title"] = [
          "text": .array(notes), "fontSize": 11, "fontWeight": "normal", "color": "#767676",
          "anchor": "end",
        ]
      } else {
        specification["title"] = [
          "text": title, "subtitle": .array(notes), "subtitleColor": "#767676",
          "subtitleFontSize": 11,
        ]
      }
    }
    if scene.content.facet == nil {
      specification["width"] = .int(scene.content.width)
      specification["height"] = .int(scene.content.height)
      specification["autosize"] = ["type": "fit", "contains": "padding"]
      specification["layer"] = layers(scene.panels[0])
      if scene.isEmpty { specification["layer"] = layersOfNothing }
    } else {
      specification["columns"] = .int(scene.grid.columns)
      specification["concat"] = .array(
        scene.panels.map { panel in
          [
            "title": .string(panel.title), "width": .double(frame.width.rounded()),
            "height": .double(frame.height.rounded()), "layer": layers(panel),
          ]
        })
      specification["resolve"] = ["scale": ["color": "shared"]]
    }
    if scene.colors != nil, scene.hasLegend {
      specification["resolve"] = ["scale": ["color": "independent"]]
    }
    return specification
  }

  private func layers(_ panel: Scene.Panel) -> JSONValue {
    let layers = panel.figures.flatMap { self.layers($0) }
    return .array(layers.isEmpty ? [invisible] : layers)
  }

  /// Shows the axes of a chart that has nothing else.
  private var invisible: JSONValue {
    [
      "data": ["values": [["x": .null, "y": .null]]], "mark": ["type": "point", "opacity": 0],
      "encoding": ["x": x("x"), "y": y("y")],
    ]
  }

  private var layersOfNothing: JSONValue {
    [
      invisible,
      [
        "data": ["values": [[:]]],
        "mark": ["type": "text", "text": "no data", "color": "#767676"],
      ],
    ]
  }

  // MARK: Channels

  func x(_ field: String) -> JSONValue { channel(field, scene.x, scene.xTitle, isX: true) }
  func y(_ field: String) -> JSONValue { channel(field, scene.y, scene.yTitle, isX: false) }

  private func channel(_ field: String, _ axis: Axis, _ title: String, isX: Bool) -> JSONValue {
    let title: JSONValue = title.isEmpty ? .null : .string(title)
    switch axis.kind {
    case .numbers(let scale):
      return [
        "field": .string(field), "type": "quantitative", "title": title,
        "axis": [
          "values": .array(axis.ticks.map { .number($0.value) }), "labelOverlap": true,
          "format": .string(Self.format(axis)),
        ],
        "scale": [
          "type": .string(scale.rawValue), "domain": [.double(axis.low), .double(axis.high)],
          "nice": false, "zero": false, "clamp": false,
        ],
      ]
    case .times:
      return [
        "field": .string(field), "type": "temporal", "title": title,
        "axis": ["tickCount": .int(max(axis.ticks.count, 2)), "labelOverlap": true],
        "scale": ["type": "utc", "domain": [.double(axis.low * 1000), .double(axis.high * 1000)]],
      ]
    case .categories(let names):
      let space = (isX ? frame.width : frame.height) / Double(max(names.count, 1))
      let isSlanted = isX && layout.slant == .slanted
      let widest = names.prefix(200).map { TextMetrics.width(of: $0) }.max() ?? 0
      let needed = isX && !isSlanted ? widest + 6 : 16
      let every = Layout.stride(names, space: space, needed: needed)
      var labels: [String: JSONValue] = [
        "labelAngle": isSlanted ? -35 : 0,
        "labelLimit": .double(isX ? Layout.widestColumn : Layout.widestRow),
      ]
      if every > 1 {
        labels["values"] = .array(
          stride(from: 0, to: names.count, by: every).map { .string(names[$0]) })
      }
      return [
        "field": .string(field), "type": "nominal", "title": title, "axis": .object(labels),
        "scale": ["type": "band", "domain": .array(names.map { .string($0) }), "padding": 0],
      ]
    }
  }

  /// As many decimals as the axis of the SVG form has, without commas: numbers may be years.
  private static func format(_ axis: Axis) -> String {
    guard !axis.ticks.contains(where: { $0.label.contains("e") }), axis.kind != .numbers(.log)
    else { return "~g" }
    let decimals = axis.ticks.map { tick in
      tick.label.firstIndex(of: ".").map {
        tick.label.distance(from: $0, to: tick.label.endIndex) - 1
      } ?? 0
    }
    return ".\(decimals.max() ?? 0)f"
  }

  /// The colour of a layer's series; the field is `series`.
  func color(_ series: Int) -> JSONValue {
    guard scene.entries.indices.contains(series), scene.entries[series].name != nil else {
      let colour = scene.entries.indices.contains(series) ? scene.entries[series].colour : "#555555"
      return ["value": .string(colour)]
    }
    let named = scene.entries.filter { $0.name != nil }
    return [
      "field": "series", "type": "nominal",
      "title": scene.colorTitle.isEmpty || scene.colors != nil ? .null : .string(scene.colorTitle),
      "scale": [
        "domain": .array(named.compactMap { $0.name.map { .string($0) } }),
        "range": .array(named.map { .string($0.colour) }),
      ],
      "legend": scene.hasLegend
        ? [
          "symbolLimit": .int(Layout.mostEntries), "labelLimit": .double(Layout.widestEntry),
          "symbolOpacity": 1,
        ]
        : .null,
    ]
  }

  /// The colour of numbers.
  func color(_ colors: ColorRange, _ field: String) -> JSONValue {
    let stops = colors.scale.stops
    let domain = stops.indices.map { place -> JSONValue in
      let part = Double(place) / Double(stops.count - 1)
      return .double(colors.low * (1 - part) + colors.high * part)
    }
    return [
      "field": .string(field), "type": "quantitative",
      "title": scene.colorTitle.isEmpty ? .null : .string(scene.colorTitle),
      "scale": [
        "type": "linear", "domain": .array(domain), "range": .array(stops.map { .string($0) }),
      ],
    ]
  }

  // MARK: Values

  /// A number on an axis, as its channel takes it: names as texts, times in milliseconds.
  func value(_ number: Double, _ axis: Axis) -> JSONValue {
    switch axis.kind {
    case .categories(let names):
      guard let place = Int(exactly: number), names.indices.contains(place) else { return .null }
      return .string(names[place])
    case .times: return .number(number * 1000)
    case .numbers(let scale): return scale == .log && number <= 0 ? .null : .number(number)
    }
  }

  func name(_ series: Int) -> JSONValue {
    scene.entries.indices.contains(series)
      ? scene.entries[series].name.map { .string($0) } ?? .null : .null
  }

  // MARK: Images

  /// A grid of images, placed by pixels.
  static func images(_ grid: ImageGrid, _ content: ChartContent) -> [String: JSONValue] {
    let placing = ImageDrawing.Placing(grid, content)
    // Vega writes the title above the area itself.
    let top = content.title.isEmpty ? 0 : 32.0
    let rows = grid.pictures.enumerated().map { number, picture -> JSONValue in
      let (x, y) = placing.origin(number, grid)
      return [
        "url": .string(PNGWriter.dataAddress(picture, scale: placing.scale)),
        "x": .double(x + placing.width / 2), "y": .double(y - top + placing.height / 2),
        "caption": .string(grid.captions.isEmpty ? "" : grid.captions[number]),
        "captionY": .double(y - top + placing.height + 9),
      ]
    }
    let (width, height) = (Double(placing.total.width), Double(placing.total.height) - top)
    let x: JSONValue = [
      "field": "x", "type": "quantitative", "axis": .null,
      "scale": ["domain": [0, .double(width)], "nice": false],
    ]
    func y(_ field: String) -> JSONValue {
      [
        "field": .string(field), "type": "quantitative", "axis": .null,
        "scale": ["domain": [0, .double(height)], "nice": false, "reverse": true],
      ]
    }
    var specification: [String: JSONValue] = [
      "$schema": schema, "background": "#ffffff", "width": .double(width),
      "height": .double(height), "view": ["stroke": .null], "data": ["values": .array(rows)],
      "layer": [
        [
          "mark": [
            "type": "image", "width": .double(placing.width), "height": .double(placing.height),
            "aspect": false,
          ],
          "encoding": ["x": x, "y": y("y"), "url": ["field": "url", "type": "nominal"]],
        ],
        [
          "mark": ["type": "text", "fontSize": 11],
          "encoding": [
            "x": x, "y": y("captionY"), "text": ["field": "caption", "type": "nominal"],
          ],
        ],
      ],
    ]
    let note = "the first \(grid.pictures.count) of \(grid.count) images"
    if grid.count > grid.pictures.count {
      specification["title"] = ["text": .string(content.title), "subtitle": .string(note)]
    } else if !content.title.isEmpty {
      specification["title"] = .string(content.title)
    }
    return specification
  }
}

extension JSONValue {
  /// A whole number without a fraction where that is exact.
  static func number(_ value: Double) -> JSONValue {
    if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return .int(whole) }
    return .double(value)
  }
}
