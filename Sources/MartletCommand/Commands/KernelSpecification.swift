import FoundationEssentials
import JupyterProtocol
import Processes

/// A kernelspec: the folder that tells Jupyter how to start the kernel.
///
/// - SeeAlso: jupyter_client, "Making kernels for Jupyter", section "Kernel specs".
struct KernelSpecification {
  /// The file in the folder that Jupyter reads.
  static let fileName = "kernel.json"
  /// The pictures for frontends beside it.
  static let logos = ["logo-svg.svg", "logo-32x32.png", "logo-64x64.png"]

  /// The members of `kernel.json`.
  private(set) var members: [String: JSONValue]

  /// Reads the `kernel.json` in `folder`.
  init(folder: String) throws(CommandError) {
    let path = "\(folder)/\(Self.fileName)"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandError("cannot read \(path)")
    }
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: data) else {
      throw CommandError("\(path) is not a JSON object; install the kernel again")
    }
    self.members = members
  }

  /// The command line that starts the kernel.
  var command: [String] {
    guard case .array(let words)? = members["argv"] else { return [] }
    return words.compactMap(\.string)
  }

  /// Whether it starts a Martlet kernel.
  var isMartlet: Bool {
    switch command.first?.split(separator: "/").last {
    case "martlet-kernel": true
    case "martlet": command.dropFirst().first == "kernel"
    default: false
    }
  }

  /// Makes the template start `program` with the toolchain that `environment` names, if it does.
  mutating func complete(program: String, environment: [String: String]) {
    members["argv"] = .array([.string(program)] + command.dropFirst().map(JSONValue.string))
    if let toolchain = environment["MARTLET_TOOLCHAIN"], !toolchain.isEmpty {
      members["env"] = ["MARTLET_TOOLCHAIN": .string(absolutePath(toolchain))]
    }
  }

  /// Writes the kernelspec to `folder`, with the logos from `resources`.
  func write(to folder: String, logosFrom resources: String) throws(CommandError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for logo in Self.logos {
        let picture = try Data(contentsOf: URL(filePath: "\(resources)/\(logo)"))
        try picture.write(to: URL(filePath: "\(folder)/\(logo)"), options: .atomic)
      }
      var text = try encoder.encode(members)
      text.append(UInt8(ascii: "\n"))
      // Last: Jupyter takes a folder for a kernelspec once this file is there.
      try text.write(to: URL(filePath: "\(folder)/\(Self.fileName)"), options: .atomic)
    } catch {
      throw CommandError(
        "cannot write the kernelspec to \(folder): \(FileFailure.reason(error)). "
          + "Choose another place with --prefix DIR, or --user for your own folder.")
    }
  }
}

/// Where this installation of Martlet lies.
enum Installation {
  /// The path of the running program, links resolved.
  static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? absolutePath(CommandLine.arguments[0])
  }

  /// The path of the program that starts the kernel for Jupyter.
  static var kernelProgram: String { "\(folder)/martlet-kernel" }

  /// The folder of the running program: the worker and the library lie there too.
  static var folder: String { Files.folder(of: program) }

  /// The folder of the kernelspec's template: `share/martlet/kernelspec` beside the program's
  /// folder, or `kernelspec` at the root of the clone that it was built in.
  static func kernelspecTemplate() throws(CommandError) -> String {
    var folder = Self.folder
    var candidates = [
      "\(folder)/kernelspec", "\(Files.folder(of: folder))/share/martlet/kernelspec",
    ]
    while folder != "/" {
      folder = Files.folder(of: folder)
      candidates.append("\(folder)/kernelspec")
    }
    guard
      let found = candidates.first(where: {
        FileManager.default.fileExists(atPath: "\($0)/\(KernelSpecification.fileName)")
      })
    else {
      throw CommandError(
        "cannot find the kernelspec's files for \(program); put the folder kernelspec of the "
          + "clone at \(candidates[1])")
    }
    return found
  }

  /// The root of the clone that holds the program, if it was built in one.
  static var clone: String? {
    guard let range = program.firstRange(of: "/.build/") else { return nil }
    return String(program[..<range.lowerBound])
  }
}
