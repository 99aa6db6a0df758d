import Tracking

/// How `models` shows one model or one version.
struct ModelLayout {
  private let context: Context

  init(_ context: Context) {
    self.context = context
  }

  /// A model and its versions.
  func text(of model: RegisteredModel, versions: [ModelVersion]) throws -> String {
    if context.format == .json {
      return JSON.object(
        model.members + [("versions", .array(versions.map { .object($0.members) }))]
      )
      .text
    }
    var table = Table(columns: [
      .init(title: "version", alignment: .right), .init(title: "aliases", mayShrink: true),
      .init(title: "stage"), .init(title: "run"), .init(title: "registered"),
      .init(title: "source", mayShrink: true), .init(title: "description", mayShrink: true),
    ])
    for version in versions {
      table.rows.append([
        "\(version.version)", version.aliases.joined(separator: " "), version.stage.rawValue,
        context.format == .csv ? version.runID : String(version.runID.prefix(8)),
        try context.minutes(version.createdMilliseconds), version.source,
        version.description.split(separator: "\n").first.map(String.init) ?? "",
      ])
    }
    let list = table.text(context.format, style: context.style)
    guard context.format == .table else { return list }
    var text = context.style.bold(printable(model.name)) + "\n"
    if !model.description.isEmpty { text += model.description + "\n" }
    text += Self.tags(model.tags)
    return text + "\n" + (versions.isEmpty ? "No versions.\n" : list)
  }

  /// A version, with where it comes from.
  func text(of lineage: ModelLineage) throws -> String {
    let version = lineage.version
    if context.format == .json {
      return JSON.object(
        version.members + [
          ("run_name", .string(orNull: lineage.runName)),
          ("experiment", .string(orNull: lineage.experiment)),
          (
            "datasets",
            .array(
              lineage.datasets.map {
                .object([
                  ("name", .string($0.name)), ("digest", .string($0.digest)),
                  ("source", .string($0.source)), ("context", .string(orNull: $0.context)),
                ])
              })
          ),
        ]
      ).text
    }
    var rows: [[String]] = [
      ["model", version.model], ["version", "\(version.version)"],
      ["aliases", version.aliases.joined(separator: " ")], ["stage", version.stage.rawValue],
      ["registered", try context.seconds(version.createdMilliseconds)],
      ["source", version.source], ["logged model", version.loggedModelID ?? ""],
      ["run", lineage.runName.map { "\(version.runID) \($0)" } ?? version.runID],
      ["experiment", lineage.experiment ?? ""], ["description", version.description],
    ]
    rows += lineage.datasets.map { data in
      ["data", [data.name, data.digest, data.context ?? ""].joined(separator: " ")]
    }
    rows += version.tags.sorted { $0.key < $1.key }.map { ["tag \($0.key)", $0.value] }
    var table = Table(columns: [.init(title: "what"), .init(title: "value", mayShrink: true)])
    table.rows = rows.filter { !$0[1].isEmpty }
    return table.text(context.format, style: context.style)
  }

  private static func tags(_ tags: [String: String]) -> String {
    tags.sorted { $0.key < $1.key }
      .map { "  \(printable($0.key)) = \(printable($0.value))\n" }.joined()
  }
}

extension RegisteredModel {
  /// Its members in JSON.
  var members: [(String, JSON)] {
    [
      ("name", .string(name)), ("description", .string(description)),
      ("created_ms", .integer(createdMilliseconds)), ("updated_ms", .integer(updatedMilliseconds)),
      (
        "aliases",
        .object(aliases.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
      ),
      ("tags", .object(tags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
    ]
  }
}

extension ModelVersion {
  /// Its members in JSON.
  var members: [(String, JSON)] {
    [
      ("model", .string(model)), ("version", .integer(Int64(version))),
      ("aliases", .array(aliases.map { .string($0) })), ("stage", .string(stage.rawValue)),
      ("created_ms", .integer(createdMilliseconds)), ("updated_ms", .integer(updatedMilliseconds)),
      ("description", .string(description)), ("source", .string(source)),
      ("run_id", .string(orNull: runID.isEmpty ? nil : runID)),
      ("model_id", .string(orNull: loggedModelID)),
      ("tags", .object(tags.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
    ]
  }
}
