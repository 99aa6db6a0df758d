import CommandArguments
import Tracking

/// `show`: everything about one run.
struct ShowCommand: Command {
  static let name = "show"
  static let operands = "RUN"
  static let summary = "Show what one run logged."
  let servers = ServerUse.runs

  let reference: String

  init(_ arguments: inout Arguments) throws(UsageError) {
    reference = try arguments.operands(1...1, of: "one RUN")[0]
  }

  func run(_ context: Context) throws -> String {
    let run = try context.run(reference, fetching: .histories.artifacts())
    let detail = try context.store.detail(of: run)
    let children = try context.children(of: run)
    switch context.format {
    case .json:
      return JSON.object(
        detail.members + [("children", .array(children.map { .string($0.id) }))]
      ).text
    case .table: return try text(detail, children: children, context)
    case .csv, .markdown, .html:
      var table = Table(columns: [
        .init(title: "kind"), .init(title: "key"), .init(title: "value"),
      ])
      table.rows = try facts(run, context).map { ["run", $0.0, $0.1] }
      table.rows += detail.params.map { ["param", $0.key, $0.value] }
      table.rows += detail.metrics.map { ["metric", $0.key, jsonNumber($0.last)] }
      table.rows += detail.tags.map { ["tag", $0.key, $0.value] }
      table.rows += detail.datasets.map { ["dataset", $0.name, $0.digest] }
      table.rows += detail.artifacts.map { ["artifact", $0.path, "\($0.byteCount)"] }
      return table.text(context.format, style: context.style)
    }
  }

  private func facts(_ run: RunRecord, _ context: Context) throws -> [(String, String)] {
    let duration = run.durationMilliseconds(now: currentMilliseconds())
    var facts = [
      ("name", run.name), ("id", run.id), ("experiment", run.experiment),
      ("status", run.longStatus), ("started", try context.seconds(run.startMilliseconds)),
    ]
    if let end = run.endMilliseconds { facts.append(("ended", try context.seconds(end))) }
    facts.append(("duration", shortDuration(milliseconds: duration)))
    if let parent = run.parentID { facts.append(("parent", parent)) }
    return facts
  }

  private func text(
    _ detail: RunDetail, children: [RunRecord], _ context: Context
  ) throws -> String {
    let style = context.style
    var text = pairs(try facts(detail.run, context), width: style.width, indentation: "")
    func section(_ title: String, _ body: String) {
      if !body.isEmpty { text += "\n\(style.bold(title))\n\(body)" }
    }
    section("children", pairs(children.map { ($0.shortID, $0.name) }, width: style.width))
    section("params", pairs(detail.params.map { ($0.key, $0.value) }, width: style.width))
    if !detail.metrics.isEmpty {
      section("metrics", MetricsCommand.summaryTable(detail.metrics, .table, style, indented: true))
    }
    section("tags", pairs(detail.tags.map { ($0.key, $0.value) }, width: style.width))
    section(
      "data sets",
      pairs(
        detail.datasets.map { dataset in
          let use = dataset.context.map { ", for \($0)" } ?? ""
          return (dataset.name, "\(dataset.source) (\(dataset.digest.prefix(12))\(use))")
        }, width: style.width))
    section(
      "artifacts",
      pairs(
        detail.artifacts.map { ($0.path, shortSize(bytes: $0.byteCount)) }, width: style.width))
    return text
  }

  /// Lines of a key and its value, which is never shortened.
  private func pairs(
    _ pairs: [(String, String)], width: Int, indentation: String = "  "
  ) -> String {
    let keyWidth = min(pairs.map { columnWidth($0.0) }.max() ?? 0, width / 2)
    return pairs.map { key, value in
      let padding = String(repeating: " ", count: max(0, keyWidth - columnWidth(key)))
      return "\(indentation)\(printable(key))\(padding)  \(printable(value))\n"
    }.joined()
  }
}

extension RunDetail {
  /// The members of the run's JSON object with what it logged.
  var members: [(String, JSON)] {
    run.members + [
      ("params", .object(params.map { ($0.key, .string($0.value)) })),
      (
        "metrics",
        .object(metrics.map { ($0.key, .object($0.members(MetricDirection(key: $0.key)))) })
      ),
      ("tags", .object(tags.map { ($0.key, .string($0.value)) })),
      (
        "datasets",
        .array(
          datasets.map { dataset in
            .object([
              ("name", .string(dataset.name)), ("digest", .string(dataset.digest)),
              ("source_type", .string(dataset.sourceType)), ("source", .string(dataset.source)),
              ("context", .string(orNull: dataset.context)),
            ])
          })
      ),
      (
        "artifacts",
        .array(
          artifacts.map { artifact in
            .object([
              ("path", .string(artifact.path)), ("bytes", .integer(artifact.byteCount)),
              ("sha256", .string(orNull: artifact.knownDigest)),
            ])
          })
      ),
    ]
  }
}

extension MetricSummary {
  /// The members of the metric's JSON object.
  func members(_ direction: MetricDirection?) -> [(String, JSON)] {
    let best = best(direction)
    return [
      ("last", .number(last)), ("last_step", .integer(lastStep)),
      ("min", .number(orNull: minimum?.value)), ("min_step", .integer(orNull: minimum?.step)),
      ("max", .number(orNull: maximum?.value)), ("max_step", .integer(orNull: maximum?.step)),
      ("best", .number(orNull: best?.value)), ("best_step", .integer(orNull: best?.step)),
      ("count", .integer(Int64(count))),
    ]
  }
}
