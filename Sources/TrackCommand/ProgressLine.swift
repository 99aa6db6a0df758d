import Processes
import StandardError

/// A line on a terminal that says how far something long has come, and that is gone when it is done.
struct ProgressLine {
  private var shown = ContinuousClock.now
  private var isThere = false

  /// Shows `text` in place of what was there, a few times a second at most; elsewhere than on a terminal, never.
  mutating func show(_ text: @autoclosure () -> String) {
    guard Terminal.isError, shown.duration(to: .now) > .milliseconds(200) else { return }
    StandardError.write("\r\u{1B}[K\(text())")
    (shown, isThere) = (.now, true)
  }

  mutating func remove() {
    if isThere { StandardError.write("\r\u{1B}[K") }
    isThere = false
  }
}
