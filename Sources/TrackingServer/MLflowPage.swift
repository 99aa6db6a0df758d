import FoundationEssentials
import HTTPServer

/// The files of MLflow's own page, from an installed `mlflow` package.
package struct MLflowPage: Sendable {
  /// The folder that has `index.html`.
  package let folder: String

  /// Finds the page's files; `nil` when they are not there.
  ///
  /// - Parameters:
  ///   - place: The files' folder, that of the `mlflow` package, or of a virtual environment; `auto` looks in the
  ///     active virtual environment, in `.venv`, and beside the Pythons of the search path.
  ///   - environment: The environment variables.
  package init?(_ place: String, environment: [String: String]) {
    var roots = [place]
    if place == "auto" {
      roots = [environment["VIRTUAL_ENV"] ?? "", ".venv"].filter { !$0.isEmpty }
      roots += (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/.." }
    }
    let found = roots.lazy.flatMap { root in
      [root, "\(root)/build", "\(root)/server/js/build", "\(root)/mlflow/server/js/build"]
        + Self.packages(in: root).map { "\($0)/mlflow/server/js/build" }
    }.first { FileManager.default.fileExists(atPath: "\($0)/index.html") }
    guard let found else { return nil }
    folder = URL(fileURLWithPath: found).resolvingSymlinksInPath().path
  }

  /// The folders of packages of the Pythons installed in `root`.
  private static func packages(in root: String) -> [String] {
    let libraries = "\(root)/lib"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries)) ?? []
    return versions.filter { $0.hasPrefix("python3") }.sorted().flatMap {
      ["\(libraries)/\($0)/site-packages", "\(libraries)/\($0)/dist-packages"]
    }
  }

  /// Answers a request for the page or one of its files; `nil` for another one.
  func answer(_ request: HTTPRequest) -> HTTPResponse? {
    guard request.method == "GET" || request.method == "HEAD" else { return nil }
    if request.path == "/" { return response("index.html", cacheControl: "no-cache") }
    let prefix = "/static-files/"
    guard request.path.hasPrefix(prefix) else { return nil }
    let name = String(request.path.dropFirst(prefix.count))
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isWrong = parts.contains { $0 == ".." || $0 == "." || $0.isEmpty } || name.contains("\\")
    guard !isWrong, !name.utf8.contains(0) else { return nil }
    // Their names change with their contents.
    return response(name, cacheControl: "max-age=2419200")
  }

  private func response(_ name: String, cacheControl: String) -> HTTPResponse? {
    let path = "\(folder)/\(name)"
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular,
      let size = attributes?[.size] as? UInt
    else { return nil }
    let kind = name.split(separator: ".").last.flatMap { Self.kinds[String($0)] }
    return HTTPResponse(
      200, .file(path: path, offset: 0, count: Int64(size)),
      headers: [
        ("Content-Type", kind ?? "application/octet-stream"), ("Cache-Control", cacheControl),
        ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "SAMEORIGIN"),
      ])
  }

  private static let kinds = [
    "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8", "json": "application/json", "svg": "image/svg+xml",
    "png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "ico": "image/x-icon",
    "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf",
    "map": "application/json", "txt": "text/plain; charset=utf-8", "wasm": "application/wasm",
    "mjs": "text/javascript; charset=utf-8", "md": "text/markdown; charset=utf-8",
  ]
}
