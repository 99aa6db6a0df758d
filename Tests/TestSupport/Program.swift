import Foundation

/// What a program printed and how it ended.
package struct ProgramResult: Sendable {
  package let status: Int32
  package let output: String
  package let errors: String
}

/// Runs the program at `executable` to its end.
///
/// - Parameters:
///   - executable: Its path.
///   - arguments: What follows its name.
///   - environment: Variables to set beside those of the tests; an empty value unsets one.
///   - folder: The current folder; `nil` keeps that of the tests.
/// - Returns: Its exit status, or the signal's number that killed it, and what it printed.
/// - Throws: When it cannot be started.
package func runProgram(
  _ executable: String, _ arguments: [String], environment: [String: String] = [:],
  in folder: String? = nil
) throws -> ProgramResult {
  // Files, not pipes: a pipe that nobody reads fills up and stops the program.
  let place = try TemporaryDirectory()
  let outputPath = try place.write("", to: "output")
  let errorPath = try place.write("", to: "errors")
  let process = Process()
  process.executableURL = URL(fileURLWithPath: executable)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    .filter { !$0.value.isEmpty }
  if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = FileHandle(forWritingAtPath: outputPath)
  process.standardError = FileHandle(forWritingAtPath: errorPath)
  try process.run()
  process.waitUntilExit()
  return ProgramResult(
    status: process.terminationStatus,
    output: try String(contentsOfFile: outputPath, encoding: .utf8),
    errors: try String(contentsOfFile: errorPath, encoding: .utf8))
}

/// The path of the product `name`: in the folder that `MARTLET_BIN` names, or beside the tests.
package func builtProduct(_ name: String) -> String {
  if let folder = ProcessInfo.processInfo.environment["MARTLET_BIN"] { return "\(folder)/\(name)" }
  let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  return tests.deletingLastPathComponent().appendingPathComponent(name).path
}
