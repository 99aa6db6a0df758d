/// Stops the program because of a caller's mistake, with a message a notebook shows.
///
/// `precondition` would drop its message from an optimised library; `fatalError` prints it always.
///
/// The message names the operation, the values or shapes, and the rule.
package func fail(
  _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
  fatalError(message(), file: file, line: line)
}

/// Stops the program as `fail` does unless `condition` holds.
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID,
  line: UInt = #line
) {
  guard condition else { fail(message(), file: file, line: line) }
}
