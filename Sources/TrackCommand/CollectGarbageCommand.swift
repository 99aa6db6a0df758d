import CommandArguments
import Tracking

/// `gc`: removes for good what was deleted.
struct CollectGarbageCommand: Command {
  static let name = "gc"
  static let operands = ""
  static let summary = "Remove for good what was deleted, and the files of no artifact."
  static let options = [
    "    --older-than DAYS  only what was deleted over DAYS days ago",
    "    --dry-run          only say what would go",
  ]
  let access = StoreAccess.change

  private let days: Int
  private let isTrial: Bool

  init(_ arguments: inout Arguments) throws(UsageError) {
    days = try arguments.count("--older-than", minimum: 0) ?? 0
    guard days <= 100_000 else {
      throw UsageError("--older-than takes at most 100000 days, not \(days)")
    }
    isTrial = arguments.flag("--dry-run")
    _ = try arguments.operands(0...0, of: "options only")
  }

  func run(_ context: Context) throws -> String {
    // What was deleted in this very millisecond is meant, too.
    let time = currentMilliseconds() - Int64(days) * 86_400_000 + (days == 0 ? 1 : 0)
    let report = try context.store.collectGarbage(deletedBefore: time, isTrial: isTrial)
    if context.format == .json {
      return JSON.object([
        ("runs", .integer(Int64(report.runs))),
        ("experiments", .integer(Int64(report.experiments))),
        ("logged_models", .integer(Int64(report.models))),
        ("uploads", .integer(Int64(report.uploads))),
        ("files", .integer(Int64(report.files))), ("bytes", .integer(report.bytes)),
        ("dry_run", .bool(isTrial)),
      ]).text
    }
    func count(_ number: Int, _ thing: String) -> String {
      "\(number) \(thing)\(number == 1 ? "" : "s")"
    }
    let models = report.models == 0 ? "" : "\(count(report.models, "logged model")), "
    let uploads =
      report.uploads == 0 ? "" : "\(count(report.uploads, "unfinished upload")), "
    let fault = report.uploadsFault.map {
      "Unfinished uploads in the bucket were not looked for: \($0)\n"
    }
    return (fault ?? "")
      + "\(isTrial ? "Would remove" : "Removed") \(count(report.runs, "run")), \(models)"
      + "\(uploads)\(count(report.experiments, "experiment")) and \(count(report.files, "file")) "
      + "(\(shortSize(bytes: report.bytes))).\n"
  }
}
