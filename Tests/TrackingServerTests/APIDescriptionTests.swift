import JSONValues
import TestSupport
import Testing
import Tracking
import TrackingServer

@Suite("The description of the API")
struct APIDescriptionTests {
  @Test("names the calls of the table of routes")
  func routes() throws {
    let folder = try TemporaryDirectory()
    let routes = APIDescription.routes(of: try TrackingStore(folder.path("tracking.db")))
    #expect(routes.count > 50)
    #expect(routes.subtracting(APIDescription.names).sorted() == [])
    // What is described beyond the table has a variable path or is no call of MLflow's.
    let others = APIDescription.names.subtracting(routes).filter { name in
      name.contains(" /api/2.0/mlflow/") && !name.contains("{")
    }
    #expect(others.sorted() == [])
  }

  @Test("refers to schemas that it has, and names each operation once")
  func references() throws {
    let document = APIDescription.document
    let schemas = try #require(document["components"]?["schemas"]?.object)
    var references: Set<String> = []
    func collect(_ value: JSONValue) {
      if let name = value["$ref"]?.string { references.insert(name) }
      for member in value.object?.values ?? [:].values { collect(member) }
      for element in value.array ?? [] { collect(element) }
    }
    collect(document)
    let known = Set(schemas.keys.map { "#/components/schemas/\($0)" })
    #expect(references.subtracting(known) == ["#/components/responses/Error"])
    #expect(known.isSubset(of: references))
    let operations = (document["paths"]?.object ?? [:]).values.flatMap { path in
      (path.object ?? [:]).values.compactMap { $0["operationId"]?.string }
    }
    #expect(operations.count == APIDescription.names.count)
    #expect(Set(operations).count == operations.count)
  }
}
