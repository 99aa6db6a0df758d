import Cells
import Kernel
import Processes

extension DirectiveTable {
  static let timing: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "time", form: .both, usage: ["%time CODE", "%%time\n       CODE"],
      summary: "Time the code of a line or of the cell, once.",
      details: """
        Shows the CPU time of the worker's threads and the wall time, without what the compiler took.
        What the code declares stays.
        """
    ) { call throws(DirectiveError) in
      let body = call.body
      if call.directive.isForCell, !call.arguments.isEmpty {
        throw .usage("\"\(call.arguments)\" is not understood here")
      }
      guard !body.source.allSatisfy(\.isWhitespace) else {
        throw .usage("there is no code to time")
      }
      let start = ContinuousClock.now
      try call.runSource(body)
      let elapsed = Double(nanoseconds: ContinuousClock.now - start)
      guard let answer = call.session.ask(WorkerMessageKind.usage), answer.fields.count == 3 else {
        return
      }
      let wall = Double(answer.number(0)) / 1e9
      let (user, system) = (Double(answer.number(1)) / 1e6, Double(answer.number(2)) / 1e6)
      call.print(
        """
        CPU times: user \(TimeText.short(user)), sys: \(TimeText.short(system)), \
        total: \(TimeText.short(user + system))
        Wall time: \(TimeText.short(wall)) (compiled in \(TimeText.short(max(0, elapsed / 1e9 - wall))))
        """)
    },
    DirectiveDefinition(
      name: "timeit", form: .both,
      usage: [
        "%timeit [-n LOOPS] [-r RUNS] CODE", "%%timeit [-n LOOPS] [-r RUNS] [SETUP]\n       CODE",
      ],
      summary: "Time code precisely: many loops in several runs.",
      details: """
        Each run repeats the code LOOPS times; without -n, as often as takes 0.2 s. Values of
        expressions are handed to a function that the compiler cannot see into, and the code is
        compiled as a function of its own, so that none of the work is optimised away. An empty loop
        takes some nanoseconds. SETUP runs before each run and is not timed. What the code declares is
        gone.
        """
    ) { call throws(DirectiveError) in
      try call.timeRepeatedly()
    },
  ]
}

extension DirectiveCall {
  fileprivate func timeRepeatedly() throws(DirectiveError) {
    var rest = Substring(arguments)
    var loops: Int?
    var runs = 7
    while rest.hasPrefix("-n") || rest.hasPrefix("-r") {
      let option = String(rest.prefix(2))
      let after = rest.dropFirst(2).drop(while: \.isWhitespace)
      let word = after.prefix { !$0.isWhitespace }
      guard let count = Int(word), count > 0, count <= 1_000_000_000 else {
        throw .usage("\(option) needs a whole number of at least 1, not \"\(word)\"")
      }
      if option == "-n" { loops = count } else { runs = min(count, 100_000) }
      rest = after[word.endIndex...].drop(while: \.isWhitespace)
    }
    let isCell = directive.isForCell
    var source = context.split.source
    var line = context.split.firstLine
    if !isCell {
      // Behind as many spaces as on its line, for the columns of diagnostics.
      let body = body.source
      source = String(repeating: " ", count: body.utf8.count - rest.utf8.count) + rest
      line = directive.line
    }
    guard !source.allSatisfy(\.isWhitespace) else { throw .usage("there is no code to time") }
    let cell = TimedCell(
      body: source, line: line, setup: isCell ? String(rest) : "", label: context.label,
      loops: loops, runs: runs)
    let prepared = try session.prepareHidden(
      cell.source, label: context.label, firstLine: 1_000_000)
    let text = try session.runHidden(prepared, context)
    let numbers = text.filter { $0 != "\"" }.split(separator: " ").compactMap { Double($0) }
    guard numbers.count > 1 else { throw .failed("no times came back: \(text)") }
    print(TimeText.summary(loops: numbers[0], runs: Array(numbers.dropFirst())))
  }
}

/// Durations in words.
package enum TimeText {
  private static let units = [(1.0, "s"), (1e-3, "ms"), (1e-6, "μs"), (1e-9, "ns")]

  /// The mean, the deviation of the runs and the best run, each for one loop.
  package static func summary(loops: Double, runs: [Double]) -> String {
    let times = runs.map { $0 / loops / 1e9 }
    let mean = times.reduce(0, +) / Double(times.count)
    let variance = times.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(times.count)
    let counts = grouped(Int(loops)) + (loops == 1 ? " loop" : " loops")
    return """
      \(precise(mean)) ± \(precise(variance.squareRoot())) per loop \
      (mean ± std. dev. of \(runs.count) run\(runs.count == 1 ? "" : "s"), \(counts) each), \
      best \(precise(times.min() ?? 0))
      """
  }

  /// Three significant digits, as in `12.3 ms`; minutes and hours from a minute on.
  package static func precise(_ seconds: Double) -> String {
    if seconds >= 60 { return long(seconds) }
    let unit = units.first { seconds >= $0.0 } ?? units[3]
    return "\(significant(seconds / unit.0)) \(unit.1)"
  }

  /// The same; nothing below a microsecond is told.
  static func short(_ seconds: Double) -> String {
    seconds < 1e-6 ? "0 ns" : precise(seconds)
  }

  /// `count` with commas between thousands.
  package static func grouped(_ count: Int) -> String {
    var digits = String(count)
    var result = ""
    while digits.count > 3 {
      result = "," + digits.suffix(3) + result
      digits.removeLast(3)
    }
    return digits + result
  }

  private static func significant(_ value: Double) -> String {
    let places = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
    let scale = [1.0, 10, 100][places]
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  private static func long(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return (hours > 0 ? "\(hours) h " : "") + "\(minutes) min \(whole % 60) s"
  }
}

extension Double {
  fileprivate init(nanoseconds duration: Duration) {
    let parts = duration.components
    self = Double(parts.seconds) * 1e9 + Double(parts.attoseconds) / 1e9
  }
}
