import FoundationEssentials
import JupyterProtocol
import Processes

/// Checks the frontend's side: Jupyter, and the kernelspec that it will start.
struct JupyterChecks {
  let environment: [String: String]

  func findings() -> [Finding] {
    [jupyter(), kernelspec()]
  }

  /// The Python environment that `make` sets up in the clone.
  private var cloneEnvironment: String? { Installation.clone.map { "\($0)/.venv" } }

  private func jupyter() -> Finding {
    let path = environment["PATH"] ?? ""
    let folders = [cloneEnvironment, environment["VIRTUAL_ENV"]].compactMap { $0 }
      .map { "\($0)/bin" }
    let search = (folders + [path]).joined(separator: ":")
    guard
      let found = findExecutable("jupyter-lab", path: search)
        ?? findExecutable("jupyter", path: search)
    else {
      return .fault(
        "Jupyter", "there is no jupyter in PATH",
        "Run make quickstart in the clone, or pip install jupyterlab in an environment of yours.")
    }
    return .good("Jupyter", found)
  }

  private func kernelspec() -> Finding {
    let subject = "kernelspec"
    var folders = JupyterFolders(environment: environment).searched()
    if let cloneEnvironment { folders.append(JupyterFolders.data(ofPrefix: cloneEnvironment)) }
    let installed = folders.map { JupyterFolders.kernel("swift", inData: $0) }
      .first { FileManager.default.fileExists(atPath: "\($0)/\(KernelSpecification.fileName)") }
    guard let installed else {
      return .fault(
        subject, "Jupyter knows no kernel called swift",
        "Install it: \(Installation.program) kernel install")
    }
    let again = "Install it again: \(Installation.program) kernel install"
    let specification: KernelSpecification
    do {
      specification = try KernelSpecification(folder: installed)
    } catch {
      return .fault(subject, error.description, again)
    }
    guard let program = specification.command.first, specification.isMartlet else {
      return .fault(
        subject, "\(installed) starts another program than Martlet",
        "Remove it, or install under another name: martlet kernel install --name martlet")
    }
    guard isExecutableFile(program) else {
      return .fault(subject, "\(installed) starts \(program), which does not exist", again)
    }
    guard program == Installation.kernelProgram else {
      return .warning(
        subject, "\(installed) starts another copy of Martlet, \(program)", again)
    }
    return .good(subject, installed)
  }

  /// Checks a connection file as the kernel would read it.
  static func connection(file: String) -> Finding {
    do {
      let connection = try ConnectionFile(path: file)
      let signing = connection.key.isEmpty ? "messages are not signed" : "messages are signed"
      return .good("connection", "\(connection.endpoint(port: connection.shellPort)), \(signing)")
    } catch {
      return .fault(
        "connection", "\(error)", "Let Jupyter write the file: jupyter console --kernel swift")
    }
  }
}
