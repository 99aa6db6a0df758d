import Glibc
import JupyterProtocol
import Kernel
import Session

let arguments = CommandLine.arguments
do {
  let connection = try ConnectionFile(path: arguments[3])
  let kernel = Kernel(
    connection: connection, executor: NotebookSession(),
    information: KernelInformation(version: "0.1.0", languageVersion: "6.3.1"))
  exit(try kernel.run())
} catch {
  print("martlet: \(error)")
  exit(1)
}
