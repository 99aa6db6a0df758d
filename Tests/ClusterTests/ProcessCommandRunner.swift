import Cluster
import Foundation

/// Runs commands as processes; only the tests use it.
struct ProcessCommandRunner: CommandRunner {
  func run(
    _ command: [String], standardInput: String, line: (@Sendable (String) -> Void)?
  ) async throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    let (input, output, error) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = error
    try Task.checkCancellation()
    try process.run()
    return try await withTaskCancellationHandler {
      let result = try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
          continuation.resume(
            with: Result {
              try input.fileHandleForWriting.write(contentsOf: Data(standardInput.utf8))
              try input.fileHandleForWriting.close()
              let text = Self.read(output.fileHandleForReading, line: line)
              let message = error.fileHandleForReading.readDataToEndOfFile()
              process.waitUntilExit()
              return CommandResult(
                status: process.terminationStatus, output: text,
                error: String(decoding: message, as: UTF8.self))
            })
        }
      }
      try Task.checkCancellation()
      return result
    } onCancel: {
      if process.isRunning { process.terminate() }
    }
  }

  private static func read(_ handle: FileHandle, line: (@Sendable (String) -> Void)?) -> String {
    guard let line else {
      return String(decoding: handle.readDataToEndOfFile(), as: UTF8.self)
    }
    var pending = Data()
    while case let piece = handle.availableData, !piece.isEmpty {
      pending += piece
      while let end = pending.firstIndex(of: 10) {
        line(String(decoding: pending[..<end], as: UTF8.self))
        pending = Data(pending[(end + 1)...])
      }
    }
    if !pending.isEmpty { line(String(decoding: pending, as: UTF8.self)) }
    return ""
  }
}
