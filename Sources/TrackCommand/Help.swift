/// The help texts.
enum Help {
  static var overview: String {
    let width = Program.commands.map { $0.name.count }.max() ?? 0
    let list = Program.commands.map { command in
      let padding = String(repeating: " ", count: width - command.name.count)
      return "  \(command.name)\(padding)  \(command.summary)\n"
    }.joined()
    return """
      Usage: track-cli SUBCOMMAND [OPTION]... [OPERAND]...

      Look into a tracking store: what runs there are, what they logged, how they
      compare; and tidy it.

      \(list)
      A RUN is an id or at least 4 digits of its beginning, a run's name, latest, or
      latest~N for the Nth before it.

      \(lines(commonOptions + ["    --version          print the version"]))
      Exit status: 0 done, 1 failure, 64 command line not understood.
      Help on one subcommand: track-cli SUBCOMMAND --help

      """
  }

  static func text(of command: any Command.Type) -> String {
    let operands = command.operands.isEmpty ? "" : " \(command.operands)"
    let notes = command.notes.isEmpty ? "" : "\n\(command.notes)\n"
    return """
      Usage: track-cli \(command.name) [OPTION]...\(operands)

      \(command.summary)

      \(lines(command.options + commonOptions))\(notes)
      """
  }

  /// `text` in lines of at most `width` characters, the first after `indentation` and the others below it.
  static func wrapped(_ text: String, width: Int, indentation: String) -> String {
    var lines: [String] = []
    var line = indentation
    let rest = String(repeating: " ", count: indentation.count)
    for word in text.split(separator: " ") {
      if line.count > rest.count, line.count + word.count + 1 > width {
        lines.append(trimmingEnd(line))
        line = rest
      }
      line += (line.count > rest.count ? " " : "") + word
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }

  private static func lines(_ lines: [String]) -> String {
    lines.map { "  \($0)\n" }.joined()
  }

  private static let commonOptions = [
    "    --store PLACE      the store: a path, sqlite:///path or file:path; else",
    "                       $TRACKING_URI, or the nearest tracking.db upwards",
    "    --format FORMAT    table, json, csv or markdown; by default table",
    "-h, --help             print this help",
  ]
}
