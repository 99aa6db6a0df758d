import Tracking

/// What an import did, and what it left out.
struct ImportReport {
  private(set) var added = 0
  private(set) var completed = 0
  private(set) var present = 0
  private(set) var points = 0
  private(set) var artifacts = 0
  private(set) var loggedModels = 0
  private(set) var registeredModels = 0
  private(set) var completedModels = 0
  private var leftOut: [String: [String]] = [:]
  private var order: [String] = []

  /// Notes that something was not taken.
  mutating func leave(out subject: String, because reason: String) {
    if leftOut[reason] == nil { order.append(reason) }
    leftOut[reason, default: []].append(subject)
  }

  /// Puts a run into `store`.
  mutating func take(_ run: TransferredRun, into store: TrackingStore) throws(TrackingError) {
    let (outcome, failed) = try store.take(run)
    switch outcome {
    case .added: added += 1
    case .completed: completed += 1
    case .present: present += 1
    }
    if outcome != .present {
      points += run.metrics.count
      artifacts += run.artifacts.count - failed.count
    }
    for (path, reason) in failed {
      leave(out: "\(run.id.prefix(8)) \(path)", because: "artifact: \(reason)")
    }
  }

  /// Puts a logged model into `store`.
  mutating func take(_ model: TransferredLoggedModel, into store: TrackingStore)
    throws(TrackingError)
  {
    do throws(TrackingError) {
      let (outcome, failed) = try store.take(model)
      if outcome == .added { loggedModels += 1 }
      if outcome == .completed { completedModels += 1 }
      for (path, reason) in failed {
        leave(out: "\(model.id) \(path)", because: "artifact: \(reason)")
      }
    } catch {
      guard case .invalidName(_, _, let reason) = error else { throw error }
      leave(out: model.name, because: "logged models whose name is none: \(reason)")
    }
  }

  /// Puts a registered model into `store`.
  mutating func take(_ model: TransferredRegisteredModel, into store: TrackingStore)
    throws(TrackingError)
  {
    do throws(TrackingError) {
      let (outcome, taken) = try store.take(model)
      if outcome == .added { registeredModels += 1 }
      if outcome == .completed { completedModels += 1 }
      for number in taken {
        leave(
          out: "\(model.name) version \(number)",
          because: "versions whose number another one has here, or had")
      }
    } catch {
      guard case .invalidName(_, _, let reason) = error else { throw error }
      leave(out: model.name, because: "registered models whose name is none: \(reason)")
    }
  }

  func text(_ context: Context) -> String {
    if context.format == .json {
      return JSON.object([
        ("added", .integer(Int64(added))), ("completed", .integer(Int64(completed))),
        ("present", .integer(Int64(present))),
        ("logged_models", .integer(Int64(loggedModels))),
        ("registered_models", .integer(Int64(registeredModels))),
        ("completed_models", .integer(Int64(completedModels))),
        (
          "left_out",
          .array(
            order.map { reason in
              .object([
                ("reason", .string(reason)),
                ("subjects", .array((leftOut[reason] ?? []).map { .string($0) })),
              ])
            })
        ),
      ]).text
    }
    func count(_ number: Int, _ thing: String) -> String {
      "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
    var text = "Imported \(count(added, "run")) (\(count(points, "point")), "
    text += "\(count(artifacts, "artifact")))"
    if completed > 0 { text += ", completed \(count(completed, "run"))" }
    text += "; \(count(present, "run")) \(present == 1 ? "was" : "were") there already.\n"
    if loggedModels + registeredModels + completedModels > 0 {
      text += "Imported \(count(loggedModels, "logged model")) and "
      text += "\(count(registeredModels, "registered model"))"
      text += completedModels > 0 ? ", completed \(count(completedModels, "model")).\n" : ".\n"
    }
    for reason in order {
      let subjects = leftOut[reason] ?? []
      text += "Left out: \(printable(reason)) (\(subjects.count))\n"
      text += subjects.prefix(10).map { "  \(printable($0))\n" }.joined()
      if subjects.count > 10 { text += "  and \(subjects.count - 10) more\n" }
    }
    return text
  }
}
