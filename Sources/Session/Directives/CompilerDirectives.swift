import CellCompiler
import Kernel
import Processes

extension DirectiveTable {
  static let compiler: [DirectiveDefinition] = [
    DirectiveDefinition(
      name: "swift", form: .line, usage: ["%swift"],
      summary: "Show the compiler's version and how cells are compiled."
    ) { call throws(DirectiveError) in
      try call.takesNoArguments()
      let compiler = try call.compiler()
      let settings = compiler.settings
      let version: String
      do throws(CellCompilerError) {
        version = try compiler.toolchain.version()
      } catch {
        throw .failed(error.description)
      }
      func list(_ words: [String]) -> String {
        words.isEmpty ? "none" : words.joined(separator: " ")
      }
      call.print(
        """
        Swift \(version) in \(compiler.toolchain.root)
        optimisation: \(settings.isOptimized ? "on (-O, with checks)" : "off (-Onone)")
        flags: \(list(settings.flags))
        libraries: \(list(settings.libraries))
        packages: \(list(call.session.history.packages.map(\.name)))
        """)
    },
    DirectiveDefinition(
      name: "flags", form: .line, usage: ["%flags [FLAG]...", "%flags --none"],
      summary: "Show or replace the extra compiler flags of later cells.",
      details: """
        As in '%flags -D SLOW -Xcc -I/opt/include -enable-experimental-feature Lifetimes'. Each use
        replaces the flags of the one before. The compiler tries them first, and what would change how
        cells become loadable is refused. For libraries there is %link, for optimisation %optimize.
        """
    ) { call throws(DirectiveError) in
      try call.setFlags()
    },
    DirectiveDefinition(
      name: "optimize", form: .line, usage: ["%optimize [on|off]"],
      summary: "Compile later cells with -O or with -Onone.",
      details: "Without optimisation, cells compile a little faster and run much slower."
    ) { call throws(DirectiveError) in
      let compiler = try call.compiler()
      switch call.arguments {
      case "": break
      case "on": compiler.change { $0.isOptimized = true }
      case "off": compiler.change { $0.isOptimized = false }
      default: throw .usage("\"\(call.arguments)\" is neither on nor off")
      }
      call.print("optimisation is \(compiler.settings.isOptimized ? "on" : "off")")
    },
    DirectiveDefinition(
      name: "link", form: .line,
      usage: ["%link LIBRARY...", "%link LIBRARY header=FILE [module=NAME]"],
      summary: "Link later cells with libraries of the system.",
      details: """
        LIBRARY is a name that pkg-config knows, or that of libNAME.so. With a header, '%link z
        header=zlib.h', later cells can 'import z' to call the library's functions.
        """
    ) { call throws(DirectiveError) in
      try call.link()
    },
  ]
}

extension DirectiveCall {
  /// The session's compiler.
  func compiler() throws(DirectiveError) -> CellCompiler {
    guard let compiler = session.readyCompiler() else {
      throw .failure(session.cannotStart(context))
    }
    return compiler
  }

  /// What the compiler or linker says, with interrupts and failures of the tools as errors.
  func trying<Value>(
    _ body: () throws(CellCompilerError) -> Value
  ) throws(DirectiveError) -> Value {
    do throws(CellCompilerError) {
      return try body()
    } catch {
      if error == .interrupted { throw .failure(context.failures.interrupted(lines: [])) }
      throw .failed(error.description)
    }
  }

  // MARK: Flags

  /// Flags that would change what is made of a cell, or where it goes.
  private static let refused: [(prefix: String, instead: String)] = [
    ("-O", "use %optimize"), ("-l", "use %link"), ("-L", "use %link"), ("-o", ""), ("-c", ""),
    ("-emit", ""), ("-module-name", ""), ("-primary-file", ""), ("-frontend", ""),
    ("-typecheck", ""), ("-parse", ""), ("-dump", ""), ("-print", ""), ("-entry-point", ""),
    ("-target", ""), ("-index", ""), ("-output", ""), ("-serialize", ""), ("-interpret", ""),
    ("-repl", ""), ("-merge", ""), ("-help", ""), ("-version", ""), ("-diagnostic-style", ""),
    ("@", ""), ("-sdk", ""), ("-resource-dir", ""), ("-compile-module", ""), ("-scan", ""),
  ]

  fileprivate func setFlags() throws(DirectiveError) {
    let compiler = try compiler()
    var flags: [String] = []
    for word in try words() {
      // The driver's way to reach the compiler proper, which cells are compiled with.
      if word == "-Xfrontend" { continue }
      if word != "-Ounchecked", flags.last != "-Xcc",
        let (prefix, instead) = Self.refused.first(where: { word.hasPrefix($0.prefix) })
      {
        let hint = instead.isEmpty ? "it changes how a cell becomes loadable" : instead
        throw .failed("\(word) is not allowed (\(prefix)…): \(hint)")
      }
      flags.append(word)
    }
    if flags == ["--none"] { flags = [] }
    if !arguments.isEmpty {
      var trial = compiler.settings
      trial.flags = flags
      if let errors = try trying({ () throws(CellCompilerError) in try compiler.errors(with: trial)
      }) {
        throw .failed("the compiler does not take these flags: \(errors)")
      }
      let accepted = flags
      compiler.change { $0.flags = accepted }
    }
    let current = compiler.settings.flags
    print(current.isEmpty ? "there are no extra flags" : current.joined(separator: " "))
  }

  // MARK: Libraries

  fileprivate func link() throws(DirectiveError) {
    let compiler = try compiler()
    var names: [String] = []
    var header: String?
    var module: String?
    for word in try words() {
      if word.hasPrefix("header=") {
        header = String(word.dropFirst("header=".count))
      } else if word.hasPrefix("module=") {
        module = String(word.dropFirst("module=".count))
      } else if word.hasPrefix("-l") {
        names.append(String(word.dropFirst(2)))
      } else if word.hasPrefix("-") || word.contains("/") || word.contains("=") {
        throw .usage("\"\(word)\" is no library's name")
      } else {
        names.append(word)
      }
    }
    guard !names.isEmpty else { throw .usage("the library's name is missing") }
    guard header != nil || module == nil else { throw .usage("module= needs header=") }
    guard header == nil || names.count == 1 else {
      throw .usage("header= belongs to one library")
    }
    var settings = compiler.settings
    var added: [String] = []
    var searched: [String] = []
    for name in names {
      let flags = LibraryFlags(pkgConfig: name) ?? LibraryFlags(libraries: ["-l\(name)"])
      let errors = try trying { () throws(CellCompilerError) in
        try compiler.linkErrors(libraries: flags.libraries, folders: flags.folders)
      }
      guard errors == nil else {
        throw .failed(
          "neither pkg-config nor the linker knows \(name). Install its development package, "
            + "whose name often is lib\(name)-dev")
      }
      added += flags.libraries
      searched += flags.includes
      settings.libraries += flags.libraries.filter { !settings.libraries.contains($0) }
      settings.libraryFolders += flags.folders.filter { !settings.libraryFolders.contains($0) }
      settings.importArguments += flags.importArguments
    }
    var text = "later cells are linked with \(added.joined(separator: " "))"
    if let header {
      let name = module ?? Self.identifier(names[0])
      try addModule(name, header: header, searched: searched, &settings, compiler)
      text += ", and can import \(name)"
    }
    let accepted = settings
    compiler.change { $0 = accepted }
    print(text)
  }

  private func addModule(
    _ name: String, header: String, searched: [String], _ settings: inout CompilerSettings,
    _ compiler: CellCompiler
  ) throws(DirectiveError) {
    guard Self.identifier(name) == name else {
      throw .usage("\"\(name)\" is no name for a module; choose one with module=")
    }
    let folders = [session.workerFolder] + searched + ["/usr/local/include", "/usr/include"]
    let candidates =
      header.hasPrefix("/") ? [header] : folders.map { "\($0)/\(header)" }
    guard let path = candidates.first(where: { Files.exists($0) && !Files.isFolder($0) }),
      !path.contains("\""), !path.contains("\n")
    else {
      throw .failed("there is no header \(header) in \(folders.joined(separator: ", "))")
    }
    let folder = "\(compiler.folder)/links/\(name)"
    let map = "module \(name) [system] {\n  header \"\(path)\"\n  export *\n}\n"
    if let reason = Files.makeFolder(folder) ?? Files.write(map, to: folder + "/module.modulemap") {
      throw .failed("cannot write \(folder)/module.modulemap: \(reason)")
    }
    if !settings.importArguments.contains(folder) { settings.importArguments += ["-I", folder] }
    let trial = settings
    let errors = try trying { () throws(CellCompilerError) in
      try compiler.errors(with: trial, source: "import \(name)\n")
    }
    if let errors { throw .failed("\(path) cannot be imported: \(errors)") }
  }

  private static func identifier(_ name: String) -> String {
    let text = String(name.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
    return text.first?.isNumber == true ? "_" + text : text
  }
}

/// How a library is compiled and linked with.
private struct LibraryFlags {
  var libraries: [String] = []
  var folders: [String] = []
  var includes: [String] = []
  var importArguments: [String] = []

  init(libraries: [String]) {
    self.libraries = libraries
  }

  /// What `pkg-config` says about `name`; `nil` when it is not installed or does not know it.
  init?(pkgConfig name: String) {
    guard let program = findExecutable("pkg-config") else { return nil }
    let command = Command(
      ProcessConfiguration(
        executable: program, arguments: ["--cflags", "--libs", "--", name]))
    guard let output = try? command.run(), output.status == .exited(0) else { return nil }
    for word in (try? DirectiveWords.split(output.outputText)) ?? [] {
      if word.hasPrefix("-l") { libraries.append(word) }
      if word.hasPrefix("-L") { folders.append(String(word.dropFirst(2))) }
      if word.hasPrefix("-I") { includes.append(String(word.dropFirst(2))) }
      if word.hasPrefix("-I") || word.hasPrefix("-D") { importArguments += ["-Xcc", word] }
    }
    guard !libraries.isEmpty else { return nil }
  }
}
