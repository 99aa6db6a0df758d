import Tracking

/// What a command line could go on with: what shells ask by `track-cli __complete WORD...`.
struct Completer {
  /// A word that would fit, and what it is.
  struct Candidate: Equatable {
    let word: String
    let text: String
  }

  /// The words after the program's name, the last of which is being typed.
  private let words: [String]
  private let store: () -> TrackingStore?
  private let hasAllRuns: Bool

  /// As many runs are offered.
  static let mostRuns = 200

  init(_ words: [String], hasAllRuns: Bool = true, store: @escaping () -> TrackingStore?) {
    self.hasAllRuns = hasAllRuns
    // bash takes `--name=value` apart.
    var joined: [String] = []
    for word in words.map(Self.unquoted) {
      if word == "=" {
        joined.append("")
      } else if joined.count > 1, joined.last == "" {
        joined[joined.count - 1] = word
      } else {
        joined.append(word)
      }
    }
    self.words = joined
    self.store = store
  }

  /// The word that a shell would pass on: bash and fish give what was typed.
  private static func unquoted(_ word: String) -> String {
    var rest = word[...]
    if rest.first == "'" || rest.first == "\"" { rest.removeFirst() }
    var text = ""
    while let character = rest.popFirst() {
      text.append(character == "\\" ? rest.popFirst() ?? character : character)
    }
    return text
  }

  /// A line for each candidate; the line `:files` asks the shell for the names of files.
  var text: String {
    guard let candidates else { return ":files\n" }
    let typed = words.last ?? ""
    return
      candidates
      .filter { $0.word.hasPrefix(typed) && $0.word == printable($0.word) && !$0.word.isEmpty }
      .map { "\($0.word)\t\(printable($0.text))\n" }.joined()
  }

  /// The candidates; `nil` for names of files.
  private var candidates: [Candidate]? {
    let typed = words.last ?? ""
    let before = words.dropLast()
    let command = before.lazy.compactMap { word in
      Program.commands.first { $0.name == word }
    }.first
    let options = OptionLine.all(of: command)
    if let previous = before.last,
      let option = options.first(where: { $0.long == previous || $0.short == previous }),
      let argument = option.argument
    {
      return values(of: option, argument, command)
    }
    if typed.hasPrefix("-") {
      return options.flatMap { option in
        [option.long, option.short].compactMap { $0 }.map { Candidate(word: $0, text: option.text) }
      }
    }
    guard let command else {
      return Program.commands.map { Candidate(word: $0.name, text: $0.summary) }
    }
    return operands(of: command, after: operands(before, options, command))
  }

  /// The operands that stand there already.
  private func operands(
    _ words: ArraySlice<String>, _ options: [OptionLine], _ command: any Command.Type
  ) -> [String] {
    var operands: [String] = []
    var isValue = false
    for word in words {
      if isValue {
        isValue = false
      } else if word.hasPrefix("-") {
        isValue = options.contains { ($0.long == word || $0.short == word) && $0.argument != nil }
      } else {
        operands.append(word)
      }
    }
    if let index = operands.firstIndex(of: command.name) { operands.removeFirst(index + 1) }
    return operands
  }

  private func operands(of command: any Command.Type, after: [String]) -> [Candidate]? {
    switch command.name {
    case "completion":
      return after.isEmpty
        ? CompletionCommand.Shell.allCases.map { Candidate(word: $0.rawValue, text: "shell") } : []
    case "metrics": return after.isEmpty ? runs() : after.count == 1 ? metrics(of: after[0]) : []
    case "artifacts":
      guard let first = after.first else {
        return [("list", "files of a run"), ("get", "copy files"), ("diff", "compare two runs")]
          .map { Candidate(word: $0, text: $1) } + runs()
      }
      let needed = first == "diff" ? 3 : 2
      guard ["list", "get", "diff"].contains(first) else { return [] }
      return after.count < needed ? runs() : first == "list" ? [] : artifacts(of: after[1])
    case "restore": return runs(.deleted)
    case "import": return nil
    case "tag", "note", "show": return after.isEmpty ? runs() : []
    default: return command.operands.contains("RUN") ? runs() : []
    }
  }

  private func values(
    of option: OptionLine, _ argument: String, _ command: (any Command.Type)?
  ) -> [Candidate]? {
    func words(_ words: [String]) -> [Candidate] {
      words.map { Candidate(word: $0, text: option.text) }
    }
    switch (option.long, argument) {
    case ("--format", _):
      return words((command?.formats ?? OutputFormat.allCases).map(\.rawValue))
    case ("--view", _): return words(RunView.allCases.map(\.rawValue))
    case ("--axis", _): return words(["step", "time", "relative"])
    case ("--log", _): return words(["x", "y", "xy"])
    case ("--to", _): return words(["csv", "json", "parquet", "mlflow"])
    case ("--experiment", _):
      let experiments = (try? store()?.experiments()) ?? []
      return experiments.map { experiment in
        let count = hasAllRuns ? experiment.runCount : nil
        return Candidate(
          word: experiment.name,
          text: count.map { "\($0) runs" } ?? "experiment \(experiment.id)")
      }
    case (_, "RUN"): return runs()
    case (_, "PLACE"), (_, "FILE"): return nil
    default: return []
    }
  }

  private func runs(_ view: RunView = .active) -> [Candidate] {
    var search = RunSearch()
    search.view = view
    search.limit = Self.mostRuns
    let runs = (try? store()?.search(search)) ?? []
    var names: [String: Int] = [:]
    for run in runs { names[run.name, default: 0] += 1 }
    let typed = words.last ?? ""
    return (view == .active ? [Candidate(word: "latest", text: "the newest run")] : [])
      + runs.map { run in
        // A name that several runs have does not say which.
        let usesID = names[run.name] != 1 || (typed.count > 1 && run.id.hasPrefix(typed))
        return Candidate(
          word: usesID ? run.shortID : run.name,
          text: "\(usesID ? run.name : run.shortID), \(run.experiment), \(run.shortStatus)")
      }
  }

  private func metrics(of reference: String) -> [Candidate] {
    guard let store = store(), let run = try? store.run(reference),
      let detail = try? store.detail(of: run)
    else { return [] }
    return detail.metrics.map { Candidate(word: $0.key, text: "\($0.count) points") }
  }

  private func artifacts(of reference: String) -> [Candidate] {
    guard let store = store(), let run = try? store.run(reference) else { return [] }
    return ((try? store.artifacts(of: run)) ?? []).map {
      Candidate(word: $0.path, text: shortSize(bytes: $0.byteCount))
    }
  }
}
