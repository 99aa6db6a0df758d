import Dispatch
import HTTPServer
import JSONValues
import Synchronization
import Tracking

/// Tells of runs as they go on, by server-sent events.
///
/// An event `status` has the run's info, when it comes and whenever it changes; an event `metric` has the points of a metric beyond the
/// last step that was told, and how many there are. The stream ends with the run.
///
/// - SeeAlso: HTML Standard, "Server-sent events".
final class LiveRuns: Sendable {
  private static let mostStreams = 200
  /// How many points of a metric are told at once; who wants all of them asks for its history.
  private static let mostPoints = 1000

  private struct Listener {
    let run: String
    let stream: EventStream
    var status: [UInt8] = []
    var steps: [String: (count: Int, step: Int64)] = [:]
    var isFirst = true
    var lastSent = ContinuousClock.now
  }

  private let store: TrackingStore
  private let listeners = Mutex<[Listener]>([])
  private let timer = Mutex<(any DispatchSourceTimer)?>(nil)

  init(store: TrackingStore) {
    self.store = store
  }

  deinit { timer.withLock { $0?.cancel() } }

  /// The answer that tells of `run` from now on.
  func response(for run: RunRecord) throws(APIError) -> HTTPResponse {
    let stream = EventStream()
    var listener = Listener(run: run.id, stream: stream)
    guard tell(&listener) else {
      return Self.response(stream)
    }
    let isFull = listeners.withLock { listeners in
      guard listeners.count < Self.mostStreams else { return true }
      listeners.append(listener)
      return false
    }
    guard !isFull else {
      throw APIError(
        .temporarilyUnavailable, "\(Self.mostStreams) streams are open; try again later.")
    }
    startTimer()
    return Self.response(stream)
  }

  private static func response(_ stream: EventStream) -> HTTPResponse {
    HTTPResponse(
      200, .stream(stream),
      headers: [
        ("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
      ])
  }

  private func startTimer() {
    timer.withLock { timer in
      guard timer == nil else { return }
      let made = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
      made.schedule(deadline: .now() + 0.5, repeating: 0.5, leeway: .milliseconds(50))
      made.setEventHandler { [weak self] in self?.tellAll() }
      made.activate()
      timer = made
    }
  }

  private func tellAll() {
    let current = listeners.withLock { listeners in
      defer { listeners = [] }
      return listeners
    }
    var going: [Listener] = []
    for var listener in current where tell(&listener) { going.append(listener) }
    listeners.withLock { $0 += going }
  }

  /// Sends what is new of a listener's run; returns whether there may be more.
  private func tell(_ listener: inout Listener) -> Bool {
    guard let run = try? store.run(id: listener.run),
      let detail = try? store.details(of: [run], withArtifacts: false).first
    else {
      listener.stream.close()
      return false
    }
    var text: [UInt8] = []
    for metric in detail.metrics {
      let known = listener.steps[metric.key]
      guard known?.count != metric.count else { continue }
      listener.steps[metric.key] = (metric.count, metric.lastStep)
      // Of what was there before, the last values are enough.
      let points =
        listener.isFirst
        ? [
          MetricPoint(
            step: metric.lastStep, timeMilliseconds: metric.lastMilliseconds, value: metric.last)
        ]
        : (try? store.history(
          of: run, key: metric.key, afterStep: known?.step, limit: Self.mostPoints)) ?? []
      text += Self.event("metric") { json in
        json.member("key", metric.key)
        json.member("count", Int64(metric.count))
        json.array("points") { json in for point in points { json.metric(metric.key, point) } }
      }
    }
    let status = Self.event("status") { $0.info(of: run) }
    if status != listener.status {
      listener.status = status
      text += status
    }
    listener.isFirst = false
    let isGoing = run.deletedMilliseconds == nil && [.running, .scheduled].contains(run.status)
    if text.isEmpty, listener.lastSent + .seconds(15) < .now { text = Array(": alive\n\n".utf8) }
    if !text.isEmpty {
      listener.lastSent = .now
      guard listener.stream.send(text) else { return false }
    }
    if !isGoing { listener.stream.close() }
    return isGoing
  }

  private static func event(_ name: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter()
    json.object(body)
    return Array("event: \(name)\ndata: ".utf8) + json.bytes + Array("\n\n".utf8)
  }
}
