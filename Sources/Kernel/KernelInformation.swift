package import JupyterProtocol

/// What the kernel tells about itself.
package struct KernelInformation: Sendable {
  /// The kernel's name on the wire.
  package var implementation: String
  /// The kernel's version.
  package var version: String
  /// The version of the Swift compiler that builds the cells.
  package var languageVersion: String
  /// The text that a console shows at the start.
  package var banner: String
  /// Entries of the frontend's help menu.
  package var helpLinks: [KernelInfoReply.HelpLink]

  package init(
    implementation: String = "martlet", version: String, languageVersion: String,
    banner: String? = nil, helpLinks: [KernelInfoReply.HelpLink] = Self.swiftHelpLinks
  ) {
    self.implementation = implementation
    self.version = version
    self.languageVersion = languageVersion
    self.banner = banner ?? "Martlet \(version), Swift \(languageVersion)"
    self.helpLinks = helpLinks
  }

  /// Swift's own documentation.
  package static let swiftHelpLinks: [KernelInfoReply.HelpLink] = [
    .init(
      text: "The Swift Programming Language",
      url: "https://docs.swift.org/swift-book/documentation/the-swift-programming-language/"),
    .init(
      text: "Swift Standard Library",
      url: "https://developer.apple.com/documentation/swift/swift-standard-library"),
  ]

  /// The reply to `kernel_info_request`.
  var reply: KernelInfoReply {
    KernelInfoReply(
      implementation: implementation, implementationVersion: version,
      languageInfo: .swift(version: languageVersion), banner: banner, helpLinks: helpLinks,
      supportedFeatures: ["kernel subshells"])
  }
}
