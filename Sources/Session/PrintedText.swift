import Kernel

/// Gathers what a worker prints into few texts of whole characters.
struct PrintedText {
  /// More than this goes out at once.
  private static let limit = 1 << 20

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
    if stream == .stderr, keepsFatalError, let start = FaultReport.start(in: bytes) {
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

  /// Takes what a fault has left at the end of standard error.
  mutating func takeFault() -> FaultReport? {
    guard let bytes = pending[.stderr], let start = FaultReport.start(in: bytes) else { return nil }
    pending[.stderr] = Array(bytes[..<start])
    return FaultReport(String(decoding: bytes[start...], as: UTF8.self))
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
