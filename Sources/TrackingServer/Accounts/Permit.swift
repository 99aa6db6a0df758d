import FoundationEssentials
import JSONValues
import Tracking

/// What whoever sent a request may do.
///
/// What may not be seen is answered as if it were not there.
struct Permit: Sendable {
  /// `nil` where everybody may do everything: without accounts.
  let account: Account?

  static let all = Permit(account: nil)

  /// The experiments that may be seen; `nil` for all.
  var visible: Set<Int64>? {
    guard let account, account.everywhere == nil else { return nil }
    return Set(account.experiments.keys)
  }

  /// Throws unless `role` is held for an experiment; `absent` is what is said of one that is not there.
  func check(_ role: Role, experiment: Int64, absent: APIError) throws(APIError) {
    guard let account else { return }
    guard let held = account.role(for: experiment) else { throw absent }
    guard held >= role else {
      throw APIError(
        .permissionDenied,
        "\(account.name) may not \(role.rawValue) experiment \(experiment), only \(held.rawValue) it."
      )
    }
  }

  func check(_ role: Role, run: RunRecord) throws(APIError) {
    try check(
      role, experiment: run.experimentID,
      absent: APIError(.resourceDoesNotExist, "Run with id=\(run.id) not found"))
  }

  /// Throws unless `role` is held for everything.
  func checkEverywhere(_ role: Role) throws(APIError) {
    guard let account else { return }
    guard let held = account.everywhere, held >= role else {
      throw APIError(
        .permissionDenied,
        "\(account.name) needs the role \(role.rawValue) for all experiments to do that.")
    }
  }
}

/// Who sends requests.
struct Doorkeeper: Sendable {
  /// `nil` lets everybody in.
  let accounts: AccountStore?

  /// The permit of a request by its `Authorization`: a token as `Bearer`, or an account's name and a token as `Basic`.
  ///
  /// - SeeAlso: RFC 6750, section 2.1; RFC 7617.
  func permit(_ headers: [String: String]) throws(APIError) -> Permit {
    guard let accounts else { return .all }
    guard let (name, token) = Self.credentials(headers["authorization"] ?? "") else {
      throw .unauthenticated
    }
    let account: Account?
    do throws(AccountError) {
      account = try accounts.account(token: token, name: name)
    } catch {
      throw APIError(.internalError, "The accounts cannot be read.")
    }
    guard let account else { throw .unauthenticated }
    return Permit(account: account)
  }

  /// The permit of an account that was let in before, and may have gone; `nil` is of nobody.
  func permit(account name: String?) throws(APIError) -> Permit {
    guard let accounts else { return .all }
    guard let name, let account = try? accounts.account(named: name) else { throw .unauthenticated }
    return Permit(account: account)
  }

  /// Lets whoever made an experiment manage it.
  func noteCreation(_ result: any CallResult, _ permit: Permit) throws {
    guard let accounts, let account = permit.account, let result = result as? JSONValue,
      let id = result["experiment_id"]?.string.flatMap({ Int64($0) })
    else { return }
    try accounts.set(.manage, of: account.name, experiment: id)
  }

  private static func credentials(_ header: String) -> (name: String?, token: String)? {
    let parts = header.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "bearer": return (nil, parts[1].filter { $0 != " " })
    case "basic":
      guard let data = Data(base64Encoded: parts[1]),
        let text = String(validating: data, as: UTF8.self), let colon = text.firstIndex(of: ":")
      else { return nil }
      return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    default: return nil
    }
  }
}

extension APIError {
  /// Says nothing of why: an unknown name, a wrong token and an expired one are the same.
  static let unauthenticated = APIError(
    .unauthenticated,
    "You are not authenticated. Set MLFLOW_TRACKING_TOKEN to a valid token, or MLFLOW_TRACKING_USERNAME to an account and "
      + "MLFLOW_TRACKING_PASSWORD to its token.")
}
