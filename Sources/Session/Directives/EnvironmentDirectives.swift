import Kernel
import Processes
import Synchronization

extension DirectiveTable {
  static let environment: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "env", form: .line,
      usage: ["%env [NAME]", "%env NAME=VALUE", "%env -u NAME"],
      summary: "Show, set or remove environment variables of the cells.",
      details: """
        Values are taken as they stand, {name} stands for the value of a session's variable. Commands,
        steps and a worker that is started later get them, too. The list hides the values of names
        that hold KEY, SECRET, TOKEN or PASSWORD.
        """
    ) { call throws(DirectiveError) in
      try call.environment()
    },
    DirectiveDefinition(
      name: "cd", form: .line, usage: ["%cd [FOLDER]", "%cd -"],
      summary: "Change the working directory of the cells.",
      details: """
        Without FOLDER it becomes the home folder, with - the one before. Names with spaces need no
        quotation marks. Commands and completion follow.
        """
    ) { call throws(DirectiveError) in
      try call.changeFolder()
    },
    DirectiveDefinition(
      name: "pwd", form: .line, usage: ["%pwd"],
      summary: "Print the working directory of the cells."
    ) { call throws(DirectiveError) in
      try call.takesNoArguments()
      call.print(call.session.workerFolder)
    },
  ]
}

extension DirectiveCall {
  fileprivate func environment() throws(DirectiveError) {
    let text = arguments
    if text.isEmpty {
      let rows = session.workerEnvironment.sorted { $0.key < $1.key }
      return print(rows.map { "\($0)=\(Self.shown($1, of: $0))" }.joined(separator: "\n"))
    }
    if text == "-u" || text.hasPrefix("-u ") {
      let name = try Self.name(String(text.dropFirst(2).drop(while: \.isWhitespace)))
      return try set(name, to: nil)
    }
    guard let equals = text.firstIndex(of: "=") else {
      let name = try Self.name(text)
      guard let value = session.workerEnvironment[name] else {
        throw .failed("there is no variable \(name) in the environment")
      }
      return print(value)
    }
    let name = try Self.name(String(text[..<equals]))
    var value = String(text[text.index(after: equals)...])
    for quote in ["\"", "'"] where value.count > 1 && value.hasPrefix(quote) {
      if value.hasSuffix(quote) { value = String(value.dropFirst().dropLast()) }
    }
    value = try interpolated(value)
    guard !value.utf8.contains(0) else { throw .failed("a value cannot hold the character NUL") }
    try set(name, to: value)
    print("\(name)=\(Self.shown(value, of: name))")
  }

  private func set(_ name: String, to value: String?) throws(DirectiveError) {
    guard session.ask(WorkerMessageKind.environment, [name] + (value.map { [$0] } ?? [])) != nil
    else { throw .failed("the worker process does not answer; run %reset") }
    // For a worker that is started later, for steps and for commands.
    setEnvironment(name, to: value)
  }

  private static func name(_ text: String) throws(DirectiveError) -> String {
    let isName =
      text.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || $0 == "_" || ("0"..."9") ~= $0
      }
      && !text.isEmpty && text.first?.isNumber == false
    guard isName else { throw .usage("\"\(text)\" is no name of a variable") }
    return text
  }

  private static func shown(_ value: String, of name: String) -> String {
    let secrets = ["KEY", "SECRET", "TOKEN", "PASSWORD"]
    return secrets.contains { name.uppercased().firstRange(of: $0) != nil } ? "<hidden>" : value
  }

  fileprivate func changeFolder() throws(DirectiveError) {
    let before = session.workerFolder
    var path = try path()
    if path.isEmpty {
      guard let home = currentEnvironment()["HOME"], !home.isEmpty else {
        throw .failed("there is no home folder: the variable HOME is not set")
      }
      path = home
    }
    if path == "-" {
      guard let earlier = session.shared.withLock({ $0.previousFolder }) else {
        throw .failed("the working directory was not changed before")
      }
      path = earlier
    }
    guard !path.utf8.contains(0) else { throw .failed("a path cannot hold the character NUL") }
    guard let answer = session.ask(WorkerMessageKind.directory, [path]) else {
      throw .failed("the worker process does not answer; run %reset")
    }
    guard answer.text(1).isEmpty else {
      throw .failed("cannot change to \(path): \(answer.text(1))")
    }
    session.shared.withLock { $0.previousFolder = before }
    // For completion, steps and a worker that is started later.
    if let reason = Files.changeFolder(to: answer.text(0)) {
      throw .failed("the kernel cannot change to \(path): \(reason)")
    }
    print(answer.text(0))
  }
}
