import CProcesses
import Glibc
import Locks

/// Why a process could not be started.
package enum ProcessError: Error, Equatable, CustomStringConvertible {
  /// `posix_spawn` refused.
  case cannotStart(executable: String, reason: String)
  /// No descriptors are left.
  case noDescriptors(reason: String)

  package var description: String {
    switch self {
    case .cannotStart(let executable, let reason):
      "cannot start \(executable): \(reason). Check that the file exists and may be executed."
    case .noDescriptors(let reason):
      "cannot open a pipe: \(reason). Close files or raise the limit (ulimit -n)."
    }
  }
}

/// How a process ended.
package enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  /// Reads the status that `waitpid` gives.
  package init(waitStatus status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }

  package var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .signalled(let signal): "signal \(signal) (\(signalName(signal)))"
    }
  }
}

/// The name of a signal, as in `SIGSEGV`.
package func signalName(_ signal: Int32) -> String {
  let names: [Int32: String] = [
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGHUP: "SIGHUP", SIGILL: "SIGILL",
    SIGINT: "SIGINT", SIGKILL: "SIGKILL", SIGPIPE: "SIGPIPE", SIGQUIT: "SIGQUIT",
    SIGSEGV: "SIGSEGV", SIGSYS: "SIGSYS", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP",
    SIGXCPU: "SIGXCPU",
  ]
  return names[signal] ?? "signal \(signal)"
}

/// What to start, and how.
package struct ProcessConfiguration: Sendable {
  /// The executable's path.
  package var executable: String
  /// The arguments after the name.
  package var arguments: [String]
  /// The whole environment; `nil` for this process's own.
  package var environment: [String: String]?
  /// The folder to start in; `nil` for this process's own.
  package var directory: String?
  /// Descriptors to hand over, by the child's number; missing 0, 1 and 2 read and write nothing.
  package var descriptors: [Int32: Int32]
  /// Whether the child leads a process group, so that its children end with it.
  package var leadsGroup: Bool

  package init(
    executable: String, arguments: [String] = [], environment: [String: String]? = nil,
    directory: String? = nil, descriptors: [Int32: Int32] = [:], leadsGroup: Bool = false
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.descriptors = descriptors
    self.leadsGroup = leadsGroup
  }
}

/// A started process.
package struct ChildProcess: Sendable {
  /// Its process id.
  package let id: Int32
  private let leadsGroup: Bool

  /// Starts a process with no signal blocked and default handlers.
  package init(_ configuration: ProcessConfiguration) throws(ProcessError) {
    leadsGroup = configuration.leadsGroup
    id = try Self.spawn(configuration)
  }

  /// Sends `signal` to the process, or to its whole group when it leads one.
  package func send(_ signal: Int32) {
    kill(leadsGroup ? -id : id, signal)
  }

  /// Blocks until the process has ended.
  package func wait() -> ExitStatus { waitForUsage().status }

  /// Blocks until the process has ended; gives also the most memory that it had, in bytes.
  package func waitForUsage() -> (status: ExitStatus, peakMemoryBytes: Int) {
    var status: Int32 = 0
    var usage = rusage()
    while unsafe wait4(id, &status, 0, &usage) < 0, errno == EINTR {}
    return (ExitStatus(waitStatus: status), usage.ru_maxrss * 1024)
  }

  private static func spawn(_ configuration: ProcessConfiguration) throws(ProcessError) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for standard: Int32 in 0...2 where configuration.descriptors[standard] == nil {
      let mode = standard == 0 ? O_RDONLY : O_WRONLY
      unsafe posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", mode, 0)
    }
    // Ours move out of the way first, so that no target overwrites a source still needed.
    let targets = configuration.descriptors.sorted { $0.key < $1.key }
    for (index, (_, source)) in targets.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, source, 900 + Int32(index))
    }
    for (index, (target, _)) in targets.enumerated() {
      unsafe posix_spawn_file_actions_adddup2(&actions, 900 + Int32(index), target)
    }
    // Also what libraries opened without close-on-exec: a child must not hold what is not its own.
    let rest = max(3, (targets.last?.key ?? 0) + 1)
    unsafe cprocesses_add_close_from(&actions, rest)
    if let directory = configuration.directory {
      unsafe cprocesses_add_chdir(&actions, directory)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if configuration.leadsGroup { flags |= POSIX_SPAWN_SETPGROUP }
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))

    let words = [configuration.executable] + configuration.arguments
    let environment = (configuration.environment ?? currentEnvironment()).map { "\($0)=\($1)" }
    var child: Int32 = 0
    var result: Int32 = 0
    // A program that was just written counts as busy while a process that another thread has forked
    // holds its descriptor, which it gives up at once.
    for attempt in 0..<40 {
      if attempt > 0 { sleepMilliseconds(5) }
      result = unsafe withCStrings(words) { arguments in
        unsafe withCStrings(environment) { variables in
          unsafe posix_spawn(
            &child, configuration.executable, &actions, &attributes, arguments, variables)
        }
      }
      guard result == ETXTBSY else { break }
    }
    guard result == 0 else {
      throw .cannotStart(executable: configuration.executable, reason: errorText(result))
    }
    return child
  }
}

/// This process's environment.
package func currentEnvironment() -> [String: String] {
  environmentLock.withLock { _ in readEnvironment() }
}

/// Sets the variable `name` of this process, or removes it for `nil`.
package func setEnvironment(_ name: String, to value: String?) {
  environmentLock.withLock { _ in
    _ = if let value { unsafe setenv(name, value, 1) } else { unsafe unsetenv(name) }
  }
}

/// Held while the environment is read or changed, as changes move it.
private let environmentLock = Guarded<Void>(())

private func readEnvironment() -> [String: String] {
  var result: [String: String] = [:]
  var entry = unsafe environ
  while let text = unsafe entry.pointee {
    let pair = unsafe String(cString: text)
    if let equals = pair.firstIndex(of: "=") {
      result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    }
    unsafe entry += 1
  }
  return result
}

/// The text of a system error number.
package func errorText(_ number: Int32) -> String {
  unsafe String(cString: strerror(number))
}

private func withCStrings<Result>(
  _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
    capacity: texts.count + 1)
  for (index, text) in texts.enumerated() { unsafe pointers[index] = strdup(text) }
  unsafe pointers[texts.count] = nil
  defer {
    for index in texts.indices { unsafe free(pointers[index]) }
    unsafe pointers.deallocate()
  }
  return unsafe body(pointers)
}
