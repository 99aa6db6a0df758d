import Assistance
import Foundation
import TestSupport

/// The toolchain's `usr` folder: `MARTLET_TOOLCHAIN`, or where `swift` in `PATH` lives.
let toolchain: String = {
  let environment = ProcessInfo.processInfo.environment
  if let chosen = environment["MARTLET_TOOLCHAIN"] { return chosen }
  for folder in (environment["PATH"] ?? "").split(separator: ":") {
    let usr = URL(fileURLWithPath: "\(folder)/swift").resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().path
    if FileManager.default.fileExists(atPath: "\(usr)/lib/libsourcekitdInProc.so") { return usr }
  }
  return "/usr"
}()

/// An assistant over the real server, with the modules of a session.
final class Session: Sendable {
  let assistant: Assistant
  let folder: TemporaryDirectory
  /// A busy machine makes everything late; tests of time-outs set limits of their own.
  static let patient = Assistant.Limits(first: .seconds(120), later: .seconds(120))

  init(
    executable: String = builtProduct("martlet"), arguments: [String] = ["assist"],
    limits: Assistant.Limits = patient
  ) throws {
    folder = try TemporaryDirectory()
    assistant = Assistant(
      executable: executable, arguments: arguments, toolchain: toolchain, limits: limits)
  }

  var compilerArguments: [String] {
    [
      "-module-name", "Cell_99", "-swift-version", "5", "-O", "-enable-testing",
      "-disable-access-control", "-entry-point-function-name", "cell_99", "-I", folder.path(),
    ]
  }

  /// Compiles `source` as the module of cell `number`.
  func add(cell number: Int, _ source: String) throws {
    let name = "Cell_\(number)"
    let file = try folder.write(source, to: "\(name).swift")
    let result = try runProgram(
      "\(toolchain)/bin/swift-frontend",
      [
        "-emit-module", "-primary-file", file, "-module-name", name, "-swift-version", "5",
        "-parse-as-library", "-disable-access-control", "-enable-testing", "-I", folder.path(),
        "-emit-module-path", folder.path("\(name).swiftmodule"),
        "-emit-module-doc-path", folder.path("\(name).swiftdoc"),
      ])
    guard result.status == 0 else { throw CompilationFailure(text: result.errors) }
  }

  /// Completes at `§` in `marked`.
  func complete(
    _ marked: String, after prefix: String = "", directives: [String] = []
  ) async -> AssistantCompletions {
    let (code, cursor) = split(marked)
    return await assistant.completions(
      prefixSource: prefix, code: code, cursor: cursor, compilerArguments: compilerArguments,
      directives: directives)
  }

  /// The texts offered at `§` in `marked`.
  func texts(_ marked: String, after prefix: String = "") async -> [String] {
    await complete(marked, after: prefix).matches.map(\.text)
  }

  /// Inspects at `§` in `marked`.
  func inspect(
    _ marked: String, after prefix: String = "", isDetailed: Bool = false
  ) async -> AssistantInspection? {
    let (code, cursor) = split(marked)
    return await assistant.inspection(
      prefixSource: prefix, code: code, cursor: cursor, compilerArguments: compilerArguments,
      isDetailed: isDetailed)
  }
}

/// What `found` replaces in `marked`.
func replaced(_ marked: String, _ found: AssistantCompletions) -> String {
  let scalars = split(marked).code.unicodeScalars.dropFirst(found.start)
  return String(String.UnicodeScalarView(scalars.prefix(found.end - found.start)))
}

/// A module of a test that does not compile.
struct CompilationFailure: Error {
  let text: String
}

/// The text without its `§`, and where that was, in Unicode scalars.
func split(_ marked: String) -> (code: String, cursor: Int) {
  let parts = marked.split(separator: "§", maxSplits: 1, omittingEmptySubsequences: false)
  return (parts.joined(), parts[0].unicodeScalars.count)
}
