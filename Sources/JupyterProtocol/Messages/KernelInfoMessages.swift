/// Asks what the kernel is; shell or control channel.
///
/// - SeeAlso: Jupyter messaging 5.5, "Kernel info".
package struct KernelInfoRequest: RequestContent, Equatable {
  package static let messageType = "kernel_info_request"

  package init() {}
}

/// What the kernel is.
package struct KernelInfoReply: MessageContent, Equatable {
  package static let messageType = "kernel_info_reply"

  /// The language of the cells.
  package struct LanguageInfo: Codable, Sendable, Equatable {
    package var name: String
    package var version: String
    package var mimeType: String
    package var fileExtension: String
    package var pygmentsLexer: String
    package var codeMirrorMode: String
    package var exporter: String

    /// Describes Swift.
    package static func swift(version: String) -> LanguageInfo {
      LanguageInfo(
        name: "swift", version: version, mimeType: "text/x-swift", fileExtension: ".swift",
        pygmentsLexer: "swift", codeMirrorMode: "swift", exporter: "script")
    }

    private enum CodingKeys: String, CodingKey {
      case name
      case version
      case mimeType = "mimetype"
      case fileExtension = "file_extension"
      case pygmentsLexer = "pygments_lexer"
      case codeMirrorMode = "codemirror_mode"
      case exporter = "nbconvert_exporter"
    }
  }

  /// An entry of the frontend's help menu.
  package struct HelpLink: Codable, Sendable, Equatable {
    package var text: String
    package var url: String

    package init(text: String, url: String) {
      self.text = text
      self.url = url
    }
  }

  package var status = ReplyStatus.ok
  package var protocolVersion = MessageHeader.protocolVersion
  package var implementation: String
  package var implementationVersion: String
  package var languageInfo: LanguageInfo
  package var banner: String
  package var helpLinks: [HelpLink]
  /// Optional parts of the protocol that the kernel knows, as in `debugger`.
  package var supportedFeatures: [String]

  package init(
    implementation: String, implementationVersion: String, languageInfo: LanguageInfo,
    banner: String, helpLinks: [HelpLink], supportedFeatures: [String] = []
  ) {
    self.implementation = implementation
    self.implementationVersion = implementationVersion
    self.languageInfo = languageInfo
    self.banner = banner
    self.helpLinks = helpLinks
    self.supportedFeatures = supportedFeatures
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case protocolVersion = "protocol_version"
    case implementation
    case implementationVersion = "implementation_version"
    case languageInfo = "language_info"
    case banner
    case helpLinks = "help_links"
    case supportedFeatures = "supported_features"
  }
}

/// Asks for the ports; shell channel; deprecated, yet some clients send it.
///
/// - SeeAlso: Jupyter messaging 5.5, "Connect".
package struct ConnectRequest: RequestContent, Equatable {
  package static let messageType = "connect_request"

  package init() {}
}

/// The ports.
package struct ConnectReply: MessageContent, Equatable {
  package static let messageType = "connect_reply"

  package var status = ReplyStatus.ok
  package var shellPort: Int
  package var iopubPort: Int
  package var stdinPort: Int
  package var heartbeatPort: Int
  package var controlPort: Int

  package init(_ connection: ConnectionFile) {
    shellPort = connection.shellPort
    iopubPort = connection.iopubPort
    stdinPort = connection.stdinPort
    heartbeatPort = connection.heartbeatPort
    controlPort = connection.controlPort
  }

  private enum CodingKeys: String, CodingKey {
    case status
    case shellPort = "shell_port"
    case iopubPort = "iopub_port"
    case stdinPort = "stdin_port"
    case heartbeatPort = "hb_port"
    case controlPort = "control_port"
  }
}
