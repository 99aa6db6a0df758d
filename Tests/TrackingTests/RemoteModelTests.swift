import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import TestSupport
import Testing

import Tracking

@Suite("Models of runs on a server")
struct RemoteModelTests: KeepsOutbox {
  let folder: TemporaryDirectory

  init() throws {
    folder = try TemporaryDirectory()
    try folder.write("weights", to: "model/weights.bin")
    try folder.write("{}", to: "model/deep/conf ig?.json")
  }

  private func log(_ run: Run) throws -> LoggedModel {
    try run.logModel(
      folder.path("model"), name: "net", registeredAs: "digits", alias: "champion",
      type: "classifier",
      metrics: ["accuracy"], params: ["depth": 3], tags: ["team": "vision"], step: 2)
  }

  @Test("a model is there when logModel returns, with its version, and comes back whole")
  func everything() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let store = try store(server.url)
    let run = try Run.start(experiment: "remote", name: "trained", in: store)
    try run.logDataset("test", digest: "abc", source: "x.csv", context: "validation")
    try run.logMetric("accuracy", 0.9, step: 2)
    let model = try log(run)
    #expect(model.registrations == [.init(model: "digits", version: 1)])
    try run.logMetrics(["recall": 0.75, "odd": .nan], of: model, step: 2, dataset: "test")
    let loaded = try LoadedModel("models:/digits@champion", in: store)
    #expect(loaded.files == ["MLmodel", "deep/conf ig?.json", "weights.bin"])
    #expect(loaded.version == 1 && loaded.runID == run.id && loaded.loggedModelID == model.id)
    let text = try String(contentsOfFile: loaded.path("MLmodel"), encoding: .utf8)
    #expect(
      text.contains("model_id: \"\(model.id)\"\n") && text.contains("run_id: \"\(run.id)\"\n"))
    #expect(!text.contains("mlflow-artifacts:/1/models/\(loaded.uri)"))
    try run.logInput(loaded)
    try run.end()
    #expect(try outbox().counts() == OutboxCounts())
    let kept = try TrackingStore(reading: server.store)
    let shown = try kept.loggedModel(model.id)
    #expect(
      shown.status == .ready && shown.params == ["depth": "3"] && shown.tags["team"] == "vision")
    #expect(Set(shown.metrics.map(\.key)) == ["accuracy", "recall", "odd"])
    #expect(shown.metrics.first { $0.key == "recall" }?.datasetDigest == "abc")
    let models = try server.detail(run.id).models
    #expect(models.outputs == [.init(modelID: model.id, step: 2)] && models.inputs == [model.id])
    #expect(try server.points(run.id, "accuracy").map(\.value) == [0.9])
    let found = try store.searchLoggedModels(
      experiment: "remote", filter: "metrics.recall > 0.7", order: ["metrics.recall DESC"])
    #expect(found.map(\.id) == [model.id] && found.first?.registrations.map(\.version) == [1])
    let byID = try LoadedModel("models:/\(model.id)", in: store)
    #expect(byID.files == loaded.files)
  }

  @Test("the registry of a server is read and changed at once")
  func registry() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let store = try store(server.url)
    let run = try Run.start(experiment: "remote", name: "trained", in: store)
    try run.logMetric("accuracy", 0.9)
    _ = try log(run)
    try run.logArtifact(text: "x", as: "files/one.txt")
    #expect(
      try store.registerModel("digits", from: run, path: "files", tags: ["a": "b"]).version == 2)
    #expect(throws: TrackingError.artifactNotFound(run: String(run.id.prefix(8)), path: "none")) {
      try store.registerModel("digits", from: run, path: "none")
    }
    #expect(try LoadedModel("digits/2", in: store).files == ["one.txt"])
    #expect(try LoadedModel("runs:/\(run.id)/files/one.txt", in: store).files == ["one.txt"])
    #expect(throws: TrackingError.modelExists(name: "digits")) {
      try store.createRegisteredModel("digits")
    }
    try store.createRegisteredModel("it's", description: "Odd.", tags: ["team": "vision"])
    #expect(try store.renameRegisteredModel("it's", to: "odd").tags == ["team": "vision"])
    #expect(try store.updateRegisteredModel("odd", description: "New.").description == "New.")
    try store.setTag("team", nil, ofModel: "odd")
    try store.setTag("more", "1", ofModel: "odd")
    #expect(try store.registeredModel("odd").tags == ["more": "1"])
    #expect(
      try store.searchRegisteredModels(filter: "tags.more = '1'", order: ["name DESC"]).map(\.name)
        == ["odd"])
    #expect(try store.searchRegisteredModels(limit: 1, offset: 1).map(\.name) == ["odd"])
    try store.deleteRegisteredModel("odd")
    #expect(throws: TrackingError.modelNotFound(name: "odd")) { try store.registeredModel("odd") }
    try store.setAlias("best", of: "digits", to: 2)
    #expect(try store.registeredModel("digits").aliases == ["best": 2, "champion": 1])
    #expect(try store.modelVersion("digits", alias: "latest").version == 2)
    #expect(throws: TrackingError.aliasNotFound(name: "digits", alias: "none")) {
      try store.modelVersion("digits", alias: "none")
    }
    #expect(throws: TrackingError.modelVersionNotFound(name: "digits", version: "9")) {
      try store.setAlias("best", of: "digits", to: 9)
    }
    #expect(try store.removeAlias("best", of: "digits"))
    #expect(try !store.removeAlias("best", of: "digits"))
    #expect(try store.moveModelVersion("digits", 2, to: .production).stage == .production)
    #expect(try store.latestVersions(of: "digits", stages: [.production]).map(\.version) == [2])
    try store.setTag("c", "d", ofModel: "digits", version: 2)
    try store.setTag("a", nil, ofModel: "digits", version: 2)
    #expect(try store.updateModelVersion("digits", 2, description: "d").tags == ["c": "d"])
    #expect(try store.modelVersions(of: "digits").map(\.version) == [2, 1])
    #expect(try store.lineage(ofModel: "digits", version: 1).runName == "trained")
    try store.deleteModelVersion("digits", 2)
    #expect(try store.searchModelVersions(filter: "name = 'digits'").map(\.version) == [1])
    try run.end()
  }

  @Test("a model that is logged while the server is away waits, and gets one version later")
  func away() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    server.kill()
    let store = try store(server.url)
    let run = try Run.start(experiment: "later", name: "patient", in: store)
    try run.logMetric("accuracy", 0.5)
    let model = try log(run)
    #expect(model.registrations.isEmpty && model.status == .ready)
    try run.logMetrics(["recall": 0.25], of: model)
    let error = #expect(throws: TrackingError.self) {
      try store.setAlias("best", of: "digits", to: 1)
    }
    #expect("\(try #require(error))".contains(server.url))
    try run.end()
    try server.start()
    #expect(try outbox().deliver(environment: [:]) == .complete)
    #expect(try outbox().counts() == OutboxCounts())
    let kept = try TrackingStore(reading: server.store)
    let version = try kept.modelVersion("digits", alias: "champion")
    let found = try #require(version.loggedModelID)
    #expect(version.version == 1 && found != model.id)
    let shown = try kept.loggedModel(found)
    #expect(Set(shown.metrics.map(\.key)) == ["accuracy", "recall"] && shown.status == .ready)
    let loaded = try LoadedModel("models:/\(model.id)", in: store)
    #expect(loaded.loggedModelID == found && loaded.files.contains("weights.bin"))
    let text = try String(contentsOfFile: loaded.path("MLmodel"), encoding: .utf8)
    #expect(text.contains("\"\(found)\"") && !text.contains(model.id))
    #expect(text.contains("run_id: \"\(version.runID)\""))
  }

  /// Passes requests on to `target`; `body` may answer in its place, or lose its answer.
  private func proxy(
    of target: String,
    _ body: @escaping @Sendable (HTTPRequest, () -> HTTPResponse) -> HTTPResponse
  ) throws -> HTTPServer {
    try HTTPServer(host: "127.0.0.1", port: 0) { request in
      body(request) {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        let query = request.query.map {
          "\($0.name)=\($0.value.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")"
        }
        var forwarded = HTTPClientRequest(request.method, target + request.path)
        if !query.isEmpty { forwarded.url += "?" + query.joined(separator: "&") }
        forwarded.headers = [("Content-Type", "application/json")]
        if request.method != "GET" { forwarded.body = .bytes(request.body) }
        guard let answer = try? HTTPClient().send(forwarded) else { return HTTPResponse(502) }
        return HTTPResponse(answer.status, .bytes(answer.body))
      }
    }
  }

  private func deliver() throws {
    let end = ContinuousClock.now + .seconds(60)
    var outcome = DeliveryOutcome.busy
    repeat {
      outcome = try outbox().deliver(environment: [:])
      if outcome != .complete { Thread.sleep(forTimeInterval: 0.05) }
    } while outcome != .complete && ContinuousClock.now < end
    #expect(outcome == .complete)
  }

  @Test("one model and one version are made, though the first answer to each call is lost")
  func lostAnswers() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let known = Mutex<Set<String>>([])
    let proxy = try proxy(of: server.url) { request, forward in
      let answer = forward()
      let isNew = known.withLock { $0.insert("\(request.method) \(request.path)").inserted }
      return isNew ? HTTPResponse(503) : answer
    }
    defer { proxy.stop() }
    let store = try store("http://127.0.0.1:\(proxy.port)")
    try folder.write("weights", to: "plain/weights.bin")
    let run = try Run.start(experiment: "twice", name: "once", in: store)
    try run.logMetric("accuracy", 0.5, step: 1)
    try run.logModel(
      folder.path("plain"), name: "net", registeredAs: "digits", alias: "champion",
      metrics: ["accuracy"])
    try deliver()
    try run.end()
    try deliver()
    #expect(try outbox().counts() == OutboxCounts())
    let kept = try TrackingStore(reading: server.store)
    let models = try kept.searchLoggedModels()
    #expect(models.count == 1 && models.first?.status == .ready)
    #expect(models.first?.metrics.map(\.value) == [0.5])
    #expect(models.first?.registrations == [.init(model: "digits", version: 1)])
    #expect(try kept.registeredModel("digits").aliases == ["champion": 1])
    #expect(try server.points("once", "accuracy").count == 1)
  }

  @Test("a server from before MLflow 3 keeps a model's files with those of the run")
  func withoutLoggedModels() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let proxy = try proxy(of: server.url) { request, forward in
      let isUnknown =
        request.path.contains("/logged-models") || request.path.hasSuffix("runs/outputs")
      return isUnknown ? HTTPResponse(404, text: "Not Found") : forward()
    }
    defer { proxy.stop() }
    let store = try store("http://127.0.0.1:\(proxy.port)")
    try folder.write("weights", to: "plain/weights.bin")
    let run = try Run.start(experiment: "old", name: "before", in: store)
    try run.logMetric("accuracy", 0.5)
    let model = try run.logModel(
      folder.path("plain"), name: "net", registeredAs: "digits", metrics: ["accuracy"])
    #expect(model.registrations == [.init(model: "digits", version: 1)])
    try run.end()
    #expect(try outbox().counts() == OutboxCounts())
    #expect(try server.detail(run.id).artifacts.map(\.path) == ["net/MLmodel", "net/weights.bin"])
    let version = try store.modelVersion("digits", 1)
    #expect(version.source == "runs:/\(run.id)/net" && version.loggedModelID == nil)
    #expect(try LoadedModel("digits/1", in: store).files == ["MLmodel", "weights.bin"])
  }
}
