/// What the Swift runtime, the C++ library or the C library prints about a fault.
struct FaultReport: Sendable, Equatable {
  /// The error's name: `Fatal error`, or the type of a C++ exception.
  var name: String
  var text: String

  /// How the runtime's reports of fatal errors begin, after their place.
  private static let runtimeMarks = ["Fatal error", "Precondition failed", "Assertion failed"]
  private static let exceptionMark = "terminate called "
  private static let exceptionTypeMark = "after throwing an instance of '"
  /// What the C library prints before it calls `abort`.
  private static let libraryMarks = [
    ": Assertion `", "free(): ", "malloc(): ", "malloc_consolidate(): ", "realloc(): ",
    "munmap_chunk(): ", "double free or corruption", "corrupted size",
    "corrupted double-linked list", "*** stack smashing detected",
    "*** buffer overflow detected",
  ]
  private static let marks = (runtimeMarks + [exceptionMark] + libraryMarks).map { Array($0.utf8) }

  /// Where the line begins that reports a fault; `nil` when none does.
  static func start(in bytes: [UInt8]) -> Int? {
    // Reports come last, so that of much output only the end has to be looked at.
    let from = max(0, bytes.count - 64 * 1024)
    var best: Int?
    for mark in marks where bytes.count - from >= mark.count {
      for index in (from...(bytes.count - mark.count)).reversed()
      where bytes[index] == mark[0]
        && bytes[index..<(index + mark.count)].elementsEqual(mark)
      {
        best = max(best ?? 0, index)
        break
      }
    }
    return best.map { found in bytes[..<found].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0 }
  }

  /// Reads a report.
  init?(_ text: String) {
    if let mark = Self.runtimeMarks.lazy.compactMap({ text.firstRange(of: $0) }).first {
      var message = text[mark.upperBound...].drop { $0 == ":" || $0 == " " }
      // The runtime adds frames with addresses; the session has its own backtrace.
      if let trace = message.firstRange(of: "\nCurrent stack trace:") {
        message = message[..<trace.lowerBound]
      }
      self.init(name: "Fatal error", text: Self.trimmed(message))
    } else if let mark = text.firstRange(of: Self.exceptionMark) {
      self.init(exception: text[mark.upperBound...])
    } else {
      self.init(name: "SIGABRT", text: "abort() was called: " + Self.trimmed(text[...]))
    }
  }

  private init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  private init(exception: Substring) {
    guard let mark = exception.firstRange(of: Self.exceptionTypeMark),
      let quote = exception[mark.upperBound...].firstIndex(of: "'")
    else {
      self.init(
        name: "C++ exception", text: "std::terminate was called " + Self.trimmed(exception))
      return
    }
    let what = exception.firstRange(of: "what():").map { exception[$0.upperBound...] } ?? ""
    let text = Self.trimmed(what.drop { $0 == " " })
    self.init(
      name: String(exception[mark.upperBound..<quote]),
      text: (text.isEmpty ? "" : text + "\n") + "nothing caught this C++ exception")
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.reversed().drop { $0.isNewline }.reversed())
  }
}
