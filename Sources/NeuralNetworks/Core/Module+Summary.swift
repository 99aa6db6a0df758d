internal import Tensors

extension Module {
  /// Returns a table of all parameters: name, shape, number of elements, and whether they are trained.
  ///
  /// ```
  /// parameter      shape      elements  trained
  /// hidden.weight  [128, 64]      8192  yes
  /// ```
  public func summary() -> String {
    var rows = [["parameter", "shape", "elements", "trained"]]
    for (name, parameter) in contents.parameters {
      rows.append([
        name, "\(parameter.shape)", "\(parameter.shape.reduce(1, *))",
        parameter.isFrozen ? "no" : "yes",
      ])
    }
    rows.append(["all", "", "\(parameterCount())", "\(parameterCount(trainable: true))"])
    return textTable(rows, numberColumns: [2])
  }
}

extension Sequential {
  /// Returns a table of the layers: name, kind, the shape each gives, and the number of its parameters.
  ///
  /// ```
  /// layer  kind    output          parameters
  /// 0      Conv2d  [1, 16, 8, 8]          160
  /// ```
  ///
  /// The layers are called in evaluation mode, with zeros.
  ///
  /// - Parameter inputShape: Shape of an input, such as `[1, 1, 8, 8]`.
  /// - Returns: The table; layers of a `Sequential` within this one are listed below each other.
  /// - Precondition: The layers take the input.
  public func summary(inputShape: [Int]) -> String {
    var rows = [
      ["layer", "kind", "output", "parameters"], ["input", "", "\(inputShape)", ""],
    ]
    evaluating {
      withoutGradients { _ = list(Tensor<Float>.zeros(shape: inputShape), "", &rows) }
    }
    rows.append(["all", "", "", "\(parameterCount())"])
    return textTable(rows, numberColumns: [3])
  }

  private func list(_ x: Tensor<Float>, _ path: String, _ rows: inout [[String]]) -> Tensor<Float> {
    var x = x
    for (index, layer) in layers.enumerated() {
      let name = path.isEmpty ? "\(index)" : "\(path).\(index)"
      if let inner = layer as? Sequential {
        x = inner.list(x, name, &rows)
      } else {
        x = layer(x)
        rows.append([name, "\(type(of: layer))", "\(x.shape)", "\(layer.parameterCount())"])
      }
    }
    return x
  }
}

extension Module {
  /// Runs `body` with all layers in evaluation mode, then puts each back into its own.
  func evaluating<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure)
    -> Result
  {
    let modes = contents.modes.map { ($0, $0.isTraining) }
    evaluate()
    defer { for (mode, isTraining) in modes { mode.isTraining = isTraining } }
    return try body()
  }
}

/// Columns of equal width, two spaces apart; numbers end at the right.
private func textTable(_ rows: [[String]], numberColumns: Set<Int>) -> String {
  let widths = (rows.first ?? []).indices.map { column in
    rows.map { $0[column].count }.max() ?? 0
  }
  return rows.map { row in
    let cells = row.enumerated().map { column, text in
      let space = String(repeating: " ", count: widths[column] - text.count)
      return numberColumns.contains(column) ? space + text : text + space
    }
    let line = cells.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }.joined(separator: "\n")
}
