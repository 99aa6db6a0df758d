import Cluster
import Session

/// `step run` and `step kfp`: a step's or job's program, compiled and run.
enum StepCommand {
  private static let help = """
    Usage: martlet step run [--step NAME] --source-sha256 DIGEST --source-file PATH
           martlet step kfp --executor-input JSON [--step NAME] --source-sha256 DIGEST
                            (--source TEXT | --source-base64 PIECE ...)

    Compile and run the program of a pipeline's step or of a job; notebooks and manifests write
    these command lines. With run, MARTLET_STEP_INPUTS and MARTLET_STEP_OUTPUTS name the files of
    values that cross between steps; with kfp, Kubeflow's executor input does.

    Exit status: the program's own; 64 it does not compile; 1 and 2 it could not be started.
    """

  static func run(_ arguments: [String]) -> Int32 {
    guard let form = arguments.first, form == "run" || form == "kfp" else {
      if arguments.contains("--help") || arguments.contains("-h") {
        print(help)
        return 0
      }
      complain("martlet step: 'run' or 'kfp' must follow. See: martlet step --help")
      return 2
    }
    do {
      let step = try StepArguments(Array(arguments.dropFirst()))
      let program = StepProgramRun(source: step.source, name: step.step)
      guard form == "kfp" else { return try program.run() }
      let input = try ExecutorInput(json: step.executorInput)
      try input.makeFolders()
      let status = try program.run(environment: input.stepEnvironment)
      if status == 0 { try input.writeOutput() }
      return status
    } catch let error as ClusterError {
      complain("martlet step \(form): \(error)")
      return 2
    } catch {
      complain("martlet step \(form): \(error)")
      return 1
    }
  }
}
