import Foundation
import HTTPClient
import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite("HTTPClient")
struct HTTPClientTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// A server that answers as the path says.
  private func serve(bodyFile: String? = nil) throws -> (HTTPServer, String) {
    var limits = HTTPServer.Limits()
    limits.bodySize = { _ in 1 << 26 }
    limits.bodyFile = { head in head.path == "/file" ? bodyFile : nil }
    let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits) { request in
      switch request.path {
      case "/echo":
        let shown = "\(request.method) \(request.headers["x-test"] ?? "none") "
        return HTTPResponse(
          200, .bytes(Array(shown.utf8) + request.body), headers: [("X-Answer", "a: b")])
      case "/file":
        let count = (request.bodyFile.flatMap { try? Data(contentsOf: URL(fileURLWithPath: $0)) })
        return HTTPResponse(200, text: "\(count?.count ?? -1) \(count?.last ?? 0)")
      case "/large": return HTTPResponse(200, .bytes([UInt8](repeating: 7, count: 3_000_000)))
      case "/moved": return HTTPResponse(302, headers: [("Location", "/echo")])
      case "/slow":
        Thread.sleep(forTimeInterval: 2)
        return HTTPResponse(200, text: "late")
      default: return HTTPResponse(404, text: "nothing at \(request.path)")
      }
    }
    return (server, "http://127.0.0.1:\(server.port)")
  }

  @Test(
    "sends methods, headers and bodies, and reads the answer",
    arguments: ["GET", "POST", "PUT", "PATCH", "DELETE"])
  func echo(method: String) throws {
    let (server, url) = try serve()
    defer { server.stop() }
    let body = method == "GET" ? "" : "naïve \0 body"
    let answer = try HTTPClient().send(
      HTTPClientRequest(
        method, "\(url)/echo", headers: [("X-Test", "yes"), ("Content-Type", "text/plain")],
        body: body.isEmpty ? .none : .bytes(Array(body.utf8))))
    #expect(answer.status == 200)
    #expect(answer.text == "\(method) yes \(body)")
    #expect(answer.header("x-answer") == "a: b")
  }

  @Test("a HEAD has no body, an empty body is one, and a failure's body can be read")
  func statuses() throws {
    let (server, url) = try serve()
    defer { server.stop() }
    let client = HTTPClient()
    #expect(try client.send(HTTPClientRequest("HEAD", "\(url)/large")).body.isEmpty)
    #expect(
      try client.send(HTTPClientRequest("POST", "\(url)/echo", body: .bytes([]))).text
        == "POST none ")
    let missing = try client.send(HTTPClientRequest("GET", "\(url)/a%20b"))
    #expect(missing.status == 404)
    #expect(missing.text == "nothing at /a b")
  }

  @Test("sends files and parts of them, larger than memory is wanted for")
  func files() throws {
    let received = folder.path("received")
    let (server, url) = try serve(bodyFile: received)
    defer { server.stop() }
    var bytes = [UInt8](repeating: 1, count: 5_000_000)
    bytes[2_999_999] = 9
    let file = try folder.write(bytes, to: "sent")
    let client = HTTPClient()
    #expect(
      try client.send(HTTPClientRequest("PUT", "\(url)/file", body: .file(path: file))).text
        == "5000000 1")
    let part = HTTPClientRequest.Body.file(path: file, offset: 1_000_000, count: 2_000_000)
    #expect(
      try client.send(HTTPClientRequest("PUT", "\(url)/file", body: part)).text == "2000000 9")
    let tooLong = HTTPClientRequest.Body.file(path: file, offset: 4_000_000, count: 2_000_000)
    #expect(throws: HTTPClientError.self) {
      try client.send(HTTPClientRequest("PUT", "\(url)/file", body: tooLong))
    }
    #expect(throws: HTTPClientError.self) {
      let missing = folder.path("missing")
      _ = try client.send(HTTPClientRequest("PUT", "\(url)/file", body: .file(path: missing)))
    }
  }

  @Test("downloads to a file, and leaves none for a failure")
  func downloads() throws {
    let (server, url) = try serve()
    defer { server.stop() }
    let client = HTTPClient()
    let answer = try client.download(
      HTTPClientRequest("GET", "\(url)/large"), to: folder.path("got"))
    #expect(answer.isSuccess && answer.body.isEmpty)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path("got"))).count == 3_000_000)
    let missing = try client.download(HTTPClientRequest("GET", "\(url)/no"), to: folder.path("no"))
    #expect(missing.text == "nothing at /no")
    #expect(!FileManager.default.fileExists(atPath: folder.path("no")))
  }

  @Test("hands a body over as it comes, and stops when asked to")
  func streams() throws {
    let (server, url) = try serve()
    defer { server.stop() }
    let client = HTTPClient()
    var count = 0
    let answer = try client.stream(HTTPClientRequest("GET", "\(url)/large")) { part in
      count += part.count
      return true
    }
    #expect(answer.isSuccess && count == 3_000_000)
    #expect(throws: HTTPClientError.cancelled(url: "\(url)/large")) {
      try client.stream(HTTPClientRequest("GET", "\(url)/large")) { _ in false }
    }
    #expect(try client.send(HTTPClientRequest("GET", "\(url)/echo")).status == 200)
  }

  @Test("follows redirects only when asked to")
  func redirects() throws {
    let (server, url) = try serve()
    defer { server.stop() }
    var request = HTTPClientRequest("GET", "\(url)/moved")
    #expect(try HTTPClient().send(request).status == 302)
    request.followsRedirects = true
    #expect(try HTTPClient().send(request).text == "GET none ")
  }

  @Test("says why there is no answer")
  func failures() throws {
    let (server, url) = try serve()
    var settings = HTTPClient.Settings()
    settings.totalLimit = .milliseconds(200)
    settings.bodyLimit = 1000
    let client = HTTPClient(settings)
    #expect { try client.send(HTTPClientRequest("GET", "\(url)/slow?secret=1")) } throws: { error in
      guard case .timedOut(let shown, _) = error as? HTTPClientError else { return false }
      return shown == "\(url)/slow"
    }
    #expect(throws: HTTPClientError.tooLarge(url: "\(url)/large", limit: 1000)) {
      try HTTPClient(settings).send(HTTPClientRequest("GET", "\(url)/large"))
    }
    server.stop()
    #expect { try client.send(HTTPClientRequest("GET", "\(url)/echo")) } throws: { error in
      guard case .unreachable = error as? HTTPClientError else { return false }
      return true
    }
  }

  @Test("refuses requests that would be others than they look")
  func injections() {
    let client = HTTPClient()
    for request in [
      HTTPClientRequest("GET", "file:///etc/passwd"),
      HTTPClientRequest("GET", "http://127.0.0.1/a b"),
      HTTPClientRequest("GET", "http://127.0.0.1/a\r\nX: y"),
      HTTPClientRequest("GET /", "http://127.0.0.1/"),
      HTTPClientRequest("GET", "http://127.0.0.1/", headers: [("A", "b\r\nC: d")]),
      HTTPClientRequest("GET", "http://127.0.0.1/", headers: [("A b", "c")]),
    ] {
      #expect {
        try client.send(request)
      } throws: { error in
        guard case .invalidRequest = error as? HTTPClientError else { return false }
        return true
      }
    }
  }

  @Test("can be cancelled from another thread")
  func cancellation() throws {
    let (server, url) = try serve()
    defer { server.stop() }
    let client = HTTPClient()
    let thread = Thread {
      Thread.sleep(forTimeInterval: 0.1)
      client.cancel()
    }
    thread.start()
    #expect(throws: HTTPClientError.cancelled(url: "\(url)/slow")) {
      try client.send(HTTPClientRequest("GET", "\(url)/slow"))
    }
  }

  @Test("keeps its connection, and makes a new one when the server was restarted")
  func connections() throws {
    let (server, url) = try serve()
    let client = HTTPClient()
    #expect(try client.send(HTTPClientRequest("GET", "\(url)/echo")).status == 200)
    server.stop()
    let second = try HTTPServer(host: "127.0.0.1", port: server.port) { _ in
      HTTPResponse(200, text: "second")
    }
    defer { second.stop() }
    let answer = try client.send(
      HTTPClientRequest("POST", "\(url)/echo", body: .bytes([1, 2, 3])))
    #expect(answer.text == "second")
  }

  @Test("trusts a server of TLS by its certificate only")
  func encryption() throws {
    let (key, certificate) = (folder.path("key.pem"), folder.path("certificate.pem"))
    let made = try runProgram(
      "/usr/bin/env",
      [
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
        "-out", certificate,
      ])
    try #require(made.status == 0, "\(made.errors)")
    let server = Process()
    let output = Pipe()
    server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    server.arguments = [
      "openssl", "s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www",
    ]
    (server.standardOutput, server.standardError) = (output, FileHandle.nullDevice)
    server.standardInput = FileHandle.nullDevice
    try server.run()
    defer {
      // It is started with a mask of signals that keeps SIGTERM out.
      kill(server.processIdentifier, SIGKILL)
      server.waitUntilExit()
    }
    var text = ""
    while !text.contains("ACCEPT ") || !text.hasSuffix("\n") {
      let part = output.fileHandleForReading.availableData
      try #require(!part.isEmpty, "openssl s_server ended: \(text)")
      text += String(decoding: part, as: UTF8.self)
    }
    let port = try #require(
      text.split(separator: ":").last.flatMap { Int($0.prefix { $0.isNumber }) })
    let request = HTTPClientRequest("GET", "https://127.0.0.1:\(port)/")
    #expect { try HTTPClient().send(request) } throws: { error in
      guard case .insecure = error as? HTTPClientError else { return false }
      return true
    }
    var settings = HTTPClient.Settings()
    settings.certificateAuthorities = certificate
    #expect(try HTTPClient(settings).send(request).status == 200)
    settings = HTTPClient.Settings()
    settings.verifiesCertificates = false
    #expect(try HTTPClient(settings).send(request).status == 200)
  }
}
