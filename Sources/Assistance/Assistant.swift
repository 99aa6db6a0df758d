import Dispatch
import FoundationEssentials
import Processes
import Synchronization

/// Completion and inspection for a session, answered by a server process.
///
/// The process starts with the first request, is replaced when it crashes or does not answer in
/// time, and ends when nobody has asked for a while. No request ever fails: without an answer there
/// is nothing to offer.
package final class Assistant: Sendable {
  /// How long things may take.
  package struct Limits: Sendable {
    /// The work for an answer that has to load modules: the first, or one with other imports than
    /// the last.
    package var first: Duration
    /// The work for any other answer.
    package var later: Duration
    /// A stay without requests, after which the process and its memory go.
    package var idle: Duration
    /// The resident memory beyond which a process that has doubled since its start is replaced.
    package var memoryMebibytes: Int
    /// A stay without requests, after which a process that keeps more than `restMebibytes` is replaced.
    package var rest: Duration
    /// What a process may keep at rest.
    ///
    /// One that had to read a library for the first time keeps much more than its successor, which finds
    /// the library's names in the cache.
    package var restMebibytes: Int

    package init(
      first: Duration = .seconds(5), later: Duration = .seconds(2), idle: Duration = .seconds(600),
      memoryMebibytes: Int = 700, rest: Duration = .seconds(3), restMebibytes: Int = 80
    ) {
      self.first = first
      self.later = later
      self.idle = idle
      self.memoryMebibytes = memoryMebibytes
      self.rest = rest
      self.restMebibytes = restMebibytes
    }
  }

  private let executable: String
  private let arguments: [String]
  private let limits: Limits
  private let state = Mutex(State())
  /// Requests block a thread while they wait, which must not be one of the concurrency pool.
  private let queue = DispatchQueue(label: "martlet.assistant")

  private struct State {
    var process: LineProcess?
    /// What the process last had to load.
    var loaded: [String]?
    /// What the process held after its first answer.
    var initialMebibytes: Int?
    /// For what the process was last replaced at rest: once is enough.
    var restedWith: [String]?
    var isShutDown = false
    var requestCount = 0
  }

  /// - Parameters:
  ///   - executable: The program that runs the server.
  ///   - arguments: Its arguments, before `--toolchain`.
  ///   - toolchain: The toolchain's `usr` folder.
  ///   - limits: How long things may take.
  package init(
    executable: String, arguments: [String], toolchain: String, limits: Limits = Limits()
  ) {
    self.executable = executable
    self.arguments = arguments + ["--toolchain", toolchain]
    self.limits = limits
  }

  deinit { stop(isForGood: true) }

  /// The server's process identifier; `nil` while none runs.
  package var serverIdentifier: Int32? {
    state.withLock { $0.process?.identifier }
  }

  /// Returns what could be inserted at `cursor`.
  ///
  /// - Parameters:
  ///   - prefixSource: Swift before the cell that the user does not see, as imports of earlier
  ///     cells.
  ///   - code: The cell.
  ///   - cursor: The cursor in Unicode scalars of `code`.
  ///   - compilerArguments: As for compiling the cell; `-I` and `-module-name` among them.
  ///   - directives: Names to offer after `%` at a line's start, with their percent signs.
  ///   - workingFolder: Where relative paths in string literals and directives begin.
  ///   - globals: Names that `prefixSource` leaves out, to offer where a value or type may stand.
  /// - Returns: The completions, without matches when nothing is known or time is up.
  package func completions(
    prefixSource: String, code: String, cursor: Int, compilerArguments: [String],
    directives: [String] = [], workingFolder: String = ".",
    globals: [AssistantCompletion] = []
  ) async -> AssistantCompletions {
    let cell = CellText(code: code, cursor: cursor)
    let end = cell.scalars(before: cell.cursor)
    let nothing = AssistantCompletions(matches: [], start: end, end: end)
    switch cell.place {
    case .comment, .string(_, isPlain: false): return nothing
    case .string(let start, isPlain: true):
      return files(for: cell.text(start, cell.cursor), end: end, from: workingFolder)
    case .argument(let typed): return files(for: typed, end: end, from: workingFolder)
    case .directive(let start):
      let typed = String(decoding: cell.directive, as: UTF8.self)
      let matches = directives.filter { $0.hasPrefix(typed) }.sorted()
        .map { AssistantCompletion(text: $0, type: "magic") }
      return AssistantCompletions(matches: matches, start: cell.scalars(before: start), end: end)
    case .code: break
    }
    let start = cell.identifierStart(before: cell.cursor)
    if start < cell.cursor, isDigit(cell.bytes[start]) {
      let isElement = start > 0 && cell.bytes[start - 1] == UInt8(ascii: ".")
      guard isElement else { return nothing }
    }
    // sourcekitd completes at the start of a name; the typed part is left out and filtered by.
    let source =
      Array("\(prefixSource)\n".utf8) + cell.bytes[..<start] + cell.bytes[cell.cursor...]
    let request = AssistanceRequest(
      kind: .completion, source: String(decoding: source, as: UTF8.self),
      offsets: [prefixSource.utf8.count + 1 + start], typed: cell.text(start, cell.cursor),
      arguments: compilerArguments)
    guard let reply = await send(request, loading: prefixSource + "\n" + imports(in: code)) else {
      return nothing
    }
    return AssistantCompletions(
      matches: reply.adding(globals), start: cell.scalars(before: start) - reply.erased, end: end)
  }

  /// The files that continue the path `typed`, which ends at `end`.
  private func files(for typed: String, end: Int, from folder: String) -> AssistantCompletions {
    let paths = PathCompletion(typed: typed, from: folder)
    return AssistantCompletions(
      matches: paths.matches, start: end - paths.name.unicodeScalars.count, end: end)
  }

  /// Returns what is known of the symbol at `cursor`, or of the call around it.
  ///
  /// - Parameters:
  ///   - prefixSource: Swift before the cell that the user does not see.
  ///   - code: The cell.
  ///   - cursor: The cursor in Unicode scalars of `code`.
  ///   - compilerArguments: As for compiling the cell.
  ///   - isDetailed: Whether to tell all that is known, as the members of a type.
  /// - Returns: The symbol's declaration and documentation; `nil` when it is unknown.
  package func inspection(
    prefixSource: String, code: String, cursor: Int, compilerArguments: [String],
    isDetailed: Bool = false
  ) async -> AssistantInspection? {
    let cell = CellText(code: code, cursor: cursor)
    let names = cell.inspectedNames
    guard !names.isEmpty else { return nil }
    let source = Array("\(prefixSource)\n".utf8) + cell.bytes
    let context = prefixSource + "\n" + imports(in: code)
    let request = AssistanceRequest(
      kind: .inspection, source: String(decoding: source, as: UTF8.self),
      offsets: names.map { prefixSource.utf8.count + 1 + $0 }, arguments: compilerArguments,
      imports: context, isDetailed: isDetailed)
    return await send(request, loading: context)?.inspection
  }

  /// Starts the process and loads what `prefixSource` imports, so that the next request is quick.
  package func warmUp(prefixSource: String = "", compilerArguments: [String]) {
    let request = AssistanceRequest(
      kind: .warmUp, source: prefixSource + "\n", offsets: [], arguments: compilerArguments)
    queue.async { [weak self] in _ = self?.answer(request, loading: prefixSource + "\n") }
  }

  /// Ends the process for good; requests from then on have no answer.
  package func shutDown() {
    stop(isForGood: true)
  }

  private func send(_ request: AssistanceRequest, loading context: String) async -> AssistanceReply?
  {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.answer(request, loading: context)) }
    }
  }

  /// Answers one request on the queue; `nil` when there is no answer.
  private func answer(_ request: AssistanceRequest, loading context: String) -> AssistanceReply? {
    state.withLock { $0.requestCount += 1 }
    defer {
      replaceAtRest(loading: context, arguments: request.arguments)
      endWhenIdle()
    }
    let needs = request.arguments + [context]
    guard let line = try? JSONEncoder().encode(request) else { return nil }
    // A process that died since the last request costs nothing but its start; one that dies of
    // this request dies of it twice at most.
    for _ in 0..<2 {
      guard let (process, isWarm) = process(loading: needs) else {
        return nil
      }
      do throws(LineProcessError) {
        // An inspection type-checks everything anew, so it is never as quick as a completion.
        let isQuick = isWarm && request.kind == .completion
        let answer = try process.exchange(
          Array(line), within: isQuick ? limits.later : limits.first)
        if hasOutgrown(process, loaded: needs) {
          end(process)
          warmUp(prefixSource: context, compilerArguments: request.arguments)
        }
        return try? JSONDecoder().decode(AssistanceReply.self, from: Data(answer))
      } catch {
        end(process)
        guard error == .ended else { return nil }
      }
    }
    return nil
  }

  /// The running process, started when there is none, and whether it has loaded `needs`.
  private func process(loading needs: [String]) -> (LineProcess, Bool)? {
    state.withLock { state in
      guard !state.isShutDown else { return nil }
      if let process = state.process { return (process, state.loaded == needs) }
      state.loaded = nil
      state.initialMebibytes = nil
      state.process = try? LineProcess(executable: executable, arguments: arguments)
      return state.process.map { ($0, false) }
    }
  }

  /// Notes what `process` has loaded, and tells whether it has grown too large.
  ///
  /// A process that needs much from the start is not too large: another would need as much.
  private func hasOutgrown(_ process: LineProcess, loaded needs: [String]) -> Bool {
    let size = process.residentMebibytes
    return state.withLock { state in
      state.loaded = needs
      let initial = state.initialMebibytes ?? size
      state.initialMebibytes = initial
      return size > max(limits.memoryMebibytes, 2 * initial)
    }
  }

  /// Replaces the process shortly after the last request, if it keeps more than another would.
  private func replaceAtRest(loading context: String, arguments: [String]) {
    let count = state.withLock { $0.requestCount }
    let milliseconds = Int(limits.rest / .milliseconds(1))
    queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
      guard let self else { return }
      let large = self.state.withLock { state -> LineProcess? in
        guard state.requestCount == count, let process = state.process, let loaded = state.loaded,
          state.restedWith != loaded, process.residentMebibytes > limits.restMebibytes
        else { return nil }
        state.restedWith = loaded
        return process
      }
      guard let large else { return }
      end(large)
      warmUp(prefixSource: context, compilerArguments: arguments)
    }
  }

  /// Ends the process some time after the last request.
  private func endWhenIdle() {
    let count = state.withLock { $0.requestCount }
    let milliseconds = Int(limits.idle / .milliseconds(1))
    queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) { [weak self] in
      guard let self, self.state.withLock({ $0.requestCount == count }) else { return }
      self.stop(isForGood: false)
    }
  }

  private func stop(isForGood: Bool) {
    let process = state.withLock { state in
      if isForGood { state.isShutDown = true }
      return state.process
    }
    if let process { end(process) }
  }

  /// Ends `process` and forgets it.
  private func end(_ process: LineProcess) {
    state.withLock { if $0.process === process { $0.process = nil } }
    process.end()
    // What a killed process could not remove itself.
    ModuleFolders(folder: ModuleFolders.folder(ofProcess: process.identifier)).remove()
  }

  /// The lines of `code` that import something.
  private func imports(in code: String) -> String {
    code.split(separator: "\n").filter { line in
      line.split(separator: " ").prefix(4).contains("import")
    }.joined(separator: "\n")
  }
}
