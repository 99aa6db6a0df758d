/// Tells which module has a name that the compiler could not find.
package enum MissingImports {
  /// What notebooks use most, by module; a test looks every name up.
  package static let names: [(module: String, names: Set<Substring>)] = [
    (
      "Martlet",
      [
        "Tensor", "Chart", "Run", "Progress", "MIMEBundle", "DisplayRepresentable", "display",
        "clearOutput", "input", "password", "interact", "IntSlider", "FloatSlider", "Dropdown",
        "Checkbox", "Button", "HBox", "VBox", "matmul", "softmax", "relu", "grad", "valueAndGrad",
        "Linear", "Sequential", "LayerNorm", "Dropout", "Embedding", "Adam", "AdamW", "SGD",
        "Trainer", "DataLoader", "crossEntropy",
      ]
    ),
    (
      "Foundation",
      [
        "Date", "Data", "URL", "UUID", "Locale", "Calendar", "TimeZone", "DateFormatter",
        "NumberFormatter", "ISO8601DateFormatter", "JSONEncoder", "JSONDecoder",
        "JSONSerialization", "PropertyListEncoder", "FileManager", "FileHandle", "Process", "Pipe",
        "ProcessInfo", "Bundle", "Thread", "Timer", "RunLoop", "NSRegularExpression", "NSString",
        "Decimal", "CharacterSet", "IndexPath", "DispatchQueue", "DispatchGroup",
        "DispatchSemaphore", "DispatchTime", "sin", "cos", "tan", "asin", "acos", "atan", "atan2",
        "sinh", "cosh", "tanh", "exp", "exp2", "log", "log2", "log10", "pow", "sqrt", "cbrt",
        "floor", "ceil", "round", "trunc", "fabs", "fmod", "hypot", "erf", "tgamma", "lgamma",
        "exit", "abort", "getenv", "sleep", "usleep", "time", "rand", "fputs", "fflush", "stdout",
        "stderr", "memcpy", "malloc", "free", "open", "getpid", "raise", "signal",
      ]
    ),
    ("FoundationNetworking", ["URLSession", "URLRequest", "HTTPURLResponse"]),
    ("Synchronization", ["Mutex", "Atomic"]),
    ("RegexBuilder", ["OneOrMore", "ZeroOrMore", "Capture", "ChoiceOf", "TryCapture"]),
    ("Observation", ["Observable", "ObservationRegistrar"]),
  ]

  /// One note for each import that the errors among `diagnostics` ask for.
  static func notes(about diagnostics: [Diagnostic]) -> [Diagnostic] {
    let missing = diagnostics.compactMap { $0.severity == .error ? name(in: $0.message) : nil }
    return names.compactMap { module, names in
      guard let name = missing.first(where: names.contains) else { return nil }
      return Diagnostic(
        severity: .note, file: "", line: 0, column: 0,
        message: "\(name) is in \(module): run `import \(module)`, in this cell or before it")
    }
  }

  /// As in `cannot find 'exit' in scope` and `cannot find type 'Date' in scope`.
  private static func name(in message: String) -> Substring? {
    guard message.hasPrefix("cannot find "), message.hasSuffix(" in scope") else { return nil }
    let parts = message.split(separator: "'", omittingEmptySubsequences: false)
    return parts.count == 3 ? parts[1] : nil
  }
}
