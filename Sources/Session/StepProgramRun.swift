package import CellCompiler
import Cells
import Glibc
import Processes

/// A step's or job's program, compiled and run in this process's place.
package struct StepProgramRun {
  /// "Does not compile", so that nothing tries again in vain.
  package static let doesNotCompile: Int32 = 64

  private let source: String
  private let name: String
  private let worker: String

  package init(source: String, name: String) {
    self.source = source
    self.name = name
    worker = NotebookSession.Configuration.besideExecutable.worker
  }

  /// Compiles the program, then runs it to its end in a process of its own.
  ///
  /// - Returns: Its exit status, 64 when it does not compile, or 128 and the signal that ended it.
  package func run(environment: [String: String] = [:]) throws(CellCompilerError) -> Int32 {
    guard let (folder, object) = try compile() else { return Self.doesNotCompile }
    defer { TemporaryFolder.remove(folder) }
    var variables = currentEnvironment().merging(environment) { $1 }
    variables["SWIFT_BACKTRACE"] = "enable=no"
    do throws(ProcessError) {
      let child = try ChildProcess(
        ProcessConfiguration(
          executable: worker, arguments: ["--program", object.path, object.entry],
          environment: variables, descriptors: [0: 0, 1: 1, 2: 2]))
      switch child.wait() {
      case .exited(let status): return status
      case .signalled(let signal):
        FileDescriptor.write(
          Array("martlet: step '\(name)' ended with \(signalName(signal))\n".utf8), to: 2)
        return 128 + signal
      }
    } catch {
      throw .toolchainUnusable(root: worker, reason: "\(error)")
    }
  }

  private func compile() throws(CellCompilerError) -> (String, (path: String, entry: String))? {
    let toolchain = try Toolchain.find()
    try toolchain.checkVersion()
    guard let folder = TemporaryFolder.make(for: .step) else {
      throw .cannotWrite(path: "a folder for the step", reason: errorText(errno))
    }
    let compiler = try CellCompiler(toolchain: toolchain, folder: folder)
    let label = "step \(name)"
    let prepared: PreparedCell
    do throws(CellsError) {
      prepared = try PreparedCell(source: source, label: label)
    } catch {
      complain("\(label):\(error.position.line):\(error.position.column): error: \(error)")
      TemporaryFolder.remove(folder)
      return nil
    }
    let result = try compiler.compile(prepared, module: "Step")
    for diagnostic in result.diagnostics {
      complain(
        "\(diagnostic.file):\(diagnostic.line):\(diagnostic.column): "
          + "\(diagnostic.severity.rawValue): \(diagnostic.message)")
    }
    guard let object = result.object else {
      TemporaryFolder.remove(folder)
      return nil
    }
    return (folder, (object, result.entry))
  }

  private func complain(_ text: String) {
    FileDescriptor.write(Array((text + "\n").utf8), to: 2)
  }
}
