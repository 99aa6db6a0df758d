import HTTPServer
import JSONValues
import Tracking

/// What a call is refused with, in MLflow's words.
///
/// - SeeAlso: MLflow's REST API, "ErrorCode".
struct APIError: Error {
  enum Code: String {
    case invalidParameterValue = "INVALID_PARAMETER_VALUE"
    case badRequest = "BAD_REQUEST"
    case resourceAlreadyExists = "RESOURCE_ALREADY_EXISTS"
    case unauthenticated = "UNAUTHENTICATED"
    case permissionDenied = "PERMISSION_DENIED"
    case resourceDoesNotExist = "RESOURCE_DOES_NOT_EXIST"
    case endpointNotFound = "ENDPOINT_NOT_FOUND"
    case internalError = "INTERNAL_ERROR"
    case notImplemented = "NOT_IMPLEMENTED"
    case temporarilyUnavailable = "TEMPORARILY_UNAVAILABLE"

    var status: Int {
      switch self {
      case .invalidParameterValue, .badRequest, .resourceAlreadyExists: 400
      case .unauthenticated: 401
      case .permissionDenied: 403
      case .resourceDoesNotExist, .endpointNotFound: 404
      case .internalError: 500
      case .notImplemented: 501
      case .temporarilyUnavailable: 503
      }
    }
  }

  let code: Code
  let message: String
  /// The methods that the path takes, where the request has another one.
  private(set) var allowedMethods: [String] = []

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// That `path` is there, but not for `method`.
  static func notAllowed(_ method: String, _ path: String, allowed: [String]) -> APIError {
    let methods = allowed.sorted()
    var error = APIError(
      .badRequest, "\(path) takes \(methods.joined(separator: " or ")), not \(method).")
    error.allowedMethods = methods
    return error
  }

  static func runNotFound(_ id: String) -> APIError {
    APIError(.resourceDoesNotExist, "Run with id=\(id) not found")
  }

  static func experimentDeleted(_ id: Int64) -> APIError {
    APIError(
      .invalidParameterValue,
      "The experiment \(id) must be in the 'active' state. Current state is deleted.")
  }

  static func runDeleted(_ id: String) -> APIError {
    APIError(
      .invalidParameterValue,
      "The run \(id) must be in the 'active' state. Current state is deleted.")
  }

  static func missing(_ name: String) -> APIError {
    APIError(.invalidParameterValue, "Missing value for required parameter '\(name)'.")
  }

  static func invalid(_ name: String, _ value: JSONValue) -> APIError {
    APIError(.invalidParameterValue, "Invalid value \(value) for parameter '\(name)' supplied.")
  }

  /// What `error` of the store means to a client.
  init(_ error: TrackingError) {
    let text = "\(error)"
    switch error {
    case .invalidFilter, .invalidOrder, .invalidName, .invalidArtifactPath, .runDeleted:
      self.init(.invalidParameterValue, text)
    case .experimentExists(let name):
      self.init(.resourceAlreadyExists, "Experiment(name=\(name)) already exists.")
    case .paramConflict(let run, let key, let stored, let value):
      self.init(
        .invalidParameterValue,
        "Changing param values is not allowed. Param with key='\(key)' was already logged with value='\(stored)' "
          + "for run ID='\(run)'. Attempted logging new value '\(value)'.")
    case .runNotFound, .runRemoved, .artifactNotFound, .metricNotFound:
      self.init(.resourceDoesNotExist, text)
    case .experimentNotFound(let reference):
      self.init(.resourceDoesNotExist, "No Experiment with id=\(reference) exists")
    case .modelNotFound(let name):
      self.init(.resourceDoesNotExist, "Registered Model with name=\(name) not found")
    case .modelExists(let name):
      self.init(.resourceAlreadyExists, "Registered Model (name=\(name)) already exists.")
    case .modelVersionNotFound(let name, let version):
      self.init(
        .resourceDoesNotExist, "Model Version (name=\(name), version=\(version)) not found")
    case .aliasNotFound(_, let alias):
      self.init(.invalidParameterValue, "Registered model alias \(alias) not found.")
    case .loggedModelNotFound(let id):
      self.init(.resourceDoesNotExist, "Logged model with ID '\(id)' not found.")
    // The client asks again when it hears this.
    case .uploadRefused: self.init(.invalidParameterValue, text)
    case .uploadBusy, .locked: self.init(.temporarilyUnavailable, text)
    default: self.init(.internalError, text)
    }
  }

  /// What any error of a call means to the client.
  init(any error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as TrackingError: self.init(error)
    default: self.init(.internalError, "\(error)")
    }
  }

  var response: HTTPResponse {
    let body: JSONValue = ["error_code": .string(code.rawValue), "message": .string(message)]
    var headers = APIResponse.headers
    if code == .unauthenticated {
      headers.append(
        (name: "WWW-Authenticate", value: "Basic realm=\"martlet\", charset=\"UTF-8\""))
    }
    guard allowedMethods.isEmpty else {
      headers.append((name: "Allow", value: allowedMethods.joined(separator: ", ")))
      return HTTPResponse(405, .bytes(body.utf8), headers: headers)
    }
    return HTTPResponse(code.status, .bytes(body.utf8), headers: headers)
  }
}

/// What a call's answer holds: a JSON value, or its text where making values first would take long.
protocol CallResult: Sendable {
  /// The JSON text.
  var utf8: [UInt8] { get }
}

extension JSONValue: CallResult {}

/// An object that is already text.
struct JSONBytes: CallResult {
  let utf8: [UInt8]

  /// An object whose members `body` writes.
  init(reserving count: Int = 256, _ body: (inout JSONWriter) -> Void) {
    var json = JSONWriter(reserving: count)
    json.object(body)
    utf8 = json.bytes
  }
}

/// What a call is answered.
enum APIResponse {
  case json(any CallResult)
  case raw(HTTPResponse)

  static let headers = [
    (name: "Content-Type", value: "application/json"),
    (name: "X-Content-Type-Options", value: "nosniff"),
    (name: "X-Frame-Options", value: "SAMEORIGIN"),
  ]

  var response: HTTPResponse {
    switch self {
    case .json(let value): HTTPResponse(200, .bytes(value.utf8), headers: Self.headers)
    case .raw(let response): response
    }
  }
}
