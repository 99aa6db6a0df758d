import TestSupport
import Testing

import Tracking

@Suite("StoreLocation")
struct StoreLocationTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  @Test(
    "understands paths and file URIs",
    arguments: [
      ("runs.db", "/here/runs.db"), ("./runs.db", "/here/runs.db"), ("/a/b.db", "/a/b.db"),
      ("sqlite:///runs.db", "/here/runs.db"), ("sqlite:////a/b.db", "/a/b.db"),
      ("file:runs.db", "/here/runs.db"), ("file:/a/b.db", "/a/b.db"),
      ("file:///a/b%20c.db", "/a/b c.db"), ("file://localhost/a.db", "/a.db"),
    ])
  func paths(uri: String, path: String) throws {
    #expect(try StoreLocation.path(uri: uri, currentFolder: "/here") == path)
  }

  @Test(
    "refuses servers and databases that are no files",
    arguments: [
      "http://localhost:5000", "https://mlflow.example.org", "postgresql://db/mlflow",
      "sqlite://host/x.db", "sqlite:///", "file://host/x.db", "",
    ])
  func servers(uri: String) {
    #expect(throws: TrackingError.notAFileStore(uri: uri)) {
      try StoreLocation.path(uri: uri, currentFolder: "/here")
    }
  }

  @Test("the variable decides, for reading and for writing")
  func variable() throws {
    let environment = ["TRACKING_URI": "sqlite:////elsewhere/x.db"]
    try folder.write("", to: "tracking.db")
    let here = folder.path()
    #expect(
      try StoreLocation.forWriting(environment: environment, currentFolder: here)
        == "/elsewhere/x.db")
    #expect(
      try StoreLocation.forReading(environment: environment, currentFolder: here)
        == "/elsewhere/x.db")
  }

  @Test("a notebook's folder and the clone's root find the same store, before and after it is made")
  func clone() throws {
    try folder.write("", to: "clone/.git/HEAD")
    try folder.write("", to: "clone/notebooks/deep/a.ipynb")
    let store = folder.path("clone/tracking.db")
    for place in ["clone/notebooks/deep", "clone/notebooks", "clone"] {
      #expect(
        try StoreLocation.forWriting(environment: [:], currentFolder: folder.path(place)) == store)
    }
    try folder.write("", to: "clone/tracking.db")
    for place in ["clone/notebooks/deep", "clone/notebooks", "clone"] {
      #expect(
        try StoreLocation.forReading(environment: [:], currentFolder: folder.path(place)) == store)
    }
  }

  @Test("the nearest store upwards wins, and none outside of the clone is taken")
  func nearest() throws {
    try folder.write("", to: "tracking.db")
    try folder.write("", to: "a/b/x")
    try folder.write("", to: "clone/.git/HEAD")
    let inside = folder.path("a/b")
    #expect(
      try StoreLocation.forReading(environment: [:], currentFolder: inside)
        == folder.path("tracking.db"))
    try folder.write("", to: "a/tracking.db")
    #expect(
      try StoreLocation.forReading(environment: [:], currentFolder: inside)
        == folder.path("a/tracking.db"))
    let clone = folder.path("clone")
    #expect(throws: TrackingError.storeNotFound(path: clone, searched: true)) {
      try StoreLocation.forReading(environment: [:], currentFolder: clone)
    }
  }

  @Test("escapes all that an address may not have, and resolves it again")
  func percents() {
    let text = "a/b c~%41+ü?\u{0}"
    #expect(StoreLocation.encodingPercents(text) == "a%2Fb%20c~%2541%2B%C3%BC%3F%00")
    #expect(StoreLocation.encodingPercents(text, isPath: true) == "a/b%20c~%2541%2B%C3%BC%3F%00")
    #expect(StoreLocation.decodingPercents(StoreLocation.encodingPercents(text)) == text)
  }
}
