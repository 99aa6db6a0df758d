import FoundationEssentials
import HTTPClient

/// A tracking server that speaks MLflow's REST API: where it is, and who asks.
package struct ServerAddress: Sendable, Equatable {
  /// The URL, without a slash at its end and without a password.
  package let url: String
  /// The header that says who asks; `nil` for nobody.
  package let authorization: String?
  private let verifiesCertificates: Bool
  private let certificateAuthorities: String?
  private let clientCertificate: String?

  /// The server of an `http` or `https` URL; `nil` for anything else.
  ///
  /// Who asks is said in the URL (`https://user:password@host`), or by MLflow's variables:
  /// `MLFLOW_TRACKING_TOKEN`, or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`.
  package init?(
    _ uri: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    let lower = uri.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else {
      return nil
    }
    var rest = uri.dropFirst(scheme.count)
    rest = rest.prefix { $0 != "?" && $0 != "#" }
    while rest.last == "/" { rest = rest.dropLast() }
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    var credentials: String?
    if let name = value("MLFLOW_TRACKING_USERNAME") {
      credentials = "\(name):\(value("MLFLOW_TRACKING_PASSWORD") ?? "")"
    }
    if let at = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") {
      credentials = StoreLocation.decodingPercents(String(rest[..<at]))
      rest = rest[rest.index(after: at)...]
    }
    guard !rest.isEmpty, !rest.hasPrefix("/") else { return nil }
    url = scheme + rest
    if let credentials {
      authorization = "Basic \(Data(credentials.utf8).base64EncodedString())"
    } else {
      authorization = value("MLFLOW_TRACKING_TOKEN").map { "Bearer \($0)" }
    }
    let insecure = value("MLFLOW_TRACKING_INSECURE_TLS")?.lowercased()
    verifiesCertificates = insecure != "true" && insecure != "1"
    certificateAuthorities = value("MLFLOW_TRACKING_SERVER_CERT_PATH")
    clientCertificate = value("MLFLOW_TRACKING_CLIENT_CERT_PATH")
  }

  /// How requests to it are sent.
  var settings: HTTPClient.Settings {
    var settings = HTTPClient.Settings()
    settings.verifiesCertificates = verifiesCertificates
    settings.certificateAuthorities = certificateAuthorities
    settings.clientCertificate = clientCertificate
    return settings
  }
}
