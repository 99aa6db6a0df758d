import CellCompiler
import Cells
import Kernel
import Workflows

extension NotebookSession {
  /// Runs what the cell's directives say, else the cell as it is; on the session's queue.
  func runDirectives(_ context: CellContext) -> CellFailure? {
    guard let directive = context.split.directives.first else {
      return runSource(context, role: .ordinary)
    }
    do throws(WorkflowsError) {
      switch (directive.name, directive.isForCell) {
      case ("step", true):
        let step = try StepDirective(arguments: directive.arguments)
        return runSource(context, role: .step(step))
      default:
        return context.failures.other(
          "DirectiveError", "there is no directive '\(directive.name)'")
      }
    } catch {
      return context.failures.other("DirectiveError", error.description)
    }
  }

  /// Notes a cell that succeeded, for steps and jobs.
  func record(_ context: CellContext, role: ExecutedCell.Role, module: String) {
  }
}
