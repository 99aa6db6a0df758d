/// The text that `%pipeline show` prints.
extension Pipeline {
  /// A table of the steps with what they take and make, under the pipeline's name.
  ///
  /// ```text
  /// pipeline churn, 2 steps
  ///
  ///   step     cell    takes             makes             options
  ///   prepare  cell 2                    data: [Double]
  ///   train    cell 5  data ← prepare                      cpu=2
  /// ```
  package var table: String {
    let header = ["step", "cell", "takes", "makes", "options"]
    var rows: [[String]] = [header]
    for step in steps {
      let takes = step.inputs.map { "\($0.name) ← \($0.producer)" }
      let makes = step.outputs.map { "\($0.name): \($0.type)" }
      for line in 0..<max(takes.count, makes.count, 1) {
        rows.append([
          line == 0 ? step.name : "", line == 0 ? step.label : "",
          line < takes.count ? takes[line] : "", line < makes.count ? makes[line] : "",
          line == 0 ? step.options.summary : "",
        ])
      }
    }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = zip(row, widths).map { text, width in
        text + String(repeating: " ", count: width - text.count)
      }
      let line = "  " + cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    let count = steps.count == 1 ? "1 step" : "\(steps.count) steps"
    return "pipeline \(name), \(count)\n\n" + lines.joined(separator: "\n") + "\n"
  }
}
