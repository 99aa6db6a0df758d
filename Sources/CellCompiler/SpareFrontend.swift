import Dispatch
import Processes
import Synchronization

/// A compiler that was started ahead and waits for its arguments, so that a cell that soon follows
/// another need not wait for the start of a large program.
///
/// It reads its arguments from a named pipe as a response file. It waits only a short while: it
/// holds some fifty megabytes, which a session at rest must not.
final class SpareFrontend: Sendable {
  /// How long it waits for a cell.
  private static let lifetimeMilliseconds = 800

  private let command: Command
  private let pipe: String
  private let done = DispatchSemaphore(value: 0)
  private let output = Mutex<CommandOutput?>(nil)
  private let isTaken = Mutex(false)

  /// Starts one in `folder`; `nil` when that fails.
  init?(executable: String, folder: String, number: Int) {
    pipe = "\(folder)/arguments-\(number)"
    guard Files.makePipe(pipe) else { return nil }
    command = Command(
      ProcessConfiguration(executable: executable, arguments: ["@\(pipe)"], directory: folder))
    startThread {
      let output = try? self.command.run()
      self.output.withLock { $0 = output }
      self.done.signal()
    }
    startThread(stackBytes: 1 << 16) { [weak self] in
      sleepMilliseconds(Self.lifetimeMilliseconds)
      self?.expire()
    }
  }

  /// The running command, to cancel it.
  var running: Command { command }

  /// Makes it compile, and waits for it; `nil` when it can no longer be used.
  func run(_ arguments: [String]) -> CommandOutput? {
    let isFirst = isTaken.withLock { taken in
      defer { taken = true }
      return !taken
    }
    guard isFirst else { return nil }
    defer { Files.removeFolder(pipe) }
    let text = arguments.map(Self.quoted).joined(separator: "\n") + "\n"
    guard Files.writeToPipe(text, at: pipe, milliseconds: 2_000) else {
      command.cancel()
      done.wait()
      return nil
    }
    done.wait()
    return output.withLock { $0 }
  }

  /// Ends it unless a cell has taken it.
  func expire() {
    let isFree = isTaken.withLock { taken in
      defer { taken = true }
      return !taken
    }
    guard isFree else { return }
    command.cancel()
    Files.removeFolder(pipe)
  }

  /// An argument as response files quote it.
  private static func quoted(_ argument: String) -> String {
    var text = "\""
    for character in argument {
      if character == "\"" || character == "\\" { text.append("\\") }
      text.append(character)
    }
    return text + "\""
  }
}
