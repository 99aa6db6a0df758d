/// A command line that cannot be understood; the program then exits with status 64.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The words after a command's name, taken off one kind after the other.
///
/// Options come anywhere; `--name value` and `--name=value` mean the same.
struct Arguments {
  private var words: [String]

  init(_ words: [String]) {
    self.words = words
  }

  /// Takes the flag off and says whether it was there.
  mutating func flag(_ names: String...) -> Bool {
    let before = words.count
    words.removeAll { names.contains($0) }
    return words.count < before
  }

  /// Takes an option off that may be given once, and returns its value.
  mutating func option(_ name: String) throws(UsageError) -> String? {
    guard let index = words.firstIndex(where: { $0 == name || $0.hasPrefix("\(name)=") }) else {
      return nil
    }
    let word = words.remove(at: index)
    let value: String
    if word == name {
      guard index < words.endIndex else { throw UsageError("\(name) needs a value after it") }
      value = words.remove(at: index)
    } else {
      value = String(word.dropFirst(name.utf8.count + 1))
    }
    guard !value.isEmpty else { throw UsageError("\(name) needs a value; it is empty") }
    guard !words.contains(where: { $0 == name || $0.hasPrefix("\(name)=") }) else {
      throw UsageError("\(name) is given twice; keep one")
    }
    return value
  }

  /// Takes off every word that is no option; nothing follows from them.
  mutating func ignoreOperands() {
    words.removeAll { !$0.hasPrefix("-") }
  }

  /// Refuses what nothing has taken.
  func finish() throws(UsageError) {
    guard let first = words.first else { return }
    throw UsageError("\"\(first)\" is not understood here")
  }
}

/// A subcommand: it parses its whole command line, then runs.
protocol Subcommand {
  /// The words that name it, after `martlet`.
  static var name: String { get }
  /// What `--help` prints.
  static var help: String { get }

  init(_ arguments: inout Arguments) throws(UsageError)

  /// Does the work and returns the exit status.
  func run() throws -> Int32
}

extension Subcommand {
  /// Runs the command for the words after its name and returns the process's exit status.
  static func run(_ arguments: [String]) -> Int32 {
    var arguments = Arguments(arguments)
    if arguments.flag("--help", "-h") {
      print(help)
      return 0
    }
    do {
      let command = try Self(&arguments)
      try arguments.finish()
      return try command.run()
    } catch let error as UsageError {
      complain("martlet \(name): \(error). See: martlet \(name) --help")
      return 64
    } catch {
      complain("martlet \(name): \(error)")
      return 1
    }
  }
}
