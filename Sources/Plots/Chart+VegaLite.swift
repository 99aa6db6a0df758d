import JSONValues

extension Chart {
  /// The chart as a Vega-Lite 5 specification: JSON with sorted names, where NaN and infinities are null.
  ///
  /// Its media type is `application/vnd.vegalite.v5+json`.
  public var vegaLite: String {
    var specification: [String: JSONValue] = [
      "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
      "width": .int(width), "height": .int(height),
      "autosize": ["type": "fit", "contains": "padding"],
      "data": ["values": .array(rows)],
    ]
    if !title.isEmpty { specification["title"] = .string(title) }
    specification.merge(marks) { $1 }
    // A page may embed the text in a script, where neither "</script>" nor a line end of JavaScript's
    // may stand; all of them occur inside quotation marks only.
    return JSONValue.object(specification).description
      .replacing("<", with: "\\u003c")
      .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
  }

  private var rows: [JSONValue] {
    switch content {
    case .line(let series), .scatter(let series):
      return series.flatMap { line in
        zip(line.x, line.y).map { x, y in
          ["series": .string(line.name), "x": drawn(x, xScale), "y": drawn(y, yScale)]
        }
      }
    case .bar(let labels, let values):
      return zip(labels, values).map { ["label": .string($0), "value": .number($1)] }
    case .histogram(let edges, let counts):
      return counts.indices.map {
        [
          "start": .number(edges[$0]), "end": .number(edges[$0 + 1]),
          "count": .int(counts[$0]),
        ]
      }
    case .heatmap(let map):
      return map.values.indices.flatMap { row in
        map.values[row].indices.map { column in
          [
            "row": .string(map.rows[row]), "column": .string(map.columns[column]),
            "value": .number(map.values[row][column]),
          ]
        }
      }
    }
  }

  /// Numbers a logarithmic axis has no place for become null.
  private func drawn(_ number: Double, _ scale: Scale) -> JSONValue {
    scale == .log && number <= 0 ? .null : .number(number)
  }

  private var marks: [String: JSONValue] {
    switch content {
    case .line(let series):
      // A line through one point is invisible without a mark on it.
      let isSparse = series.contains { $0.x.count < 2 }
      return points(["type": "line", "tooltip": true, "point": .bool(isSparse)], series)
    case .scatter(let series):
      return points(["type": "point", "filled": true, "tooltip": true], series)
    case .bar(let labels, _):
      return [
        "mark": ["type": "bar", "tooltip": true],
        "encoding": [
          "x": named("label", xTitle, order: labels),
          "y": ["field": "value", "type": "quantitative", "title": .string(yTitle)],
        ],
      ]
    case .histogram:
      return [
        "mark": ["type": "bar", "tooltip": true],
        "encoding": [
          "x": [
            "field": "start", "type": "quantitative", "title": .string(xTitle),
            "bin": ["binned": true],
          ],
          "x2": ["field": "end"],
          "y": ["field": "count", "type": "quantitative", "title": .string(yTitle)],
        ],
      ]
    case .heatmap(let map): return cells(map)
    }
  }

  private func points(_ mark: JSONValue, _ series: [Series]) -> [String: JSONValue] {
    var encoding: [String: JSONValue] = [
      "x": quantity("x", xTitle, xScale), "y": quantity("y", yTitle, yScale),
    ]
    if series.count > 1 {
      encoding["color"] = [
        "field": "series", "type": "nominal", "title": .null,
        "sort": .array(series.map { .string($0.name) }),
        "scale": ["range": .array(Palette.series.map { .string($0) })],
      ]
    }
    return ["mark": mark, "encoding": .object(encoding)]
  }

  private func quantity(_ field: String, _ title: String, _ scale: Scale) -> JSONValue {
    [
      "field": .string(field), "type": "quantitative", "title": .string(title),
      "scale": ["type": .string(scale.rawValue), "zero": false],
    ]
  }

  private func named(_ field: String, _ title: String, order: [String]) -> JSONValue {
    [
      "field": .string(field), "type": "nominal", "title": .string(title),
      "sort": .array(order.map { .string($0) }),
    ]
  }

  private func cells(_ map: Heatmap) -> [String: JSONValue] {
    let finite = map.values.joined().filter(\.isFinite)
    let middle = ((finite.min() ?? 0) + (finite.max() ?? 0)) / 2
    let isDark: JSONValue = .string("datum.value > \(middle)")
    return [
      "encoding": [
        "x": named("column", xTitle, order: map.columns),
        "y": named("row", yTitle, order: map.rows),
      ],
      "layer": [
        [
          "mark": ["type": "rect", "tooltip": true],
          "encoding": [
            "color": [
              "field": "value", "type": "quantitative", "title": .null,
              "scale": ["scheme": "blues"],
            ]
          ],
        ],
        [
          "mark": "text",
          "encoding": [
            "text": [
              "field": "value", "type": "quantitative",
              "format": .string(map.areCounts ? "d" : ".3~g"),
            ],
            "color": ["condition": ["test": isDark, "value": "white"], "value": "black"],
          ],
        ],
      ],
    ]
  }
}

extension JSONValue {
  /// A whole number without a fraction where that is exact.
  fileprivate static func number(_ value: Double) -> JSONValue {
    if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return .int(whole) }
    return .double(value)
  }
}
