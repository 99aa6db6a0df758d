/// An option, as the lines of help describe it.
struct OptionLine: Equatable {
  /// As in `-e`.
  let short: String?
  /// As in `--experiment`.
  let long: String
  /// What stands for its value, as in `NAME`.
  let argument: String?
  let text: String

  /// The options that `lines` of help describe.
  static func list(_ lines: [String]) -> [OptionLine] {
    var options: [OptionLine] = []
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      guard first.hasPrefix("-") else {
        // What goes on describes the option above.
        guard let last = options.popLast() else { continue }
        options.append(
          OptionLine(
            short: last.short, long: last.long, argument: last.argument,
            text: "\(last.text) \(words.joined(separator: " "))"))
        continue
      }
      let short = first.hasSuffix(",") ? String(first.dropLast()) : nil
      let names = short == nil ? words : Array(words.dropFirst())
      guard let long = names.first else { continue }
      let isArgument = names.count > 1 && names[1].allSatisfy { $0.isUppercase }
      options.append(
        OptionLine(
          short: short, long: long, argument: isArgument ? names[1] : nil,
          text: names.dropFirst(isArgument ? 2 : 1).joined(separator: " ")))
    }
    return options
  }

  /// Those of a subcommand, and those that all have.
  static func all(of command: (any Command.Type)?) -> [OptionLine] {
    list((command?.options ?? []) + Help.commonOptions(of: command))
  }
}
