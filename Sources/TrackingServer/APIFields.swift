import FoundationEssentials
import HTTPServer
import JSONValues
import Tracking

/// The fields of a request or of a message in it, as protocol buffers have them in JSON: names also in camel case, numbers also
/// as texts.
///
/// - SeeAlso: Protocol Buffers, "ProtoJSON Format".
struct APIFields {
  private let values: [String: JSONValue]
  /// Whether a name has capitals, so that names are looked for in camel case too.
  private let hasCapitals: Bool
  /// Whether they are of a query, where every value is a list of texts.
  private let isQuery: Bool
  /// Whether names need not be as MLflow has them: Martlet's own clients say so.
  let takesAnyName: Bool
  /// The experiments that whoever asks may see; `nil` for all.
  var visibleExperiments: Set<Int64>?

  init(_ values: [String: JSONValue], takesAnyName: Bool = false, isQuery: Bool = false) {
    self.values = values
    hasCapitals = values.keys.contains { $0.utf8.contains { (0x41...0x5A).contains($0) } }
    self.takesAnyName = takesAnyName
    self.isQuery = isQuery
  }

  /// The fields of a request: those of the query for `GET`, those of the body for the rest.
  init(_ request: HTTPRequest) throws(APIError) {
    self.init(
      try Self.values(of: request), takesAnyName: request.headers["x-martlet-names"] == "any",
      isQuery: Self.isQuery(request))
  }

  private static func isQuery(_ request: HTTPRequest) -> Bool {
    request.method == "GET" || request.method == "HEAD"
  }

  private static func values(of request: HTTPRequest) throws(APIError) -> [String: JSONValue] {
    if isQuery(request) {
      var values: [String: JSONValue] = [:]
      for (name, value) in request.query {
        if case .array(let known)? = values[name] {
          values[name] = .array(known + [.string(value)])
        } else {
          values[name] = .array([.string(value)])
        }
      }
      return values
    }
    if request.method == "DELETE", request.body.isEmpty {
      return [:]
    }
    let kind = request.headers["content-type"]?.split(separator: ";").first.map(String.init) ?? ""
    guard kind.lowercased() == "application/json" else {
      throw APIError(
        .invalidParameterValue, "The Content-Type must be application/json, not \"\(kind)\".")
    }
    guard !request.body.isEmpty else {
      return [:]
    }
    guard case .object(let values)? = JSONValue(utf8: request.body) else {
      throw APIError(.invalidParameterValue, "The body is no JSON object.")
    }
    return values
  }

  private func value(_ name: String) -> JSONValue? {
    let found = values[name] ?? (hasCapitals ? values[Self.camelCase(name)] : nil)
    return found == .null ? nil : found
  }

  func maySee(_ experiment: Int64) -> Bool { visibleExperiments?.contains(experiment) ?? true }

  /// The number of the experiment that `name` names; `absent` if there is no such field.
  func experimentID(
    _ name: String = "experiment_id", default absent: Int64? = nil
  ) throws(APIError) -> Int64 {
    if let absent, !hasValue(name) { return absent }
    let text = try absent == nil ? required(name) : string(name) ?? ""
    guard let id = Int64(text) else { throw Self.invalidExperiment(text) }
    return id
  }

  private static func invalidExperiment(_ text: String) -> APIError {
    APIError(.invalidParameterValue, "Invalid experiment ID: '\(text)'. It must be a number.")
  }

  /// The experiments that `experiment_ids` names, as far as they may be seen.
  func experiments() throws(APIError) -> [Int64] {
    var ids: [Int64] = []
    for text in try strings("experiment_ids") {
      guard let id = Int64(text) else { throw Self.invalidExperiment(text) }
      if maySee(id) { ids.append(id) }
    }
    return ids
  }

  func hasValue(_ name: String) -> Bool { value(name) != nil }

  /// The value of `name`; of several in a query, the first.
  private func single(_ name: String) -> JSONValue? {
    let found = value(name)
    guard isQuery, case .array(let list)? = found else { return found }
    return list.first
  }

  private static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.prefix(1).joined()
      + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  func string(_ name: String) throws(APIError) -> String? {
    guard let value = single(name) else { return nil }
    guard case .string(let text) = value else { throw .invalid(name, value) }
    return text
  }

  func required(
    _ name: String, at place: @autoclosure () -> String = ""
  ) throws(APIError) -> String {
    guard let text = try string(name), !text.isEmpty else { throw .missing("\(place())\(name)") }
    return text
  }

  func integer(_ name: String) throws(APIError) -> Int64? {
    guard let value = single(name) else { return nil }
    switch value {
    case .int(let number): return Int64(number)
    case .double(let number):
      guard let whole = Int64(exactly: number) else { throw .invalid(name, value) }
      return whole
    case .string(let text):
      guard let number = Int64(text) else { throw .invalid(name, value) }
      return number
    default: throw .invalid(name, value)
    }
  }

  /// A number; NaN and infinities are the words of protocol buffers.
  func number(_ name: String) throws(APIError) -> Double? {
    guard let value = single(name) else { return nil }
    switch value {
    case .int(let number): return Double(number)
    case .double(let number): return number
    case .bool(let flag): return flag ? 1 : 0
    case .string(let text):
      guard let number = Self.number(text) else { throw .invalid(name, value) }
      return number
    default: throw .invalid(name, value)
    }
  }

  /// The number that `text` is, in decimal digits; or NaN or an infinity by any of the names that clients give them.
  private static func number(_ text: String) -> Double? {
    let word = text.trimmingSpaces.lowercased()
    if let number = namedNumbers[word] { return number }
    guard !word.contains("x"), let number = Double(word), number.isFinite else { return nil }
    return number
  }

  private static let namedNumbers: [String: Double] = [
    "nan": .nan, "infinity": .infinity, "inf": .infinity, "-infinity": -.infinity,
    "-inf": -.infinity, "+infinity": .infinity, "+inf": .infinity,
  ]

  /// A truth value that is written as one.
  func boolean(_ name: String) -> Bool? {
    guard case .bool(let flag)? = single(name) else { return nil }
    return flag
  }

  func strings(_ name: String) throws(APIError) -> [String] {
    guard let value = value(name) else { return [] }
    guard case .array(let list) = value else { throw .invalid(name, value) }
    var texts: [String] = []
    for element in list {
      guard case .string(let text) = element else { throw .invalid(name, value) }
      texts.append(text)
    }
    return texts
  }

  /// The messages of a repeated field.
  func messages(_ name: String) throws(APIError) -> [APIFields] {
    guard let value = value(name) else { return [] }
    guard case .array(let list) = value else { throw .invalid(name, value) }
    var messages: [APIFields] = []
    for element in list {
      guard case .object(let values) = element else { throw .invalid(name, value) }
      messages.append(APIFields(values, takesAnyName: takesAnyName))
    }
    return messages
  }

  /// The members of an object; none if it is not there.
  func members(_ name: String) throws(APIError) -> [String: JSONValue] {
    guard let value = value(name) else { return [:] }
    guard case .object(let members) = value else { throw .invalid(name, value) }
    return members
  }

  func message(_ name: String) throws(APIError) -> APIFields? {
    guard let value = value(name) else { return nil }
    guard case .object(let values) = value else { throw .invalid(name, value) }
    return APIFields(values)
  }

  /// A member of an enumeration by its name or number; `nil` for one that is unknown.
  func member(_ name: String, of members: [String], from first: Int = 1) throws(APIError) -> String?
  {
    switch single(name) {
    case .string(let text):
      if let number = Int(text) { return members.element(number, from: first) }
      return members.first { $0 == text }
    case .int(let number): return members.element(number, from: first)
    default: return nil
    }
  }
}

/// Answers that come in pages.
struct Page {
  let limit: Int
  let offset: Int

  /// Reads `max_results` and `page_token`.
  init(
    _ fields: APIFields, default standard: Int, most: Int
  ) throws(APIError) {
    let limit = try fields.integer("max_results") ?? Int64(standard)
    guard (1...Int64(most)).contains(limit) else {
      throw APIError(
        .invalidParameterValue,
        "Invalid value \(limit) for parameter 'max_results' supplied. It must be at least 1 and at most \(most)."
      )
    }
    self.limit = Int(limit)
    let token = try fields.string("page_token") ?? ""
    guard let offset = token.isEmpty ? 0 : Self.offset(token) else {
      throw APIError(.invalidParameterValue, "Invalid page token \"\(token)\".")
    }
    self.offset = offset
  }

  /// Where the next page begins, as MLflow's servers write it, so that a client can go on at either.
  private var next: String {
    Data("{\"offset\": \(offset + limit)}".utf8).base64EncodedString()
  }

  private static func offset(_ token: String) -> Int? {
    guard let data = Data(base64Encoded: token),
      case .int(let offset)? = JSONValue(utf8: Array(data))?["offset"], offset >= 0
    else { return nil }
    return offset
  }

  /// The first `limit` of `found`, of which one more was asked for, under `name`, with the next page's token.
  func message<Element>(
    _ name: String, _ found: [Element], _ make: (Element) -> JSONValue
  ) -> JSONValue {
    guard !found.isEmpty else { return .object([:]) }
    var message: [String: JSONValue] = [name: .array(found.prefix(limit).map(make))]
    if found.count > limit { message["next_page_token"] = .string(next) }
    return .object(message)
  }

  /// `found`, which is one page, under `name`, with the token of the next page if there is one.
  func message<Elements: Collection>(
    _ name: String, _ found: Elements, isLast: Bool,
    _ write: (inout JSONWriter, Elements.Element) -> Void
  ) -> JSONBytes {
    JSONBytes(reserving: 128 * found.count) { json in
      guard !found.isEmpty else { return }
      json.array(name) { json in for element in found { write(&json, element) } }
      if !isLast { json.member("next_page_token", next) }
    }
  }
}

extension [String] {
  /// The one of `number`, where the first has the number `first`.
  fileprivate func element(_ number: Int, from first: Int) -> String? {
    indices.contains(number - first) ? self[number - first] : nil
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
    return split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
