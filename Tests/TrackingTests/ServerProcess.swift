import Foundation
import TestSupport
import Testing

import Tracking

/// `track-cli serve` as a process of its own, which can be killed and started again at its port.
final class ServerProcess {
  let store: String
  private(set) var port = 0
  private var process: Process?

  init(store: String, starts: Bool = true) throws {
    self.store = store
    if starts { try start() }
  }

  deinit { kill() }

  var url: String { "http://127.0.0.1:\(port)" }

  func start() throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: builtProduct("track-cli"))
    process.arguments = ["serve", "--port", "\(port)", "--store", store]
    process.standardOutput = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process
    var text = ""
    while !text.hasSuffix("\n") {
      let part = output.fileHandleForReading.availableData
      try #require(!part.isEmpty, "the server ended: \(text)")
      text += String(decoding: part, as: UTF8.self)
    }
    let digits = text.split(separator: ":").last?.prefix { $0.isNumber } ?? ""
    port = try #require(Int(digits), "no port in \(text)")
  }

  func kill() {
    guard let process else { return }
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    self.process = nil
  }

  /// What the server has of a run.
  func detail(_ reference: String) throws -> RunDetail {
    let store = try TrackingStore(reading: store)
    return try store.detail(of: try store.run(reference))
  }

  func points(_ reference: String, _ key: String) throws -> [MetricPoint] {
    let store = try TrackingStore(reading: store)
    return try store.history(of: try store.run(reference), key: key)
  }
}

/// Tests with an outbox in a folder of their own.
protocol KeepsOutbox {
  var folder: TemporaryDirectory { get }
}

extension KeepsOutbox {
  /// A store whose runs go to the server at `url`.
  func store(_ url: String) throws -> TrackingStore {
    let address = try #require(ServerAddress(url, environment: [:]))
    return try TrackingStore(server: address, outbox: folder.path("outbox.db"))
  }

  func outbox() throws -> Outbox {
    let all = try Outbox.all(in: folder.path())
    return try #require(all.first { $0.path.hasSuffix("outbox.db") })
  }
}
