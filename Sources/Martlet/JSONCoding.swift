internal import FoundationEssentials

/// Coders of users' values.
enum JSONCoding {
  /// Returns `value` as JSON; numbers that JSON has not are the texts `NaN`, `Infinity`, `-Infinity`.
  static func text(_ value: some Encodable) throws(MartletError) -> String {
    do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
      throw .invalidJSON(type: "application/json", reason: reason(error))
    }
  }

  /// Encodes with names sorted, so that equal values give equal files.
  static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return encoder
  }

  /// Reads what ``encoder`` writes.
  static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return decoder
  }

  /// What `error` of a coder means, with the place in the value.
  static func reason(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      let names = path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }
      return names.isEmpty ? "" : "at \(names.joined()): "
    }
    switch error {
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.dataCorrupted(let context):
      return place(context.codingPath) + sentence(context.debugDescription)
    case DecodingError.keyNotFound(let key, let context):
      return place(context.codingPath) + "\"\(key.stringValue)\" is missing"
    case EncodingError.invalidValue(_, let context):
      return place(context.codingPath) + sentence(context.debugDescription)
    default: return sentence("\(error)")
    }
  }

  private static func sentence(_ text: String) -> String {
    text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
