import CommandArguments
import FoundationEssentials

/// What a check found.
struct Finding {
  enum Verdict: String {
    case good = "ok"
    case warning = "warning"
    case fault = "fault"
  }

  let verdict: Verdict
  /// What was looked at, in a word or two.
  let subject: String
  /// What was found.
  let text: String
  /// What to do about it; empty when all is well.
  let remedy: String

  static func good(_ subject: String, _ text: String) -> Finding {
    Finding(verdict: .good, subject: subject, text: text, remedy: "")
  }

  static func warning(_ subject: String, _ text: String, _ remedy: String) -> Finding {
    Finding(verdict: .warning, subject: subject, text: text, remedy: remedy)
  }

  static func fault(_ subject: String, _ text: String, _ remedy: String) -> Finding {
    Finding(verdict: .fault, subject: subject, text: text, remedy: remedy)
  }
}

/// `martlet doctor`: checks everything that Martlet needs and says what to do for each fault.
struct DoctorCommand: Subcommand {
  static let name = "doctor"
  static let help = """
    martlet doctor [--connection-file FILE]

    Checks the toolchain, the libraries, the linker, Martlet's own files, Jupyter, the
    tracking store and the free disk space, and says what to do for each fault.

      --connection-file FILE   checks a connection file of Jupyter too

    The exit status is 0 when there is no fault, otherwise 1.
    """

  private let connectionFile: String?

  init(_ arguments: inout Arguments) throws(UsageError) {
    connectionFile = try arguments.option("--connection-file")
  }

  func run() throws -> Int32 {
    let environment = ProcessInfo.processInfo.environment
    var findings = InstallationChecks(environment: environment).findings()
    findings += JupyterChecks(environment: environment).findings()
    findings += StorageChecks(environment: environment).findings()
    if let connectionFile { findings.append(JupyterChecks.connection(file: connectionFile)) }
    let width = findings.map(\.subject.count).max() ?? 0
    for finding in findings {
      let verdict = finding.verdict.rawValue.padded(to: 8)
      print("\(verdict)\(finding.subject.padded(to: width + 2))\(finding.text)")
      if !finding.remedy.isEmpty {
        print("\("".padded(to: 8 + width + 2))\(finding.remedy)")
      }
    }
    let faults = findings.count { $0.verdict == .fault }
    print(
      faults == 0
        ? "No fault found in \(findings.count) checks."
        : "\(faults) of \(findings.count) checks found a fault.")
    return faults == 0 ? 0 : 1
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
