import FoundationEssentials
import HTTPServer
import Synchronization
import Tracking

/// Figures about the server, for Prometheus.
///
/// - SeeAlso: Prometheus, "Exposition formats", text format 0.0.4.
final class ServerMetrics: Sendable {
  private struct Request: Hashable {
    let method: String
    let route: String
    let status: Int
  }

  private struct Histogram {
    var counts = [Int](repeating: 0, count: ServerMetrics.bounds.count)
    var count = 0
    var seconds = 0.0
  }

  private struct State {
    var requests: [Request: Int] = [:]
    var durations: [String: Histogram] = [:]
  }

  /// The upper bounds of the durations' classes, in seconds.
  private static let bounds = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

  private let state = Mutex(State())
  private let start = Date().timeIntervalSince1970

  func count(_ exchange: Exchange, _ response: HTTPResponse, route: String) {
    let method = Self.methods.contains(exchange.head.method) ? exchange.head.method : "OTHER"
    let seconds = exchange.duration / .seconds(1)
    state.withLock { state in
      state.requests[Request(method: method, route: route, status: response.status), default: 0] +=
        1
      var histogram = state.durations[route] ?? Histogram()
      histogram.count += 1
      histogram.seconds += seconds
      for (index, bound) in Self.bounds.enumerated() where seconds <= bound {
        histogram.counts[index] += 1
      }
      state.durations[route] = histogram
    }
  }

  func response(_ figures: StoreFigures) -> HTTPResponse {
    let state = state.withLock { $0 }
    var text = ""
    func family(_ name: String, _ kind: String, _ help: String) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }
    family("martlet_http_requests_total", "counter", "Requests that were answered.")
    let requests = state.requests.sorted {
      ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
    }
    for (request, count) in requests {
      text +=
        "martlet_http_requests_total{method=\"\(request.method)\",route=\"\(request.route)\","
        + "status=\"\(request.status)\"} \(count)\n"
    }
    let name = "martlet_http_request_duration_seconds"
    family(name, "histogram", "Time from a request's head to its answer.")
    for (route, histogram) in state.durations.sorted(by: { $0.key < $1.key }) {
      for (bound, count) in zip(Self.bounds, histogram.counts) {
        text += "\(name)_bucket{route=\"\(route)\",le=\"\(bound)\"} \(count)\n"
      }
      text += "\(name)_bucket{route=\"\(route)\",le=\"+Inf\"} \(histogram.count)\n"
      text += "\(name)_sum{route=\"\(route)\"} \(histogram.seconds)\n"
      text += "\(name)_count{route=\"\(route)\"} \(histogram.count)\n"
    }
    family("martlet_runs", "gauge", "Runs that are not deleted, by status.")
    for (status, count) in figures.runs {
      text += "martlet_runs{status=\"\(status)\"} \(count)\n"
    }
    family("martlet_experiments", "gauge", "Experiments that are not deleted.")
    text += "martlet_experiments \(figures.experimentCount)\n"
    family("martlet_store_bytes", "gauge", "Size of the store's file and its log.")
    text += "martlet_store_bytes \(figures.byteCount)\n"
    family("process_start_time_seconds", "gauge", "When the server started, in seconds since 1970.")
    text += "process_start_time_seconds \(start)\n"
    return HTTPResponse(
      200, .bytes(Array(text.utf8)),
      headers: [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
  }
}
