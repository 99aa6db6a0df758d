package import JupyterProtocol

/// What compiles and runs cells for the kernel.
///
/// The kernel knows messages and their order; it never compiles or runs anything itself, so that
/// its logic is tested without a compiler. The command at level 4 injects the real executor.
package protocol CellExecutor: AnyObject, Sendable {
  /// Starts what runs in the background; called once, before any other method, and returns soon.
  ///
  /// - Parameter output: Takes what is published while no cell and no callback runs, as tasks that
  ///   outlive their cell do; any thread may call it, at any time.
  func start(output: @escaping @Sendable (CellOutput) -> Void)

  /// Runs one cell; the kernel runs one cell at a time.
  ///
  /// - Parameters:
  ///   - cell: The source and how to run it.
  ///   - output: Takes everything the cell publishes, in order, from any thread; it is not called
  ///     after `execute` has returned.
  /// - Returns: How the cell ended.
  func execute(
    _ cell: CellRequest, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CellOutcome

  /// Hands what the frontend did with a comm to the session's code, after the running cell.
  ///
  /// - Parameters:
  ///   - event: What the frontend did.
  ///   - messageID: The identifier of the frontend's message.
  ///   - output: As for `execute`.
  /// - Returns: How the callback ended.
  func handleComm(
    _ event: CommEvent, messageID: String, output: @escaping @Sendable (CellOutput) -> Void
  ) async -> CommOutcome

  /// Stops the cell that is being compiled or run, if any; any thread may call it.
  func interrupt()

  /// Hands `value` to the cell that published `CellOutput.inputRequest`.
  func answerInput(_ value: String)

  /// Tells whether `code` is a whole cell.
  func completeness(of code: String) async -> Completeness

  /// Returns what could be inserted at `cursor`, an offset in Unicode scalars from the start.
  func completions(in code: String, at cursor: Int) async -> Completions

  /// Returns the description of the symbol at `cursor` (in Unicode scalars); `nil` when unknown.
  func inspection(of code: String, at cursor: Int, detailLevel: Int) async -> MIMEBundle?

  /// Ends every process that the executor started.
  func shutDown() async
}

/// One cell to run.
package struct CellRequest: Sendable {
  /// The cell's source, directives included.
  package var code: String
  /// The execution count, `n` of `In [n]`.
  package var executionCount: Int
  /// Whether a trailing expression's value is not published.
  package var isSilent: Bool
  /// Names mapped to expressions, evaluated after the cell when it succeeded.
  package var userExpressions: [String: String]
  /// Whether the frontend can answer an input request.
  package var allowsInput: Bool
  /// The notebook's identifier of the cell, `cellId` in the request's metadata.
  package var cellID: String?
  /// The identifier of the request, which outputs name as their parent.
  package var messageID: String
  /// Whether an interrupt has come since the request's turn began.
  ///
  /// The executor asks once it takes interrupts itself, so that none falls between the two.
  package var isInterrupted: @Sendable () -> Bool

  package init(
    code: String, executionCount: Int, isSilent: Bool = false,
    userExpressions: [String: String] = [:], allowsInput: Bool = false, cellID: String? = nil,
    messageID: String = "",
    isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) {
    self.code = code
    self.executionCount = executionCount
    self.isSilent = isSilent
    self.userExpressions = userExpressions
    self.allowsInput = allowsInput
    self.cellID = cellID
    self.messageID = messageID
    self.isInterrupted = isInterrupted
  }
}

/// Something that a running cell publishes.
package enum CellOutput: Sendable, Equatable {
  /// Text of a standard stream; whole characters only.
  case stream(StandardStream, String)
  /// The value of the trailing expression; `execute_result`.
  case result(MIMEBundle, metadata: [String: JSONValue])
  /// `display_data`, or `update_display_data` when `isUpdate`.
  case display(
    MIMEBundle, metadata: [String: JSONValue], displayID: String?, isUpdate: Bool)
  /// `clear_output`.
  case clear(wait: Bool)
  /// The session's code opened, used or closed a comm.
  case comm(CommEvent)
  /// The process with all comms is gone; they are closed.
  case commsLost
  /// The cell waits for a line; the kernel asks the frontend and calls `answerInput`.
  case inputRequest(prompt: String, isPassword: Bool)
}

/// `stdout` or `stderr`.
package enum StandardStream: String, Sendable {
  case stdout
  case stderr
}

/// How a cell ended.
package struct CellOutcome: Sendable, Equatable {
  /// The failure; `nil` when the cell succeeded.
  package var failure: CellFailure?
  /// The values of the user expressions.
  package var userExpressions: [String: UserExpressionValue]
  /// Payloads of the reply; `page` is the only kind in use.
  package var payload: [JSONValue]

  package init(
    failure: CellFailure? = nil, userExpressions: [String: UserExpressionValue] = [:],
    payload: [JSONValue] = []
  ) {
    self.failure = failure
    self.userExpressions = userExpressions
    self.payload = payload
  }
}

/// Why a cell failed, as Jupyter shows errors.
package struct CellFailure: Error, Sendable, Equatable {
  /// The error's type, as in `IndexError`.
  package var name: String
  /// The error's description.
  package var value: String
  /// The lines shown; may hold ANSI colours.
  package var traceback: [String]

  package init(name: String, value: String, traceback: [String]) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }
}

/// The value of one user expression.
package enum UserExpressionValue: Sendable, Equatable {
  case value(MIMEBundle, metadata: [String: JSONValue])
  case failure(CellFailure)
}

/// Whether source is a whole cell.
package enum Completeness: Sendable, Equatable {
  case complete
  /// More is needed; `indent` suits the next line.
  case incomplete(indent: String)
  case invalid
  case unknown
}

/// What could be inserted.
package struct Completions: Sendable, Equatable {
  /// Texts that replace the code from `start` to `end`.
  package var matches: [Completion]
  /// The replaced range, in Unicode scalars.
  package var start: Int
  /// The end of the replaced range, in Unicode scalars.
  package var end: Int

  package init(matches: [Completion], start: Int, end: Int) {
    self.matches = matches
    self.start = start
    self.end = end
  }
}

/// One completion.
package struct Completion: Sendable, Equatable {
  /// The text to insert.
  package var text: String
  /// The kind, in the words of `_jupyter_types_experimental`: `function`, `instance`, `class`, ….
  package var type: String
  /// The signature shown beside it; may be empty.
  package var signature: String

  package init(text: String, type: String, signature: String = "") {
    self.text = text
    self.type = type
    self.signature = signature
  }
}
