import FoundationEssentials

/// Reads and writes the parts of messages; failures become this module's errors.
enum JSON {
  private static let decoder = JSONDecoder()
  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return encoder
  }()

  /// Reads `bytes` as a `Value`; `part` names them in errors.
  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], part: String
  ) throws(JupyterProtocolError) -> Value {
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch DecodingError.keyNotFound(let key, let context) {
      throw .fieldMissing(part: part, field: Self.path(context.codingPath + [key]))
    } catch DecodingError.typeMismatch(_, let context) {
      throw .fieldInvalid(part: part, field: Self.path(context.codingPath))
    } catch DecodingError.valueNotFound(_, let context) {
      throw .fieldInvalid(part: part, field: Self.path(context.codingPath))
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      throw .fieldInvalid(part: part, field: Self.path(context.codingPath))
    } catch {
      throw .notJSON(part: part)
    }
  }

  /// Writes `value` as UTF-8; `part` names it in errors.
  static func encode(
    _ value: some Encodable, part: String
  ) throws(JupyterProtocolError) -> [UInt8] {
    do {
      return Array(try encoder.encode(value))
    } catch {
      throw .notEncodable(part: part)
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    keys.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
  }
}
