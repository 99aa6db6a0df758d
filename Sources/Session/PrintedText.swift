import Kernel

/// Gathers what a worker prints into few texts of whole characters.
struct PrintedText {
  /// More than this goes out at once.
  private static let limit = 1 << 20

  /// How the runtime's reports of fatal errors begin, after their place.
  private static let marks = ["Fatal error", "Precondition failed", "Assertion failed"]

  private var pending: [StandardStream: [UInt8]] = [:]

  /// Adds bytes and returns the text that is due, if they have become many.
  mutating func add(_ bytes: [UInt8], to stream: StandardStream) -> String? {
    pending[stream, default: []] += bytes
    guard pending[stream]?.count ?? 0 >= Self.limit else { return nil }
    return take(stream, keepsFatalError: true)
  }

  /// Takes what there is, without a character's unfinished bytes at the end.
  ///
  /// - Parameters:
  ///   - stream: Standard output or error.
  ///   - keepsFatalError: Whether a fatal error's report stays, because the cell's end may follow;
  ///     it then becomes the error's text.
  /// - Returns: The text; `nil` when there is none.
  mutating func take(_ stream: StandardStream, keepsFatalError: Bool) -> String? {
    guard var bytes = pending[stream], !bytes.isEmpty else { return nil }
    var kept: [UInt8] = []
    if stream == .stderr, keepsFatalError, let start = Self.fatalErrorStart(bytes) {
      kept = Array(bytes[start...])
      bytes.removeSubrange(start...)
    } else {
      let unfinished = Self.unfinishedBytes(bytes)
      kept = Array(bytes.suffix(unfinished))
      bytes.removeLast(unfinished)
    }
    pending[stream] = kept
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Takes everything, also unfinished characters: nothing follows.
  mutating func takeAll(_ stream: StandardStream) -> String? {
    guard let bytes = pending.removeValue(forKey: stream), !bytes.isEmpty else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Takes a fatal error's message from the end of standard error, without its place.
  mutating func takeFatalError() -> String? {
    guard let bytes = pending[.stderr], let start = Self.fatalErrorStart(bytes) else { return nil }
    pending[.stderr] = Array(bytes[..<start])
    let text = String(decoding: bytes[start...], as: UTF8.self)
    guard let mark = Self.marks.lazy.compactMap({ text.firstRange(of: $0) }).first else {
      return nil
    }
    var message = text[mark.upperBound...].drop { $0 == ":" || $0 == " " }
    // The runtime adds frames with addresses; the session has its own backtrace.
    if let trace = message.firstRange(of: "\nCurrent stack trace:") {
      message = message[..<trace.lowerBound]
    }
    return String(message.reversed().drop { $0.isNewline }.reversed())
  }

  /// Where the line begins that reports a fatal error.
  private static func fatalErrorStart(_ bytes: [UInt8]) -> Int? {
    for mark in marks.map({ Array($0.utf8) }) where bytes.count >= mark.count {
      for index in (0...(bytes.count - mark.count)).reversed()
      where bytes[index] == mark[0]
        && bytes[index..<(index + mark.count)].elementsEqual(mark)
      {
        return bytes[..<index].lastIndex(of: 0x0a).map { $0 + 1 } ?? 0
      }
    }
    return nil
  }

  /// How many bytes at the end begin a UTF-8 character that is not whole yet.
  private static func unfinishedBytes(_ bytes: [UInt8]) -> Int {
    for back in 1...3 where bytes.count >= back {
      let byte = bytes[bytes.count - back]
      if byte & 0b1100_0000 == 0b1000_0000 { continue }
      let length =
        byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1
      return length > back ? back : 0
    }
    return 0
  }
}
