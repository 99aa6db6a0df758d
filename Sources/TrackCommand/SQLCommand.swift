import CommandArguments
import SQLite
import Tracking

/// `sql`: answers queries over the store.
struct SQLCommand: Command {
  static let name = "sql"
  static let operands = "[QUERY]"
  static let summary = "Answer a query in SQL, which can only read."
  static let options = [
    "-n, --limit N          at most N rows; 1000 unless --all is given",
    "    --all              all rows",
    "    --timeout SECONDS  give up after so long; by default 60, 0 is never",
    "    --views            list the views that can be asked, and their columns",
  ]
  static let notes = """
    QUERY is one statement of SQLite; - takes it from standard input. The views hide
    the store's own tables, which are main.runs and so on and may change. Times are
    texts in UTC; NaN is NULL.

      track-cli sql "SELECT name, number AS lr, last AS loss FROM runs
        JOIN params USING (run_id) JOIN metrics USING (run_id)
        WHERE params.key = 'lr' AND metrics.key = 'loss' ORDER BY loss LIMIT 5"
    """

  private let query: String?
  private let limit: Int?
  private let seconds: Int

  init(_ arguments: inout Arguments) throws(UsageError) {
    let limit = try arguments.count("--limit", "-n", minimum: 0)
    let isAll = arguments.flag("--all")
    if isAll, limit != nil { throw UsageError("--all and --limit exclude each other; keep one") }
    self.limit = isAll ? nil : limit ?? 1000
    seconds = try arguments.count("--timeout", minimum: 0) ?? 60
    let listsViews = arguments.flag("--views")
    let words = try arguments.operands(0...1, of: "one QUERY between quotes, or --views")
    guard listsViews == words.isEmpty else {
      throw UsageError(
        listsViews ? "--views takes no QUERY; keep one of them" : "give a QUERY, or --views")
    }
    query = words.first
  }

  func run(_ context: Context) throws -> String {
    guard var query else { return views(context) }
    if query == "-" { query = standardInput() }
    let table: QueryTable
    do throws(SQLiteError) {
      table = try context.store.table(
        query, limit: limit, seconds: seconds == 0 ? nil : Double(seconds))
    } catch {
      throw Refusal(reason(error))
    }
    let text = self.text(table, context)
    guard table.hasMore, context.format == .table || context.format == .markdown else {
      return text
    }
    return text
      + "\nThere are more than \(table.rows.count) rows; see them with --limit N or --all.\n"
  }

  private func reason(_ error: SQLiteError) -> String {
    switch error.code {
    case .authorization, .readOnly:
      return
        "track-cli sql can only read, and this statement does something else (\(error.message)). "
        + "Use track-cli's other subcommands to change a store."
    case .interrupted:
      return "the query took longer than \(seconds) seconds and was stopped; give --timeout "
        + "SECONDS, or ask for less"
    case .error:
      let views = SQLView.all.map(\.name).joined(separator: ", ")
      return "the query failed: \(error.message). The views are \(views); see --views."
    default: return "the query failed: \(error.message)"
    }
  }

  private func views(_ context: Context) -> String {
    if context.format == .json {
      return JSON.array(
        SQLView.all.map {
          .object([
            ("view", .string($0.name)), ("columns", .array($0.columns.map { .string($0) })),
            ("row", .string($0.summary)),
          ])
        }
      ).text
    }
    if context.format == .table {
      return SQLView.all.map { view in
        "\(context.style.bold(view.name))  \(view.summary)\n"
          + Help.wrapped(view.columns.joined(separator: ", "), width: 76, indentation: "  ")
      }.joined()
    }
    var table = Table(columns: [.init(title: "view"), .init(title: "row"), .init(title: "columns")])
    table.rows = SQLView.all.map { [$0.name, $0.summary, $0.columns.joined(separator: ", ")] }
    return table.text(context.format, style: context.style)
  }

  private func text(_ table: QueryTable, _ context: Context) -> String {
    if context.format == .json {
      return JSON.array(
        table.rows.map { row in .object(zip(table.columns, row).map { ($0, $1.json) }) }
      ).text
    }
    var shown = Table(
      columns: table.columns.enumerated().map { place, title in
        let isNumber = table.rows.contains { $0[place].isNumber }
        return .init(title: title, alignment: isNumber ? .right : .left, mayShrink: !isNumber)
      })
    let isExact = context.format == .csv
    shown.rows = table.rows.map { row in row.map { $0.text(isExact: isExact) } }
    return shown.text(context.format, style: context.style)
  }
}

extension SQLiteValue {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .real: true
    default: false
    }
  }

  fileprivate var json: JSON {
    switch self {
    case .null: .null
    case .integer(let value): .integer(value)
    case .real(let value): .number(value)
    case .text(let text): .string(text)
    case .blob(let bytes): .string(Self.hexadecimal(bytes))
    }
  }

  fileprivate func text(isExact: Bool) -> String {
    switch self {
    case .null: isExact ? "" : "-"
    case .integer(let value): "\(value)"
    case .real(let value): isExact ? jsonNumber(value) : shortNumber(value)
    case .text(let text): text
    case .blob(let bytes): Self.hexadecimal(bytes)
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// All of the standard input.
func standardInput() -> String {
  var text = ""
  while let line = readLine(strippingNewline: false) { text += line }
  return text
}
