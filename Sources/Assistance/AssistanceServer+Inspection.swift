import SourceKit

extension AssistanceServer {
  /// Describes the first of the request's names that stands for something.
  func inspection(
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
      if let reply, var found = describe(reply, module: module) {
        if request.isDetailed {
          found.details = details(of: found, reply, request, arguments, module: module)
        }
        return found
      }
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
    let declaring = reply.text(keys.module) ?? ""
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
      documentation: comments.joined(separator: "\n\n"),
      origin: origin(declaring, document: module),
      symbol: .init(
        name: reply.text(keys.name) ?? "", module: declaring,
        identifier: reply.text(library.key("key.usr")) ?? ""))
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
    let declarations = declarations(of: found)
    guard let first = found.first, !declarations.isEmpty else { return nil }
    let declaring = first.text(keys.module) ?? ""
    return AssistantInspection(
      declaration: declarations.prefix(8).joined(separator: "\n"),
      documentation: first.text(keys.brief) ?? "",
      origin: origin(declaring, document: module),
      details: declarations.dropFirst(8).joined(separator: "\n"),
      symbol: .init(name: first.text(keys.name) ?? "", module: declaring))
  }

  /// What else there is to tell of a library's symbol: a type's members, a function's overloads.
  private func details(
    of found: AssistantInspection, _ reply: SourceKitReply, _ request: AssistanceRequest,
    _ arguments: [String], module: String
  ) -> String {
    let name = found.symbol.name
    let declaring = found.symbol.module
    guard declaring != module, modules.cellNumber(ofModule: declaring) == nil else { return "" }
    switch ResultKind(reply.name(keys.kind)) {
    case .structure, .enumeration, .protocolType:
      let members =
        members(of: name, isStatic: true, request, arguments)
        + members(of: name, isStatic: false, request, arguments)
      let head = found.declaration.prefix { !$0.isNewline }
      return members.isEmpty ? "" : "\(head) {\n  \(members.joined(separator: "\n  "))\n}"
    case .function:
      guard let offset = request.offsets.first,
        let all = try? lookUp(request.source, at: offset, arguments, module: module)
      else { return "" }
      return [all.declaration, all.details].filter { !$0.isEmpty }.joined(separator: "\n")
    default: return ""
    }
  }

  /// The documented members of the type `name`, as seen from an extension of it.
  private func members(
    of name: String, isStatic: Bool, _ request: AssistanceRequest, _ arguments: [String]
  ) -> [String] {
    let context = isStatic ? "static " : ""
    let source = "\(request.imports)\nextension \(name) { \(context)func martletProbe() { self."
    let found = try? results(source + " } }", at: source.utf8.count, arguments).filter { result in
      let member = result.text(keys.name) ?? ""
      return result.text(keys.brief) != nil && !member.hasPrefix("_")
        && !member.hasPrefix("martletProbe")
    }
    return declarations(of: found ?? []).sorted().map {
      isStatic && !$0.hasPrefix("init")
        && !$0.hasPrefix("case") ? "static \($0)" : $0
    }
  }

  /// The declarations of completion results, each once.
  private func declarations(of results: [SourceKitReply]) -> [String] {
    var declarations: [String] = []
    var seen: Set<String> = []
    for result in results {
      let declaration = ResultKind(result.name(keys.kind)).declaration(
        result.text(keys.description) ?? "", type: result.text(keys.typeName) ?? "")
      if !declaration.isEmpty, seen.insert(declaration).inserted {
        declarations.append(declaration)
      }
    }
    return declarations
  }

  private func origin(_ module: String, document: String) -> String {
    if module == document { return "this cell" }
    return modules.cellNumber(ofModule: module) != nil ? "an earlier cell" : module
  }
}
