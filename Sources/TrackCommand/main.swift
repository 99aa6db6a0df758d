import CommandArguments
import Glibc

/// Prints `message` on standard error and ends the program.
func fail(_ message: String, status: Int32) -> Never {
  // Nothing has been printed yet: standard output can become standard error.
  dup2(STDERR_FILENO, STDOUT_FILENO)
  print("track-cli: \(message)")
  exit(status)
}

/// Prints `text` on standard output.
func output(_ text: String) {
  print(text, terminator: "")
  guard fflush(nil) == 0 else {
    fail("cannot write the output: the disk or pipe behind it takes no more.", status: 1)
  }
}

do {
  output(try Program.output(for: Array(CommandLine.arguments.dropFirst())))
} catch let finding as Finding {
  output(finding.text)
  exit(1)
} catch let error as UsageError {
  fail("\(error). See: track-cli --help", status: 64)
} catch {
  fail("\(error)", status: 1)
}
