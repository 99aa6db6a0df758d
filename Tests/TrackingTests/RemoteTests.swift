import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import TestSupport
import Testing

import Tracking

@Suite("Runs on a server")
struct RemoteTests: KeepsOutbox {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test("a run is on the server when it has ended, under one name, with all that was logged")
  func everything() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let store = try store(server.url)
    let run = try Run.start(experiment: "remote", name: "whole", tags: ["a": "b"], in: store)
    #expect(try server.detail(run.id).run.status == .running)
    try run.logParams(["lr": 0.5, "layers": 3])
    try run.logMetric("loss", values: [3, .nan, .infinity, -.infinity, 1e-300])
    try run.setTag("note", "naïve \u{1F426} \"quoted\"\n")
    try run.logArtifact(text: "kept", as: "a b/c?.txt")
    try run.logDataset("digits", digest: "d1", source: "https://example.org/d", context: "training")
    let child = try Run.start(experiment: "remote", name: "part", parent: run, in: store)
    try child.end(.failed)
    try run.end()
    let shown = try server.detail(run.id)
    #expect(shown.run.status == .finished && shown.run.experiment == "remote")
    #expect(shown.params.map(\.value) == ["3", "0.5"])
    #expect(shown.tags.contains { $0 == ("note", "naïve \u{1F426} \"quoted\"\n") })
    #expect(shown.datasets.map(\.context) == ["training"])
    #expect(shown.artifacts.map(\.path) == ["a b/c?.txt"])
    let values = try server.points(run.id, "loss").map(\.value)
    #expect(values.count == 5 && values[0] == 3 && values[1].isNaN && values[4] == 1e-300)
    let part = try server.detail(child.id).run
    #expect(part.parentID == run.id && part.status == .failed)
    #expect(try outbox().counts() == OutboxCounts())
  }

  @Test("a server that is away throws nothing, and gets everything later, once and in order")
  func away() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    server.kill()
    let store = try store(server.url)
    let run = try Run.start(experiment: "later", name: "patient", in: store)
    for step in 0..<2500 { try run.logMetric("loss", Double(step), step: step) }
    for index in 0..<250 { try run.logParam("p\(index)", index) }
    try run.logParam("p7", "changed")
    try run.end()
    #expect(try outbox().counts().waiting > 2750)
    try server.start()
    #expect(try outbox().deliver(environment: [:]) == .complete)
    let shown = try server.detail("patient")
    #expect(shown.run.status == .finished && shown.params.count == 250)
    #expect(try server.points("patient", "loss").map(\.value) == (0..<2500).map(Double.init))
    // A server keeps a param's first value, and says so of the second.
    let refused = try outbox().rejections()
    #expect(refused.map(\.key) == ["p7"] && refused[0].reason.contains("p7"))
    #expect(try outbox().deliver(environment: [:]) == .complete)
    #expect(try server.points("patient", "loss").count == 2500)
  }

  @Test("nothing is lost or doubled when the server is killed while it is logged to")
  func killedServer() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let store = try store(server.url)
    let run = try Run.start(name: "stormy", in: store)
    for round in 0..<3 {
      for step in 0..<400 { try run.logMetric("loss", 1, step: round * 400 + step) }
      Thread.sleep(forTimeInterval: 0.15)
      server.kill()
      for step in 0..<10 { try run.logMetric("gap", 1, step: round * 10 + step) }
      try server.start()
    }
    try run.end()
    // What was kept while the server was away goes with what ends the run, or with the next delivery.
    _ = try outbox().deliver(environment: [:])
    let id = run.id
    #expect(try server.points(id, "loss").map(\.step) == (0..<1200).map(Int64.init))
    #expect(try server.points(id, "gap").map(\.step) == (0..<30).map(Int64.init))
    #expect(try server.detail(id).run.status == .finished)
  }

  @Test("what a killed process had logged is delivered by another, and its run ends as interrupted")
  func killedLogger() async throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let (url, path) = (server.url, folder.path("outbox.db"))
    server.kill()
    await #expect(processExitsWith: .signal(SIGKILL)) {
      [url = url as String, path = path as String] in
      let address = try #require(ServerAddress(url, environment: [:]))
      let store = try TrackingStore(server: address, outbox: path)
      let run = try Run.start(name: "lost", in: store)
      for step in 0..<50 { try run.logMetric("loss", 0.5, step: step) }
      kill(getpid(), SIGKILL)
    }
    try server.start()
    #expect(try outbox().deliver(environment: [:]) == .complete)
    #expect(try server.points("lost", "loss").count == 50)
    #expect(try server.detail("lost").run.status == .killed)
  }

  @Test("answers that are lost make nothing twice")
  func lostAnswers() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let target = server.url
    let calls = Mutex<[String: Int]>([:])
    // Every call reaches the server; the answer to the first of each kind is lost.
    let proxy = try HTTPServer(host: "127.0.0.1", port: 0) { request in
      var forwarded = HTTPClientRequest(request.method, target + request.path)
      forwarded.headers = [("Content-Type", "application/json")]
      if request.method != "GET" { forwarded.body = .bytes(request.body) }
      if let name = request.query.first {
        forwarded.url += "?\(name.name)=\(name.value)"
      }
      // Slower than the pause after which the background delivers, too.
      if request.path.hasSuffix("runs/create") { Thread.sleep(forTimeInterval: 0.4) }
      guard let answer = try? HTTPClient().send(forwarded) else { return HTTPResponse(502) }
      let count = calls.withLock { calls in
        calls[request.path, default: 0] += 1
        return calls[request.path] ?? 0
      }
      return count == 1 ? HTTPResponse(503) : HTTPResponse(answer.status, .bytes(answer.body))
    }
    defer { proxy.stop() }
    let store = try store("http://127.0.0.1:\(proxy.port)")
    let run = try Run.start(experiment: "twice", name: "once", in: store)
    for step in 0..<20 { try run.logMetric("loss", Double(step), step: step) }
    try run.logParam("lr", 0.1)
    let end = ContinuousClock.now + .seconds(60)
    var outcome = DeliveryOutcome.busy
    repeat {
      outcome = try outbox().deliver(environment: [:])
      if outcome != .complete { Thread.sleep(forTimeInterval: 0.05) }
    } while outcome != .complete && ContinuousClock.now < end
    try run.end()
    _ = try outbox().deliver(environment: [:])
    let runs = try TrackingStore(reading: server.store)
    #expect(try runs.runs(experiment: "twice", limit: 10).map(\.name) == ["once"])
    #expect(try server.points("once", "loss").count == 20)
    #expect(calls.withLock { $0["/api/2.0/mlflow/runs/create"] } == 1)
    withExtendedLifetime(run) {}
  }

  @Test("many runs that start at once on a slow server are made once each")
  func manyRuns() async throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let target = server.url
    let proxy = try HTTPServer(host: "127.0.0.1", port: 0) { request in
      var forwarded = HTTPClientRequest(request.method, target + request.path)
      forwarded.headers = [("Content-Type", "application/json")]
      if request.method != "GET" { forwarded.body = .bytes(request.body) }
      if let name = request.query.first { forwarded.url += "?\(name.name)=\(name.value)" }
      if request.path.hasSuffix("runs/create") { Thread.sleep(forTimeInterval: 0.3) }
      guard let answer = try? HTTPClient().send(forwarded) else { return HTTPResponse(502) }
      return HTTPResponse(answer.status, .bytes(answer.body))
    }
    defer { proxy.stop() }
    let store = try store("http://127.0.0.1:\(proxy.port)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<6 {
        group.addTask {
          let run = try Run.start(experiment: "many", name: "run-\(index)", in: store)
          for step in 0..<50 { try run.logMetric("loss", Double(step), step: step) }
          try run.end()
        }
      }
      try await group.waitForAll()
    }
    _ = try outbox().deliver(environment: [:])
    let runs = try TrackingStore(reading: server.store)
    let names = try runs.runs(experiment: "many", limit: 100).map(\.name).sorted()
    #expect(names == (0..<6).map { "run-\($0)" })
    for name in names {
      #expect(try server.points(name, "loss").count == 50)
      #expect(try server.detail(name).run.status == .finished)
    }
  }

  @Test("a run is gone on with, exactly, from this machine or another")
  func resuming() throws {
    let server = try ServerProcess(store: folder.path("server.db"))
    let first = try Run.start(experiment: "long", name: "day", in: try store(server.url))
    try first.logMetric("loss", values: [3, 2])
    try first.end()
    let second = try Run.resume(first.id, in: try store(server.url))
    try second.logMetric("loss", 1)
    try second.end()
    // Another machine has another outbox.
    let address = try #require(ServerAddress(server.url, environment: [:]))
    let elsewhere = try TrackingStore(server: address, outbox: folder.path("elsewhere.db"))
    let third = try Run.resume(first.id, in: elsewhere)
    #expect(third.name == "day" && third.experiment == "long")
    try third.logMetric("loss", 0.5)
    try third.end()
    #expect(try server.points(first.id, "loss").map(\.step) == [0, 1, 2, 3])
    #expect(throws: TrackingError.runNotFound(reference: "0123456789abcdef")) {
      try Run.resume("0123456789abcdef", in: elsewhere)
    }
  }

  @Test("says who asks, and keeps what a server that wants somebody else does not take")
  func credentials() throws {
    let seen = Mutex<Set<String>>([])
    let server = try HTTPServer(host: "127.0.0.1", port: 0) { request in
      seen.withLock { _ = $0.insert(request.headers["authorization"] ?? "none") }
      return HTTPResponse(401, text: "who are you?")
    }
    defer { server.stop() }
    let url = "http://127.0.0.1:\(server.port)"
    let environments = [
      ["MLFLOW_TRACKING_USERNAME": "me", "MLFLOW_TRACKING_PASSWORD": "p"],
      ["MLFLOW_TRACKING_TOKEN": "t"],
    ]
    for environment in environments {
      let address = try #require(ServerAddress("\(url)/", environment: environment))
      #expect(address.url == url)
      let store = try TrackingStore(server: address, outbox: folder.path("outbox.db"))
      let run = try Run.start(in: store)
      try run.end()
    }
    #expect(seen.withLock { $0.isSuperset(of: ["Basic bWU6cA==", "Bearer t"]) })
    #expect(try outbox().counts().waiting >= 4)
    let named = ServerAddress("https://a:b%40@example.org/path/?x", environment: [:])
    #expect(named?.url == "https://example.org/path" && named?.authorization == "Basic YTpiQA==")
    #expect(ServerAddress("sqlite:///x", environment: [:]) == nil)
  }
}
