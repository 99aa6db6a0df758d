/// Text of a standard stream; iopub channel, as all messages of this file.
///
/// - SeeAlso: Jupyter messaging 5.5, "Streams (stdout, stderr, etc)".
package struct StreamOutput: MessageContent, Equatable {
  package static let messageType = "stream"

  /// `stdout` or `stderr`.
  package var name: String
  package var text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// Representations of a value that a cell shows.
///
/// - SeeAlso: Jupyter messaging 5.5, "Display Data".
package struct DisplayData: MessageContent, Equatable {
  package static let messageType = "display_data"

  package var data: MIMEBundle
  package var metadata: [String: JSONValue]
  /// What does not belong into the notebook file: the display's identifier.
  package var transient: [String: JSONValue]

  package init(data: MIMEBundle, metadata: [String: JSONValue], displayID: String?) {
    self.data = data
    self.metadata = metadata
    transient = displayID.map { ["display_id": .string($0)] } ?? [:]
  }
}

/// Replaces what an earlier display with the same identifier shows.
///
/// - SeeAlso: Jupyter messaging 5.5, "Update Display Data".
package struct UpdateDisplayData: MessageContent, Equatable {
  package static let messageType = "update_display_data"

  package var data: MIMEBundle
  package var metadata: [String: JSONValue]
  package var transient: [String: JSONValue]

  package init(data: MIMEBundle, metadata: [String: JSONValue], displayID: String?) {
    let display = DisplayData(data: data, metadata: metadata, displayID: displayID)
    self.data = display.data
    self.metadata = display.metadata
    transient = display.transient
  }
}

/// The value of a cell's trailing expression.
///
/// - SeeAlso: Jupyter messaging 5.5, "Execution results".
package struct ExecuteResult: MessageContent, Equatable {
  package static let messageType = "execute_result"

  package var executionCount: Int
  package var data: MIMEBundle
  package var metadata: [String: JSONValue]

  package init(executionCount: Int, data: MIMEBundle, metadata: [String: JSONValue]) {
    self.executionCount = executionCount
    self.data = data
    self.metadata = metadata
  }

  private enum CodingKeys: String, CodingKey {
    case executionCount = "execution_count"
    case data
    case metadata
  }
}

/// Empties a cell's output area.
///
/// - SeeAlso: Jupyter messaging 5.5, "Clear output".
package struct ClearOutput: MessageContent, Equatable {
  package static let messageType = "clear_output"

  /// Whether to empty it only when the next output comes.
  package var wait: Bool

  package init(wait: Bool) {
    self.wait = wait
  }
}

/// Shows why a cell failed, in the words of its reply.
///
/// - SeeAlso: Jupyter messaging 5.5, "Execution errors".
package struct ErrorOutput: MessageContent, Equatable {
  package static let messageType = "error"

  package var name: String
  package var value: String
  package var traceback: [String]

  package init(name: String, value: String, traceback: [String]) {
    self.name = name
    self.value = value
    self.traceback = traceback
  }

  private enum CodingKeys: String, CodingKey {
    case name = "ename"
    case value = "evalue"
    case traceback
  }
}

/// Whether the kernel works on a request.
///
/// - SeeAlso: Jupyter messaging 5.5, "Kernel status".
package struct KernelStatus: MessageContent, Equatable {
  package static let messageType = "status"

  package enum State: String, Codable, Sendable {
    case starting
    case busy
    case idle
  }

  package var state: State

  package init(_ state: State) {
    self.state = state
  }

  private enum CodingKeys: String, CodingKey {
    case state = "execution_state"
  }
}

/// Tells a new subscriber that it misses nothing from now on.
///
/// - SeeAlso: Jupyter messaging 5.5, "Welcome message"; JEP 65.
package struct IOPubWelcome: MessageContent, Equatable {
  package static let messageType = "iopub_welcome"

  /// The topic subscribed to.
  package var subscription: String

  package init(subscription: String) {
    self.subscription = subscription
  }
}
