import CommandArguments
import FoundationEssentials

/// A place for the kernelspec, as the command line names it.
struct KernelPlace {
  /// The kernel's name: the folder's.
  let name: String
  /// The folder of the kernelspec.
  let folder: String

  /// The options that both commands take, for their help.
  static let help = """
    --user         your own Jupyter folder; this is what happens without an option
      --sys-prefix   the active Python environment, or that of python3 in PATH
      --prefix DIR   DIR/share/jupyter/kernels
      --name NAME    the kernel's name for Jupyter; by default swift
    """

  init(
    _ arguments: inout Arguments, folders: JupyterFolders = JupyterFolders()
  ) throws(UsageError) {
    let isForUser = arguments.flag("--user")
    let isForPython = arguments.flag("--sys-prefix")
    let prefix = try arguments.option("--prefix")
    name = try arguments.option("--name") ?? "swift"
    guard name.utf8.allSatisfy(Self.isAllowed) else {
      throw UsageError("--name takes letters, digits, \"-\", \".\" and \"_\", not \"\(name)\"")
    }
    guard name.contains(where: { $0 != "." }) else {
      throw UsageError("--name \(name) is a folder's name of its own; choose another")
    }
    guard [isForUser, isForPython, prefix != nil].count(where: { $0 }) < 2 else {
      throw UsageError("--user, --sys-prefix and --prefix exclude each other; keep one")
    }
    let data: String
    if let prefix {
      data = JupyterFolders.data(ofPrefix: absolutePath(prefix))
    } else if isForPython {
      guard let prefix = folders.pythonPrefix() else {
        throw UsageError(
          "--sys-prefix needs an active Python environment or a python3 in PATH, and there is "
            + "neither; name a folder with --prefix")
      }
      data = JupyterFolders.data(ofPrefix: prefix)
    } else {
      data = folders.user
    }
    folder = JupyterFolders.kernel(name, inData: absolutePath(data))
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// `martlet kernel install`: writes the kernelspec where Jupyter looks for it.
struct InstallCommand: Subcommand {
  static let name = "kernel install"
  static let help = """
    martlet kernel install [--user | --sys-prefix | --prefix DIR] [--name NAME]

    Tells Jupyter how to start this kernel.

      \(KernelPlace.help)
    """

  private let place: KernelPlace

  init(_ arguments: inout Arguments) throws(UsageError) {
    place = try KernelPlace(&arguments)
  }

  func run() throws -> Int32 {
    let template = try Installation.kernelspecTemplate()
    var specification = try KernelSpecification(folder: template)
    specification.complete(
      program: Installation.kernelProgram, environment: ProcessInfo.processInfo.environment)
    try specification.write(to: place.folder, logosFrom: template)
    print("Installed the kernel \(place.name) in \(place.folder)")
    return 0
  }
}

/// `martlet kernel uninstall`: removes the kernelspec again.
struct UninstallCommand: Subcommand {
  static let name = "kernel uninstall"
  static let help = """
    martlet kernel uninstall [--user | --sys-prefix | --prefix DIR] [--name NAME]

    Removes what martlet kernel install wrote.

      \(KernelPlace.help)
    """

  private let place: KernelPlace

  init(_ arguments: inout Arguments) throws(UsageError) {
    place = try KernelPlace(&arguments)
  }

  func run() throws -> Int32 {
    guard FileManager.default.fileExists(atPath: place.folder) else {
      throw CommandError(
        "there is no kernel in \(place.folder); jupyter kernelspec list shows where there are some")
    }
    guard try KernelSpecification(folder: place.folder).isMartlet else {
      throw CommandError(
        "\(place.folder) holds a kernel of another program; it was left as it is")
    }
    do {
      try FileManager.default.removeItem(atPath: place.folder)
    } catch {
      throw CommandError("cannot remove \(place.folder): \(FileFailure.reason(error))")
    }
    print("Removed the kernel \(place.name) from \(place.folder)")
    return 0
  }
}
