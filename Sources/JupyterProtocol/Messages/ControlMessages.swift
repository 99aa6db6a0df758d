/// Asks the kernel to end; control channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Kernel shutdown".
package struct ShutdownRequest: RequestContent, Equatable {
  package static let messageType = "shutdown_request"

  /// Whether another kernel takes the place of this one; `restart` on the wire.
  package var restarts: Bool

  package init(restarts: Bool) {
    self.restarts = restarts
  }

  private enum CodingKeys: String, CodingKey {
    case restarts = "restart"
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    restarts = try fields.decodeIfPresent(Bool.self, forKey: .restarts) ?? false
  }
}

/// Tells that the kernel ends; goes to the requester and to all subscribers.
package struct ShutdownReply: MessageContent, Equatable {
  package static let messageType = "shutdown_reply"

  package var status = ReplyStatus.ok
  package var restarts: Bool

  package init(restarts: Bool) {
    self.restarts = restarts
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case restarts = "restart"
  }
}

/// Asks the kernel to stop the running cell; control channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Kernel interrupt".
package struct InterruptRequest: RequestContent, Equatable {
  package static let messageType = "interrupt_request"

  package init() {}
}

/// Tells that the running cell is being stopped.
package struct InterruptReply: MessageContent, Equatable {
  package static let messageType = "interrupt_reply"

  package var status = ReplyStatus.ok

  package init() {}
}

/// A request of the Debug Adapter Protocol; control channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Debug request"; Debug Adapter Protocol, "Base Protocol".
package struct DebugRequest: RequestContent, Equatable {
  package static let messageType = "debug_request"

  /// The request's number; `seq` on the wire.
  package var number: Int
  package var command: String

  package init(number: Int, command: String) {
    self.number = number
    self.command = command
  }

  private enum CodingKeys: String, CodingKey {
    case number = "seq"
    case command
  }

  package init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    number = try fields.decodeIfPresent(Int.self, forKey: .number) ?? 0
    command = try fields.decodeIfPresent(String.self, forKey: .command) ?? ""
  }
}

/// Refuses a debug request, as the Debug Adapter Protocol refuses.
package struct DebugReply: MessageContent, Equatable {
  package static let messageType = "debug_reply"

  package var status = ReplyStatus.error
  package var type = "response"
  package var number: Int
  package var requestNumber: Int
  package var isSuccess = false
  package var command: String
  package var message: String
  package var errorName = "DebuggerUnsupported"
  package var errorValue: String
  package var traceback: [String] = []

  package init(refusing request: DebugRequest, message: String) {
    number = request.number
    requestNumber = request.number
    command = request.command
    self.message = message
    errorValue = message
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case type
    case number = "seq"
    case requestNumber = "request_seq"
    case isSuccess = "success"
    case command
    case message
    case errorName = "ename"
    case errorValue = "evalue"
    case traceback
  }
}
