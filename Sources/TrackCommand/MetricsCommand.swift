import CommandArguments
import Tracking

/// `metrics`: the metrics of a run, or every point of one of them, or curves.
struct MetricsCommand: Command {
  static let name = "metrics"
  static let operands = "RUN [KEY]"
  static let summary = "Summarise a run's metrics, list points, or draw curves."
  static let options = [
    "    --all              every point; otherwise a table leaves out the middle",
    "                       of a long one; JSON, CSV and Markdown have every point",
    "-p, --plot             draw the metric KEY, or every one with several points",
    "-w, --with RUN         draw this run's, too; may be given again",
    "-x, --axis AXIS        draw over step, time, or relative: time since the run's",
    "                       start; by default step",
    "    --log AXES         logarithmic axes: x, y or xy",
    "    --height N         lines of a plot, from 3 to 200; by default 12",
  ]
  static let notes = """
    Curves are coloured where the output is a terminal; elsewhere each of several
    has a mark of its own.
    """
  let servers = ServerUse.runs

  let reference: String
  let key: String?
  let isAll: Bool
  private let plot: MetricPlot?

  /// How many points a table shows at each end.
  private static let shownAtEachEnd = 20

  init(_ arguments: inout Arguments) throws(UsageError) {
    isAll = arguments.flag("--all")
    plot = try MetricPlot(&arguments)
    let operands = try arguments.operands(1...2, of: "one RUN and perhaps a KEY")
    reference = operands[0]
    key = operands.count > 1 ? operands[1] : nil
    if isAll, plot != nil {
      throw UsageError("--all lists points and --plot draws them; keep one")
    }
  }

  func run(_ context: Context) throws -> String {
    let run = try context.run(reference, fetching: .histories(of: key))
    if let plot {
      guard context.format == .table else {
        throw UsageError("--plot draws for people; leave out --format, or --plot")
      }
      return try plot.text(of: run, key: key, context)
    }
    guard let key else {
      let metrics = try context.store.detail(of: run).metrics
      if context.format == .json {
        return JSON.object(
          metrics.map { ($0.key, .object($0.members(MetricDirection(key: $0.key)))) }
        ).text
      }
      guard !metrics.isEmpty || context.format != .table else {
        return "Run \(printable(run.name)) has no metrics.\n"
      }
      return Self.summaryTable(metrics, context.format, context.style)
    }
    let points = try context.store.history(of: run, key: key)
    if context.format == .json {
      return JSON.array(
        points.map {
          .object([
            ("step", .integer($0.step)), ("time_ms", .integer($0.timeMilliseconds)),
            ("value", .number($0.value)),
          ])
        }
      ).text
    }
    return try table(points, context)
  }

  private func table(_ points: [MetricPoint], _ context: Context) throws -> String {
    var table = Table(columns: [
      .init(title: "step", alignment: .right),
      .init(title: context.format == .csv ? "time_ms" : "time"),
      .init(title: "value", alignment: .right),
    ])
    let end = Self.shownAtEachEnd
    let isCut = context.format == .table && !isAll && points.count > 2 * end + 1
    let shown = isCut ? Array(points.prefix(end)) + points.suffix(end) : points
    for (index, point) in shown.enumerated() {
      if isCut, index == end { table.rows.append([Locale.ellipsis, "", Locale.ellipsis]) }
      table.rows.append([
        "\(point.step)",
        context.format == .csv
          ? "\(point.timeMilliseconds)" : try context.seconds(point.timeMilliseconds),
        jsonNumber(point.value),
      ])
    }
    let text = table.text(context.format, style: context.style)
    guard isCut else { return text }
    return text + "\n\(points.count - shown.count) of \(points.count) points are left out; "
      + "see them with --all.\n"
  }

  /// A row for each of `metrics`.
  static func summaryTable(
    _ metrics: [MetricSummary], _ format: OutputFormat, _ style: Style, indented: Bool = false
  ) -> String {
    let number = format == .csv ? jsonNumber : shortNumber
    var table = Table(columns: [
      .init(title: indented ? "  metric" : "metric", mayShrink: true),
      .init(title: "last", alignment: .right), .init(title: "best", alignment: .right),
      .init(title: "at step", alignment: .right), .init(title: "min", alignment: .right),
      .init(title: "max", alignment: .right), .init(title: "points", alignment: .right),
    ])
    for metric in metrics {
      let best = metric.best(MetricDirection(key: metric.key))
      table.rows.append([
        indented ? "  \(metric.key)" : metric.key, number(metric.last),
        best.map { number($0.value) } ?? "", best.map { "\($0.step)" } ?? "",
        metric.minimum.map { number($0.value) } ?? "",
        metric.maximum.map { number($0.value) } ?? "", "\(metric.count)",
      ])
    }
    return table.text(format, style: style)
  }
}
