import Processes

/// A compiler process that has initialised itself and forks one ready compiler after another.
///
/// The other end is the library `CFrontendServer`, which is preloaded into the toolchain's compiler.
/// One thread prepares and runs; any thread may cancel.
final class FrontendServer: Sendable {
  /// How long it waits for a request; it gives back most of its memory much earlier.
  private static let idleMilliseconds = 600_000

  private let control: Int32

  /// Starts the compiler `executable` with `library` preloaded.
  init(executable: String, library: String, folder: String) throws(ProcessError) {
    // The library answers for this file, but the compiler looks first whether it is there.
    let responseFile = folder + "/frontend-arguments"
    if let reason = Files.write("", to: responseFile) {
      throw .cannotStart(executable: executable, reason: "cannot write \(responseFile): \(reason)")
    }
    let sockets = try DescriptorPair.sockets(keepingMessages: true)
    var environment = currentEnvironment()
    environment["LD_PRELOAD"] = library
    environment["MARTLET_FRONTEND_IDLE"] = String(Self.idleMilliseconds)
    control = sockets.first
    let child: ChildProcess
    do throws(ProcessError) {
      child = try ChildProcess(
        ProcessConfiguration(
          executable: executable, arguments: ["@" + responseFile],
          environment: environment, directory: folder, descriptors: [3: sockets.second]))
    } catch {
      closeDescriptor(sockets.first)
      closeDescriptor(sockets.second)
      throw error
    }
    closeDescriptor(sockets.second)
    startThread { _ = child.wait() }
  }

  /// Ends the process, and with it the compiler that it has forked.
  deinit { closeDescriptor(control) }

  /// Forks a compiler that waits for `run`.
  ///
  /// - Parameters:
  ///   - arguments: The compiler's arguments after `-frontend`.
  ///   - log: The file for what it prints.
  /// - Returns: Whether the server took the request.
  func prepare(_ arguments: [String], log: String) -> Bool {
    let text = arguments.map(Self.quoted).joined(separator: "\n") + "\n"
    return FileDescriptor.write(
      [UInt8(ascii: "P")] + Array(log.utf8) + [0] + Array(text.utf8), to: control)
  }

  /// Lets the forked compiler go, and waits for its end; `nil` when the server is gone.
  func run() -> ExitStatus? {
    guard FileDescriptor.write([UInt8(ascii: "G")], to: control) else { return nil }
    guard let answer = FileDescriptor.read(control), answer.count == 4 else { return nil }
    let status = answer.reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
    return ExitStatus(waitStatus: status)
  }

  /// Kills the forked compiler.
  func cancel() {
    FileDescriptor.write([UInt8(ascii: "K")], to: control)
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
