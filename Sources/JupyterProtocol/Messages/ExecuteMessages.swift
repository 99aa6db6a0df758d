/// Asks the kernel to run one cell; shell channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Execute".
package struct ExecuteRequest: RequestContent, Equatable {
  package static let messageType = "execute_request"

  /// The cell's source.
  package var code: String
  /// Whether to publish as little as possible and keep the execution count; `silent` on the wire.
  package var isSilent: Bool
  /// Whether the cell enters the history and counts; `store_history` on the wire.
  package var storesHistory: Bool
  /// Names mapped to expressions that are evaluated after the cell.
  package var userExpressions: [String: String]
  /// Whether the frontend can answer input requests; `allow_stdin` on the wire.
  package var allowsInput: Bool
  /// Whether a failure aborts the cells that wait; `stop_on_error` on the wire.
  package var stopsOnError: Bool

  package init(
    code: String, isSilent: Bool = false, storesHistory: Bool = true,
    userExpressions: [String: String] = [:], allowsInput: Bool = false, stopsOnError: Bool = true
  ) {
    self.code = code
    self.isSilent = isSilent
    self.storesHistory = storesHistory
    self.userExpressions = userExpressions
    self.allowsInput = allowsInput
    self.stopsOnError = stopsOnError
  }

  private enum CodingKeys: String, CodingKey {
    case code
    case isSilent = "silent"
    case storesHistory = "store_history"
    case userExpressions = "user_expressions"
    case allowsInput = "allow_stdin"
    case stopsOnError = "stop_on_error"
  }

  /// Reads the request; a silent cell never enters the history.
  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    code = try fields.decode(String.self, forKey: .code)
    isSilent = try fields.decodeIfPresent(Bool.self, forKey: .isSilent) ?? false
    let isStored = try fields.decodeIfPresent(Bool.self, forKey: .storesHistory) ?? true
    storesHistory = isStored && !isSilent
    userExpressions =
      try fields.decodeIfPresent([String: String].self, forKey: .userExpressions) ?? [:]
    allowsInput = try fields.decodeIfPresent(Bool.self, forKey: .allowsInput) ?? false
    stopsOnError = try fields.decodeIfPresent(Bool.self, forKey: .stopsOnError) ?? true
  }
}

/// What frontends add to an execution request's metadata.
package struct ExecuteRequestMetadata: Decodable, Sendable, Equatable {
  /// The notebook's identifier of the cell.
  package var cellID: String?

  private enum CodingKeys: String, CodingKey {
    case cellID = "cellId"
  }
}

/// Tells how a cell ended.
///
/// - SeeAlso: Jupyter messaging 5.5, "Execution results".
package struct ExecuteReply: MessageContent, Equatable {
  package static let messageType = "execute_reply"

  package var status: ReplyStatus
  /// `nil` for a cell that did not run: frontends show the number beside it.
  package var executionCount: Int?
  /// The values of the user expressions, each an `ok` or an `error` object.
  package var userExpressions: [String: JSONValue]?
  /// Things that the frontend does; `page` shows text in a pager.
  package var payload: [JSONValue]?
  /// The error's type; only after failures, like the next two.
  package var errorName: String?
  package var errorValue: String?
  package var traceback: [String]?

  package init(
    status: ReplyStatus, executionCount: Int? = nil,
    userExpressions: [String: JSONValue]? = nil,
    payload: [JSONValue]? = nil
  ) {
    self.status = status
    self.executionCount = executionCount
    self.userExpressions = userExpressions
    self.payload = payload
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case executionCount = "execution_count"
    case userExpressions = "user_expressions"
    case payload
    case errorName = "ename"
    case errorValue = "evalue"
    case traceback
  }
}

/// Shows every frontend the cell that starts; iopub channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Code inputs".
package struct ExecuteInput: MessageContent, Equatable {
  package static let messageType = "execute_input"

  package var code: String
  package var executionCount: Int

  package init(code: String, executionCount: Int) {
    self.code = code
    self.executionCount = executionCount
  }

  private enum CodingKeys: String, CodingKey {
    case code
    case executionCount = "execution_count"
  }
}
