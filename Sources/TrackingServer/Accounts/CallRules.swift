import Tracking

/// Which role a call needs, and for what.
enum CallRule {
  /// Every account.
  case anybody
  /// The experiment that `experiment_id` names.
  case experiment(Role)
  /// The one that `experiment_name` names.
  case experimentName
  /// The experiment of the run that `run_id` names.
  case run(Role)
  /// Of what is asked for, only what may be seen is looked at.
  case filtered
  /// All experiments: for what belongs to none.
  case everywhere(Role)

  /// The rule of a call such as `POST runs/create`; registered models belong to no experiment.
  static func of(_ call: String) -> CallRule {
    if let rule = rules[call] { return rule }
    let isReading = call.hasPrefix("GET ") || call.hasSuffix("/search")
    return .everywhere(isReading ? .read : .edit)
  }

  private static let rules: [String: CallRule] = [
    "POST experiments/create": .anybody, "GET experiments/search": .filtered,
    "POST experiments/search": .filtered, "GET experiments/get": .experiment(.read),
    "GET experiments/get-by-name": .experimentName, "POST experiments/update": .experiment(.edit),
    "POST experiments/delete": .experiment(.manage),
    "POST experiments/restore": .experiment(.manage),
    "POST experiments/set-experiment-tag": .experiment(.edit),
    "POST experiments/delete-experiment-tag": .experiment(.edit),
    "POST runs/create": .experiment(.edit), "GET runs/get": .run(.read),
    "POST runs/update": .run(.edit), "POST runs/delete": .run(.manage),
    "POST runs/restore": .run(.manage), "POST runs/search": .filtered,
    "POST runs/log-metric": .run(.edit), "POST runs/log-parameter": .run(.edit),
    "POST runs/set-tag": .run(.edit), "POST runs/delete-tag": .run(.edit),
    "POST runs/log-batch": .run(.edit), "POST runs/log-inputs": .run(.edit),
    "GET metrics/get-history": .filtered, "GET artifacts/list": .run(.read),
    "POST logged-models/search": .filtered, "POST logged-models": .experiment(.edit),
    "POST runs/outputs": .run(.edit), "POST runs/log-model": .run(.edit),
    "GET metrics/get-history-bulk": .filtered,
    "GET metrics/get-history-bulk-interval": .filtered,
    "POST experiments/search-datasets": .filtered, "GET gateway-proxy": .anybody,
    "POST gateway-proxy": .anybody,
  ]

  /// The fields for the call, which shows only what `permit` covers; throws unless it covers the call.
  func checked(
    _ fields: APIFields, _ permit: Permit, _ store: TrackingStore
  ) throws -> APIFields {
    var fields = fields
    fields.visibleExperiments = permit.visible
    try check(fields, permit, store)
    return fields
  }

  private func check(_ fields: APIFields, _ permit: Permit, _ store: TrackingStore) throws {
    guard permit.account != nil else { return }
    switch self {
    case .anybody, .filtered: return
    case .everywhere(let role): try permit.checkEverywhere(role)
    case .experiment(let role):
      let text = try fields.string("experiment_id") ?? "0"
      // What is no number is refused by the call itself.
      guard let id = Int64(text) else { return }
      try permit.check(
        role, experiment: id,
        absent: APIError(.resourceDoesNotExist, "No Experiment with id=\(id) exists"))
    case .experimentName:
      let name = try fields.required("experiment_name")
      guard let found = try store.experiment(named: name) else { return }
      try permit.check(
        .read, experiment: found.id,
        absent: APIError(
          .resourceDoesNotExist, "Could not find experiment with name '\(name)'"))
    case .run(let role):
      let id = try fields.string("run_id") ?? fields.string("run_uuid") ?? ""
      guard let run = try store.run(id: id) else { return }
      try permit.check(role, run: run)
    }
  }
}

extension Permit {
  /// Throws unless a call of `method` about a logged model is covered; `path` begins with `logged-models/ID`.
  func check(
    _ method: String, loggedModel id: String, _ path: Substring, in store: TrackingStore
  ) throws {
    guard account != nil, let model = try? store.loggedModel(id, orDeleted: true) else { return }
    let isWhole = path.split(separator: "/").count == 2
    let role: Role =
      switch method {
      case "GET": .read
      case "DELETE" where isWhole: .manage
      default: .edit
      }
    try check(
      role, experiment: model.experimentID, absent: APIError(.loggedModelNotFound(id: id)))
  }
}
