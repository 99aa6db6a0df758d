/// Two texts line by line, as `diff -u` shows them.
enum TextDifference {
  /// A line and whether it was taken away or added.
  enum Line: Equatable {
    case kept(String)
    case removed(String)
    case added(String)
  }

  /// Beyond so many lines that differ in their middle, one text is shown as a whole in place of the other: finding the
  /// least difference takes time that grows with its square.
  private static let mostLines = 6000

  /// The lines of both texts, in order.
  static func lines(_ old: String, _ new: String) -> [Line] {
    let old = split(old)
    let new = split(new)
    var start = 0
    while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
    var end = 0
    while end < min(old.count, new.count) - start,
      old[old.count - 1 - end] == new[new.count - 1 - end]
    { end += 1 }
    let before = Array(old[start..<(old.count - end)])
    let after = Array(new[start..<(new.count - end)])
    return old[..<start].map { .kept($0) } + middle(before, after)
      + old[(old.count - end)...].map { .kept($0) }
  }

  private static func middle(_ old: [String], _ new: [String]) -> [Line] {
    guard old.count + new.count <= mostLines else {
      return old.map { .removed($0) } + new.map { .added($0) }
    }
    var removed = Set<Int>()
    var added = Set<Int>()
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
    var lines: [Line] = []
    var (a, b) = (0, 0)
    while a < old.count || b < new.count {
      if removed.contains(a) {
        lines.append(.removed(old[a]))
        a += 1
      } else if added.contains(b) {
        lines.append(.added(new[b]))
        b += 1
      } else {
        lines.append(.kept(old[a]))
        (a, b) = (a + 1, b + 1)
      }
    }
    return lines
  }

  private static func split(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      .map(String.init)
    if lines.last == "" {
      lines.removeLast()
    } else {
      lines[lines.count - 1] += "\n\\ No newline at end of file"
    }
    return lines
  }

  /// The unified difference, with three lines around each change; empty when the texts are equal.
  static func unified(_ old: String, _ new: String, from oldName: String, to newName: String)
    -> [String]
  {
    let lines = lines(old, new)
    let changes = lines.indices.filter { index in
      if case .kept = lines[index] { false } else { true }
    }
    guard let first = changes.first else { return [] }
    var hunks: [Range<Int>] = []
    var (start, last) = (first, first)
    for index in changes.dropFirst() {
      if index - last > 6 {
        hunks.append(max(0, start - 3)..<min(lines.count, last + 4))
        start = index
      }
      last = index
    }
    hunks.append(max(0, start - 3)..<min(lines.count, last + 4))
    var text = ["--- \(printable(oldName))", "+++ \(printable(newName))"]
    var (place, oldLine, newLine) = (0, 0, 0)
    for hunk in hunks {
      // What stands before the hunk is equal in both.
      oldLine += hunk.lowerBound - place
      newLine += hunk.lowerBound - place
      place = hunk.upperBound
      var body: [String] = []
      var (oldCount, newCount) = (0, 0)
      for line in lines[hunk] {
        switch line {
        case .kept(let text):
          (oldCount, newCount) = (oldCount + 1, newCount + 1); body.append(" " + text)
        case .removed(let text): oldCount += 1; body.append("-" + text)
        case .added(let text): newCount += 1; body.append("+" + text)
        }
      }
      text.append(
        "@@ -\(range(oldLine, oldCount)) +\(range(newLine, newCount)) @@")
      text += body.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        .map { tabbed(String($0)) }
      (oldLine, newLine) = (oldLine + oldCount, newLine + newCount)
    }
    return text
  }

  private static func range(_ before: Int, _ count: Int) -> String {
    let start = count == 0 ? before : before + 1
    return count == 1 ? "\(start)" : "\(start),\(count)"
  }

  /// `line` with nothing in it that a terminal acts on but tabulators.
  private static func tabbed(_ line: String) -> String {
    line.split(separator: "\t", omittingEmptySubsequences: false)
      .map { printable(String($0)) }.joined(separator: "\t")
  }

  /// The lines with colours where they can be seen.
  static func painted(_ lines: [String], _ style: Style) -> String {
    lines.map { line in
      guard style.hasColor else { return line + "\n" }
      let color =
        line.hasPrefix("@@") ? "36" : line.hasPrefix("+") ? "32" : line.hasPrefix("-") ? "31" : ""
      return color.isEmpty ? line + "\n" : "\u{1B}[\(color)m\(line)\u{1B}[0m\n"
    }.joined()
  }
}
