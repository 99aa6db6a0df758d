import Dispatch
import FoundationEssentials
import SourceKit
import Synchronization

/// Answers requests with the toolchain's sourcekitd; lives in a process of its own.
final class AssistanceServer {
  /// The name of the document; no such file exists.
  static let document = "/martlet/cell.swift"

  let library: SourceKitLibrary
  let keys: ResultKeys
  private(set) var modules: ModuleFolders
  private let cache: CompletionCache?

  /// - Parameters:
  ///   - toolchain: The toolchain's `usr` folder.
  ///   - scratch: A folder of the server's own, made when needed.
  /// - Throws: When the toolchain's library cannot be used.
  init(toolchain: String, scratch: String) throws(SourceKitError) {
    library = try SourceKitLibrary(toolchain: toolchain)
    keys = ResultKeys(library)
    modules = ModuleFolders(folder: scratch)
    cache = CompletionCache(environment: ProcessInfo.processInfo.environment)
    if let cache {
      // A library that does not know the request works without.
      _ = try? library.send([
        "key.request": .name("source.request.codecomplete.cache.ondisk"),
        "key.name": .text(cache.folder),
      ])
    }
  }

  /// Gives back, while nobody asks, what can be had again at once.
  func rest() {
    cache?.prune { modules.cellNumber(ofModule: $0) != nil }
    releaseUnchangedPages()
  }

  /// Answers one request; a refusal by sourcekitd is an empty answer with the reason.
  func answer(_ request: AssistanceRequest) -> AssistanceReply {
    let invocation = CompilerArguments(request.arguments)
    let arguments = invocation.arguments + modules.arguments(for: invocation.importFolders)
    do throws(SourceKitError) {
      switch request.kind {
      case .completion:
        return try completion(request, arguments, module: invocation.moduleName)
      case .warmUp:
        _ = try results(request.source, at: request.source.utf8.count, arguments)
        return AssistanceReply()
      case .inspection:
        return AssistanceReply(
          inspection: try inspection(request, arguments, module: invocation.moduleName))
      }
    } catch {
      return AssistanceReply(failure: error.description)
    }
  }

  private func completion(
    _ request: AssistanceRequest, _ arguments: [String], module: String
  ) throws(SourceKitError) -> AssistanceReply {
    guard let offset = request.offsets.first else { return AssistanceReply() }
    var list = CompletionList(
      typed: request.typed, document: module, keys: keys,
      cellNumber: modules.cellNumber)
    for result in try results(request.source, at: offset, arguments) { list.add(result) }
    let (matches, erased) = list.finish(after: request.source.utf8.prefix(offset))
    return AssistanceReply(
      matches: matches, erased: erased, takesValues: list.takesValues, takesTypes: list.takesTypes)
  }

  /// Asks for everything that could stand at `offset`.
  func results(
    _ source: String, at offset: Int, _ arguments: [String]
  ) throws(SourceKitError) -> [SourceKitReply] {
    try library.send([
      "key.request": .name("source.request.codecomplete"),
      "key.name": .text(Self.document),
      "key.sourcefile": .text(Self.document),
      "key.sourcetext": .text(source),
      "key.offset": .integer(offset),
      "key.compilerargs": .array((arguments + [Self.document]).map { .text($0) }),
    ]).items(keys.results)
  }
}

/// A stay without requests, after which the server gives back what it can have again at once.
private let restPause = Duration.milliseconds(1_000)

/// Serves requests on standard input until it ends; the whole life of `martlet assist`.
///
/// - Parameter toolchain: The toolchain's `usr` folder.
/// - Returns: The exit status of a server that cannot work; otherwise the process ends here.
package func runAssistanceServer(toolchain: String) -> Int32 {
  var connection = LineConnection()
  let scratch = ModuleFolders.folder(ofProcess: ProcessInfo.processInfo.processIdentifier)
  guard let server = try? AssistanceServer(toolchain: toolchain, scratch: scratch) else { return 1 }
  // A request may never return, so the end of the client is watched for beside it. Whoever sees it
  // first removes the files, and the other one waits for the end of the process.
  let departure = Departure(scratch: scratch)
  DispatchQueue.global().async {
    LineConnection.waitForEnd()
    departure.leave()
  }
  while let line = connection.readLine(after: restPause, whenIdle: { server.rest() }) {
    let reply: AssistanceReply
    if let request = try? JSONDecoder().decode(AssistanceRequest.self, from: Data(line)) {
      reply = server.answer(request)
    } else {
      reply = AssistanceReply(failure: "not a request")
    }
    guard let answer = try? JSONEncoder().encode(reply), connection.write(Array(answer)) else {
      break
    }
  }
  departure.leave()
}

/// The end of the server's process.
private final class Departure: Sendable {
  let modules: Mutex<ModuleFolders>

  init(scratch: String) {
    modules = Mutex(ModuleFolders(folder: scratch))
  }

  /// Removes what the server wrote and ends the process.
  func leave() -> Never {
    modules.withLock { $0.remove() }
    LineConnection.leave()
  }
}
