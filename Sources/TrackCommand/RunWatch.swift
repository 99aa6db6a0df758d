import CommandArguments
import FoundationEssentials
import Glibc

/// Shows a list again whenever it changes, until the program is stopped.
struct RunWatch {
  private let seconds: Int

  /// Takes the options off; `nil` if nothing is to be watched.
  init?(_ arguments: inout Arguments) throws(UsageError) {
    let isWanted = arguments.flag("--watch", "-w")
    let seconds = try arguments.count("--interval", minimum: 1)
    guard isWanted else {
      if seconds != nil { throw UsageError("--interval goes with --watch") }
      return nil
    }
    self.seconds = seconds ?? 2
    guard self.seconds <= 86_400 else {
      throw UsageError("--interval takes at most 86400 seconds, not \(self.seconds)")
    }
  }

  /// Prints what `list` gives, anew when it has changed; on a terminal, in place of what was there.
  func loop(_ context: Context, list: () throws -> String) throws -> Never {
    var shown: String?
    while true {
      let text = try list()
      if text != shown {
        if context.style.isTerminal {
          // The cursor home, and what is below it away.
          print("\u{1B}[H\u{1B}[J\(text)\nEvery \(seconds) s; Ctrl-C ends it.")
        } else {
          print((shown == nil ? "" : "\n") + text, terminator: "")
        }
        guard fflush(nil) == 0 else { exit(1) }
        shown = text
      }
      sleep(UInt32(seconds))
    }
  }
}
