import Assistance
import Glibc

let help = """
  Usage: martlet COMMAND [OPTION]...

  A notebook workspace for machine learning in Swift.

    kernel            Serve a Jupyter frontend; the kernelspec calls it.
    kernel install    Write the kernelspec where Jupyter looks for it.
    kernel uninstall  Remove the kernelspec.
    run               Execute a notebook, with parameters, without a frontend.
    serve             Serve the tracking store to MLflow's clients.
    doctor            Check this machine and say what to do for each fault.
    step              Compile and run the program of a pipeline's step or a job.

    -h, --help        print this help
        --version     print the version

  Help on one command: martlet COMMAND --help
  """

/// Facts about this program.
enum Martlet {
  static let version = "0.1.0"
}

func dispatch(_ words: [String]) -> Int32 {
  let rest = Array(words.dropFirst())
  switch words.first {
  case "kernel":
    switch rest.first {
    case "install": return InstallCommand.run(Array(rest.dropFirst()))
    case "uninstall": return UninstallCommand.run(Array(rest.dropFirst()))
    default: return KernelCommand.run(rest)
    }
  case "run": return RunCommand.run(rest)
  case "doctor": return DoctorCommand.run(rest)
  case "serve": return ServeCommand.run(rest)
  case "step": return StepCommand.run(rest)
  case "assist":
    let root = rest.count == 2 && rest[0] == "--toolchain" ? rest[1] : ""
    return runAssistanceServer(toolchain: root)
  case "--help", "-h", "help":
    print(help)
    return 0
  case "--version":
    print("martlet \(Martlet.version)")
    return 0
  default:
    complain(
      "martlet: \(words.first.map { "there is no command '\($0)'" } ?? "a command must follow")")
    complain("See: martlet --help")
    return 64
  }
}

exit(dispatch(Array(CommandLine.arguments.dropFirst())))
