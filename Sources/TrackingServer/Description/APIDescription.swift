package import JSONValues
package import Tracking

/// A field of a request or of a message.
///
/// It is written as `name: type`, with `*` after the name of one that must be there. The type is `string` where none is written;
/// `[T]` is a list.
struct DescribedField {
  let name: String
  let isRequired: Bool
  /// Its JSON Schema.
  let schema: JSONValue

  init(_ text: Substring) {
    let parts = text.split(separator: ":", maxSplits: 1)
    var name = Self.trimmed(parts[0])
    isRequired = name.hasSuffix("*")
    if isRequired { name.removeLast() }
    self.name = name
    schema = Self.schema(parts.count > 1 ? Self.trimmed(parts[1]) : "string")
  }

  /// The fields that `text` lists.
  static func list(_ text: String) -> [DescribedField] {
    text.split(separator: ",").map { DescribedField($0) }
  }

  /// The schema of an object of the fields that `text` lists.
  static func object(_ text: String) -> JSONValue {
    let fields = list(text)
    guard !fields.isEmpty else { return ["type": "object"] }
    var schema: [String: JSONValue] = [
      "type": "object",
      "properties": .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.schema) })),
    ]
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { schema["required"] = .array(required) }
    return .object(schema)
  }

  private static func schema(_ type: String) -> JSONValue {
    if type.hasPrefix("[") {
      return ["type": "array", "items": schema(String(type.dropFirst().dropLast()))]
    }
    switch type {
    case "string", "object": return ["type": .string(type)]
    case "bool": return ["type": "boolean"]
    // What may be null, too.
    case "value": return [:]
    case "int64": return ["type": "integer", "format": "int64"]
    // Protocol buffers write these three as texts.
    case "double":
      return [
        "anyOf": [
          ["type": "number", "format": "double"], ["enum": ["NaN", "Infinity", "-Infinity"]],
        ]
      ]
    default: return ["$ref": .string("#/components/schemas/\(type)")]
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

/// What the server's REST API is, for programs and people.
///
/// - SeeAlso: OpenAPI Specification 3.1.
package enum APIDescription {
  static let calls: [DescribedCall] =
    TrackingCalls.experiments + TrackingCalls.runs + TrackingCalls.metrics + ModelCalls.logged
    + ModelCalls.registered + ModelCalls.versions + ServerCalls.artifacts + ServerCalls.server

  /// The calls that are described, such as `POST /api/2.0/mlflow/runs/create`.
  package static var names: Set<String> { Set(calls.map { "\($0.method) \($0.path)" }) }

  /// The description as an OpenAPI document.
  package static let document: JSONValue = [
    "openapi": "3.1.0",
    "info": [
      "title": "Martlet's tracking server", "version": "2.0",
      "description": .string(
        "MLflow's REST API over a Martlet store, and what Martlet adds. Each path below /api/ is answered below /ajax-api/ too. "
          + "Names of fields may be in camel case, whole numbers and truth values may be texts, and unknown fields are ignored."
      ),
      "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
    ],
    // Where the server knows no accounts, nobody has to say who they are.
    "security": [[:], ["token": []], ["password": []]],
    "paths": paths,
    "components": [
      "securitySchemes": [
        "token": ["type": "http", "scheme": "bearer"],
        "password": ["type": "http", "scheme": "basic"],
      ],
      "responses": ["Error": ["description": "Why not.", "content": json(reference("Error"))]],
      "schemas": schemas,
    ],
  ]

  static let bytes = document.utf8

  private static var schemas: JSONValue {
    var schemas: [String: JSONValue] = [:]
    for (name, fields) in DescribedMessages.table { schemas[name] = DescribedField.object(fields) }
    for (name, members) in DescribedMessages.enumerations {
      schemas[name] = ["type": "string", "enum": .array(members.map { .string($0) })]
    }
    return .object(schemas)
  }

  private static var paths: JSONValue {
    var paths: [String: [String: JSONValue]] = [:]
    for call in calls { paths[call.path, default: [:]][call.method.lowercased()] = operation(call) }
    return .object(paths.mapValues { .object($0) })
  }

  private static func operation(_ call: DescribedCall) -> JSONValue {
    let isInQuery = call.method == "GET" || call.upload != nil
    var parameters = placeholders(call.path).map {
      parameter($0, in: "path", true, ["type": "string"])
    }
    if isInQuery {
      parameters += DescribedField.list(call.fields).map {
        parameter($0.name, in: "query", $0.isRequired, $0.schema)
      }
    }
    var operation: [String: JSONValue] = [
      "summary": .string(call.summary), "operationId": .string(identifier(call)),
      "responses": [
        "200": answer(call.answer), "4XX": ["$ref": "#/components/responses/Error"],
        "503": ["$ref": "#/components/responses/Error"],
      ],
    ]
    if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
    if let media = call.upload {
      operation["requestBody"] = ["required": true, "content": .object([media: [:]])]
    } else if !isInQuery, !call.fields.isEmpty {
      operation["requestBody"] = [
        "required": true, "content": json(DescribedField.object(call.fields)),
      ]
    }
    return .object(operation)
  }

  private static func answer(_ body: DescribedCall.Body) -> JSONValue {
    switch body {
    case .fields(let fields):
      ["description": "It was done.", "content": json(DescribedField.object(fields))]
    case .media(let type): ["description": "It was done.", "content": .object([type: [:]])]
    case .nothing: ["description": "It was done."]
    }
  }

  private static func parameter(
    _ name: String, in place: String, _ isRequired: Bool, _ schema: JSONValue
  ) -> JSONValue {
    ["name": .string(name), "in": .string(place), "required": .bool(isRequired), "schema": schema]
  }

  /// The names that stand in braces in `path`.
  private static func placeholders(_ path: String) -> [String] {
    path.split(separator: "/").filter { $0.hasPrefix("{") }.map {
      String($0.dropFirst().dropLast())
    }
  }

  /// A name for the call, of letters and digits.
  private static func identifier(_ call: DescribedCall) -> String {
    let path = call.path.split(separator: "/").drop { $0 == "api" || $0 == "2.0" || $0 == "mlflow" }
    let words = path.joined(separator: "-").split { !$0.isLetter && !$0.isNumber }
    return ([call.method.lowercased()] + words.map { $0.prefix(1).uppercased() + $0.dropFirst() })
      .joined()
  }

  private static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/components/schemas/\(name)")]
  }

  private static func json(_ schema: JSONValue) -> JSONValue {
    ["application/json": ["schema": schema]]
  }
}

extension APIDescription {
  /// The calls of the server's table of routes, in the same words as `names`.
  package static func routes(of store: TrackingStore) -> Set<String> {
    Set(
      Routes.calls(of: store).keys.map { name in
        let call = DescribedCall(name, "")
        return "\(call.method) \(call.path)"
      })
  }
}
