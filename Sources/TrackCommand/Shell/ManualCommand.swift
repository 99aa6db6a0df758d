import CommandArguments

/// `manual`: the man page.
struct ManualCommand: StorelessCommand {
  static let name = "manual"
  static let operands = ""
  static let summary = "Print the man page, for man to read."
  static let notes = """
      track-cli manual > ~/.local/share/man/man1/track-cli.1
      man track-cli
    """
  static let formats = [OutputFormat.table]

  init(_ arguments: inout Arguments) throws(UsageError) {
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ format: OutputFormat, _ style: Style) -> String { Self.page }

  /// The page in the macros of man(7), from the same table as the help.
  private static var page: String {
    var page = """
      .TH TRACK\\-CLI 1 2026-11-21 "track\\-cli \(Program.version)" "User Commands"
      .SH NAME
      track\\-cli \\- look into a tracking store, compare runs, and tidy it
      .SH SYNOPSIS
      .B track\\-cli
      .I SUBCOMMAND
      [\\fIOPTION\\fR]...
      [\\fIOPERAND\\fR]...
      .SH DESCRIPTION
      A tracking store holds runs of experiments: the params that went in, the metrics that came out,
      the files they made, and how they ended. A
      .I RUN
      is an id or at least 4 digits of its beginning, a run's name,
      .BR latest ,
      or
      .BI latest~ N
      for the Nth before it.
      .SH SUBCOMMANDS

      """
    for command in Program.commands {
      page +=
        ".SS \(command.name)\(command.operands.isEmpty ? "" : " ")\(escaped(command.operands))\n"
      page += "\(line(command.summary))\n"
      for option in OptionLine.list(command.options) { page += entry(option) }
      guard !command.notes.isEmpty else { continue }
      page +=
        ".PP\n.nf\n"
        + command.notes.split(separator: "\n", omittingEmptySubsequences: false)
        .map { line(String($0)) + "\n" }.joined() + ".fi\n"
    }
    page += ".SH OPTIONS\nEvery subcommand takes these.\n"
    for option in OptionLine.all(of: nil) { page += entry(option) }
    for (title, entries) in [("ENVIRONMENT", Help.environment), ("EXIT STATUS", Help.statuses)] {
      page += ".SH \(title)\n"
      for (name, text) in entries { page += ".TP\n.B \(escaped(name))\n\(line(text))\n" }
    }
    page += """
      .SH FILES
      .TP
      .I tracking.db
      The store, an SQLite database: the nearest one from the current folder upwards, not beyond the
      root of the Git clone.
      .TP
      .I tracking.db.artifacts
      The contents of artifacts, by their SHA\\-256.

      """
    return page
  }

  private static func entry(_ option: OptionLine) -> String {
    var names = [option.short, option.long].compactMap { $0 }.map { "\\fB\(escaped($0))\\fR" }
      .joined(separator: ", ")
    if let argument = option.argument { names += " \\fI\(escaped(argument))\\fR" }
    return ".TP\n\(names)\n\(line(option.text))\n"
  }

  /// A line of text, which begins with no character that asks something of roff.
  private static func line(_ text: String) -> String {
    let text = escaped(text)
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "\\": escaped += "\\e"
      case "-": escaped += "\\-"
      case "'": escaped += "\\(aq"
      case "`": escaped += "\\(ga"
      case "~": escaped += "\\(ti"
      case "^": escaped += "\\(ha"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
