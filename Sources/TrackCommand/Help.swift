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

      \(lines(commonOptions(of: nil) + ["    --version          print the version"]))
      Exit status: 0 done, 1 failure, 64 command line not understood.
      The environment counts: TRACKING_URI, COLUMNS, NO_COLOR, LC_ALL and TZ.
      Help on one subcommand: track-cli SUBCOMMAND --help

      """
  }

  static func text(of command: any Command.Type) -> String {
    let operands = command.operands.isEmpty ? "" : " \(command.operands)"
    let notes = command.notes.isEmpty ? "" : "\n\(command.notes)\n"
    return """
      Usage: track-cli \(command.name) [OPTION]...\(operands)

      \(command.summary)

      \(lines(command.options + commonOptions(of: command)))\(notes)
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

  /// The options that every subcommand has.
  static func commonOptions(of command: (any Command.Type)?) -> [String] {
    let formats = (command?.formats ?? [.table, .json, .csv, .markdown]).map(\.rawValue)
    let names = formats.dropLast().joined(separator: ", ")
    let list = formats.count > 1 ? "\(names) or \(formats[formats.count - 1])" : formats[0]
    return [
      "    --store PLACE      the store: a path, sqlite:///path or file:path; for",
      "                       runs and models also a server's URL; else what",
      "                       $TRACKING_URI says, or the nearest tracking.db upwards",
      "    --format FORMAT    \(list); by default table",
      "-h, --help             print this help",
    ]
  }

  /// What the program takes from its environment.
  static let environment = [
    ("TRACKING_URI", "The store or server, where --store names none."),
    (
      "MLFLOW_TRACKING_URI",
      "A server, for what can be done with one, where TRACKING_URI is not set either."
    ),
    (
      "MLFLOW_TRACKING_TOKEN, MLFLOW_TRACKING_USERNAME, MLFLOW_TRACKING_PASSWORD",
      "Who asks a server."
    ),
    ("COLUMNS", "How wide tables and plots are; otherwise the terminal's width, or 80."),
    ("NO_COLOR", "Anything but nothing: no colours on a terminal. Elsewhere there are none."),
    (
      "LC_ALL, LC_CTYPE, LANG",
      "The first that is set says what can be shown: in the locale C, or one without UTF-8, only ASCII."
    ),
    ("TZ", "The time zone of the times that are shown."),
  ]

  /// The exit statuses.
  static let statuses = [
    ("0", "It was done."),
    (
      "1",
      "It failed, or doctor found something wrong; standard error, or doctor's answer, says what."
    ),
    ("64", "The command line was not understood."),
  ]
}
