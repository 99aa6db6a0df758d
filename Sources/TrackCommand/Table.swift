/// A table with a header row; cells are plain text.
struct Table {
  /// How a column stands in its place.
  enum Alignment { case left, right }

  struct Column {
    let title: String
    var alignment = Alignment.left
    /// Whether it is shortened when the table is wider than the output.
    var mayShrink = false
  }

  var columns: [Column]
  var rows: [[String]] = []

  /// The table in `format`, other than JSON and HTML, which have shapes of their own in each command.
  func text(_ format: OutputFormat, style: Style) -> String {
    switch format {
    case .table, .json, .html: plain(style)
    case .csv: csv
    case .markdown: markdown
    }
  }

  /// Lines no wider than the output, as far as shortening the columns that may be shortened goes.
  private func plain(_ style: Style) -> String {
    let cells = rows.map { $0.map(printable) }
    var widths = columns.indices.map { index in
      max(
        columnWidth(printable(columns[index].title)),
        cells.map { columnWidth($0[index]) }.max() ?? 0)
    }
    shrink(&widths, to: style.width)
    var lines = [style.bold(line(columns.map { printable($0.title) }, widths))]
    lines += cells.map { line($0, widths) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func shrink(_ widths: inout [Int], to width: Int) {
    let gaps = 2 * (columns.count - 1)
    while widths.reduce(gaps, +) > width {
      let widest = columns.indices.filter {
        columns[$0].mayShrink && widths[$0] > max(8, columnWidth(columns[$0].title))
      }
      .max { widths[$0] < widths[$1] }
      guard let widest else { return }
      widths[widest] -= 1
    }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let text = elided(cell, to: widths[index])
      let padding = String(repeating: " ", count: widths[index] - columnWidth(text))
      if index > 0 { line += "  " }
      line += columns[index].alignment == .left ? text + padding : padding + text
    }
    return trimmingEnd(line)
  }

  private var csv: String {
    ([columns.map(\.title)] + rows).map { row in
      row.map(csvField).joined(separator: ",") + "\n"
    }.joined()
  }

  private var markdown: String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { markdownCell($0) }.joined(separator: " | ") + " |\n"
    }
    let rule = columns.map { $0.alignment == .left ? "---" : "---:" }
    return line(columns.map(\.title)) + "| " + rule.joined(separator: " | ") + " |\n"
      + rows.map(line).joined()
  }
}

/// `text` on one line, with nothing in it that a terminal acts on.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { isControl($0) || cannotShow($0) }) else {
    return text
  }
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\n": shown += "\\n"
    case "\r": shown += "\\r"
    case "\t": shown += "\\t"
    case _ where isControl(scalar) || cannotShow(scalar):
      shown += "\\u{\(String(scalar.value, radix: 16))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

/// Whether the locale has no such character.
private func cannotShow(_ scalar: Unicode.Scalar) -> Bool { Locale.isASCII && !scalar.isASCII }

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
    || (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}

/// The places that `text` takes on a terminal.
func columnWidth(_ text: String) -> Int {
  if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
  return text.reduce(0) { width, character in
    let value = character.unicodeScalars.first?.value ?? 0
    let isWide =
      (0x1100...0x115f).contains(value) || (0x2e80...0xa4cf).contains(value)
      || (0xac00...0xd7a3).contains(value) || (0xf900...0xfaff).contains(value)
      || (0xfe30...0xfe6f).contains(value) || (0xff00...0xff60).contains(value)
      || (0x1f300...0x1faff).contains(value)
    return width + (isWide ? 2 : 1)
  }
}

/// `text` in at most `width` places, its middle left out when it is longer.
func elided(_ text: String, to width: Int) -> String {
  guard columnWidth(text) > width, width > 0 else { return text }
  let gap = Locale.ellipsis
  guard width > gap.count + 1 else { return String(text.prefix(width)) }
  var head = ""
  for character in text {
    guard columnWidth(head + String(character)) <= (width - gap.count + 1) * 2 / 3 else { break }
    head.append(character)
  }
  var tail = ""
  for character in text.reversed() {
    guard columnWidth(head) + gap.count + columnWidth(tail + String(character)) <= width else {
      break
    }
    tail = String(character) + tail
  }
  return head + gap + tail
}

/// `line` without spaces at its end.
func trimmingEnd(_ line: String) -> String {
  var line = line
  while line.hasSuffix(" ") { line.removeLast() }
  return line
}

private func csvField(_ text: String) -> String {
  guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
  return "\""
    + text.split(separator: "\"", omittingEmptySubsequences: false)
    .joined(separator: "\"\"") + "\""
}

private func markdownCell(_ text: String) -> String {
  printable(text).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
}
