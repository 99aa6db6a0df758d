import CommandArguments

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
