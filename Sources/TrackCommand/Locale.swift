import FoundationEssentials

/// What this process's locale lets a terminal show.
enum Locale {
  /// Whether only ASCII characters may be printed: where the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set names
  /// the locale C or POSIX, or a character set other than UTF-8.
  ///
  /// Where none is set, as in most containers, UTF-8 is taken for granted, as Python does.
  static let isASCII = isASCII(ProcessInfo.processInfo.environment)

  static func isASCII(_ environment: [String: String]) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    guard let name = names.first(where: { !$0.isEmpty }) else { return false }
    if name == "C" || name == "POSIX" { return true }
    guard let dot = name.firstIndex(of: ".") else { return true }
    let set = name[name.index(after: dot)...].prefix { $0 != "@" }.lowercased()
    return set != "utf-8" && set != "utf8"
  }

  /// What stands for what was left out.
  static var ellipsis: String { isASCII ? "..." : "…" }
  /// What stands between a mean and a deviation.
  static var plusMinus: String { isASCII ? "+-" : "±" }
}
