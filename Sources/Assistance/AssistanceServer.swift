import Dispatch
import FoundationEssentials
import SourceKit
import Synchronization

/// Answers requests with the toolchain's sourcekitd; lives in a process of its own.
final class AssistanceServer {
  /// The name of the document; no such file exists.
  private static let document = "/martlet/cell.swift"

  private let library: SourceKitLibrary
  private let keys: ResultKeys
  private var modules: ModuleFolders

  /// - Parameters:
  ///   - toolchain: The toolchain's `usr` folder.
  ///   - scratch: A folder of the server's own, made when needed.
  /// - Throws: When the toolchain's library cannot be used.
  init(toolchain: String, scratch: String) throws(SourceKitError) {
    library = try SourceKitLibrary(toolchain: toolchain)
    keys = ResultKeys(library)
    modules = ModuleFolders(folder: scratch)
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
    return AssistanceReply(matches: matches, erased: erased)
  }

  /// Asks for everything that could stand at `offset`.
  private func results(
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

  private func inspection(
    _ request: AssistanceRequest, _ arguments: [String], module: String
  ) throws(SourceKitError) -> AssistantInspection? {
    let words = SourceKitValue.array((arguments + [Self.document]).map { .text($0) })
    _ = try library.send([
      "key.request": .name("source.request.editor.open"),
      "key.name": .text(Self.document),
      "key.sourcetext": .text(request.source),
      "key.enablesyntaxmap": .integer(0),
      "key.enablesubstructure": .integer(0),
      "key.enablediagnostics": .integer(0),
      "key.syntactic_only": .integer(1),
      "key.compilerargs": words,
    ])
    defer {
      _ = try? library.send([
        "key.request": .name("source.request.editor.close"), "key.name": .text(Self.document),
      ])
    }
    for offset in request.offsets {
      let reply = try? library.send([
        "key.request": .name("source.request.cursorinfo"),
        "key.sourcefile": .text(Self.document),
        "key.primary_file": .text(Self.document),
        "key.offset": .integer(offset),
        "key.compilerargs": words,
      ])
      if let reply, let found = describe(reply, module: module) { return found }
    }
    // Half-typed code may have no type-checked symbol there; its name can still be looked up.
    for offset in request.offsets {
      if let found = try lookUp(request.source, at: offset, arguments, module: module) {
        return found
      }
    }
    return nil
  }

  /// Turns the answer to a cursor request into an inspection.
  private func describe(_ reply: SourceKitReply, module: String) -> AssistantInspection? {
    let annotated = library.key("key.annotated_decl")
    let documentation = library.key("key.doc_comment")
    let origin = origin(reply.text(keys.module) ?? "", document: module)
    if reply.name(keys.kind).hasSuffix("ref.module"), let name = reply.text(keys.name) {
      return AssistantInspection(declaration: "import \(name)")
    }
    guard let declaration = reply.text(annotated).map(declarationText), !declaration.isEmpty else {
      return nil
    }
    // A type that is called names its initialiser second, which is what is being asked about.
    let others = reply.items(library.key("key.secondary_symbols"))
    let declarations = [declaration] + others.compactMap { $0.text(annotated) }.map(declarationText)
    let comments = (others + [reply]).compactMap { $0.text(documentation) }
    return AssistantInspection(
      declaration: declarations.joined(separator: "\n"),
      documentation: comments.joined(separator: "\n\n"), origin: origin)
  }

  /// Describes the name at `offset` by what completion knows of it.
  private func lookUp(
    _ source: String, at offset: Int, _ arguments: [String], module: String
  ) throws(SourceKitError) -> AssistantInspection? {
    let bytes = Array(source.utf8)
    let name = bytes[offset...].prefix(while: isIdentifier)
    let without = Array(bytes[..<offset]) + bytes[(offset + name.count)...]
    let found = try results(String(decoding: without, as: UTF8.self), at: offset, arguments)
      .filter { $0.text(keys.name)?.prefix { $0 != "(" }.utf8.elementsEqual(name) ?? false }
    var declarations: [String] = []
    for result in found {
      let declaration = ResultKind(result.name(keys.kind)).declaration(
        result.text(keys.description) ?? "", type: result.text(keys.typeName) ?? "")
      if !declaration.isEmpty, !declarations.contains(declaration) {
        declarations.append(declaration)
      }
    }
    guard let first = found.first, !declarations.isEmpty else { return nil }
    return AssistantInspection(
      declaration: declarations.prefix(8).joined(separator: "\n"),
      documentation: first.text(keys.brief) ?? "",
      origin: origin(first.text(keys.module) ?? "", document: module))
  }

  private func origin(_ module: String, document: String) -> String {
    if module == document { return "this cell" }
    return modules.cellNumber(ofModule: module) != nil ? "an earlier cell" : module
  }
}

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
  while let line = connection.readLine() {
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
  private let modules: Mutex<ModuleFolders>

  init(scratch: String) {
    modules = Mutex(ModuleFolders(folder: scratch))
  }

  /// Removes what the server wrote and ends the process.
  func leave() -> Never {
    modules.withLock { $0.remove() }
    LineConnection.leave()
  }
}
