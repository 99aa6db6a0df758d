import FoundationEssentials
import Locks
import SQLite

/// A store of runs: one SQLite file, and a folder of artifacts beside it.
///
/// Many threads and many processes may log to one store at once.
///
/// ```swift
/// let store = try TrackingStore("experiments.db")
/// let run = try Run.start(experiment: "mnist", in: store)
/// ```
public final class TrackingStore: Sendable {
  /// The absolute path of the store's file; of the outbox's where runs go to a server.
  public let path: String
  /// The server that runs are delivered to; `nil` where the file is their place.
  let remote: Remote?

  /// Where the contents of artifacts are kept.
  let contents: ArtifactContents
  /// The folder of files that are being written or sent.
  let incomingFolder: String

  private let database: Guarded<Database>

  /// Opens the store to log to it; makes it where it is missing.
  ///
  /// A URL of `http` or `https` is a server that speaks MLflow's REST API, such as `track-cli serve`. What is logged is
  /// kept in a file of the user's and delivered in the background; see ``Run``.
  ///
  /// - Parameter uri: A path, `sqlite:///path`, `file:path` or a server's URL. Without one, the environment
  ///   variable `TRACKING_URI` decides, then `MLFLOW_TRACKING_URI` if it names a server, then the nearest
  ///   `tracking.db` from the current folder upwards in the same Git clone; where there is none, it is made at the
  ///   clone's root, or in the current folder outside of clones.
  /// - Throws: ``TrackingError`` when the place is none for a store, or cannot be written.
  public convenience init(_ uri: String? = nil) throws(TrackingError) {
    if let address = StoreLocation.server(uri) {
      try self.init(server: address, outbox: StoreLocation.outbox(url: address.url))
    } else {
      try self.init(file: uri)
    }
  }

  /// Opens the outbox at `path` of a server.
  package convenience init(
    server address: ServerAddress, outbox path: String
  ) throws(TrackingError) {
    let (database, remote) = try Self.remote(address, outbox: path)
    try self.init(database, remote: remote)
  }

  /// Opens the store in a file to log to it; makes it where it is missing.
  ///
  /// - Parameters:
  ///   - uri: The file.
  ///   - artifacts: Where artifacts are kept: a path, `file:path` or `s3://BUCKET/FOLDER`; by default beside the store.
  /// - Throws: ``TrackingError`` when either is none, or the file cannot be written.
  package convenience init(file uri: String?, artifacts: String? = nil) throws(TrackingError) {
    let path =
      if let uri { try StoreLocation.path(uri: uri) } else { try StoreLocation.forWriting() }
    let contents: ArtifactContents? =
      if let artifacts { try ArtifactContents(artifacts) } else { nil }
    try self.init(Database.create(path: path), contents: contents)
  }

  /// Opens the store at `path` to read it; creates nothing.
  package convenience init(reading path: String) throws(TrackingError) {
    try self.init(Database.read(path: path))
  }

  /// Opens the store at `path` to change it; creates nothing.
  package convenience init(changing path: String) throws(TrackingError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw .storeNotFound(path: path, searched: false)
    }
    try self.init(Database.create(path: path))
  }

  private init(
    _ database: sending Database, contents chosen: ArtifactContents? = nil, remote: Remote? = nil
  ) throws(TrackingError) {
    path = database.path
    self.remote = remote
    let folder = "\(database.path).artifacts"
    let named = chosen == nil && remote == nil ? try StoreLocation.chosenContents() : nil
    contents = chosen ?? named ?? .folder(folder)
    // What is moved to a folder has to be on its file system.
    incomingFolder =
      if case .folder(let place) = contents { "\(place)/incoming" } else { "\(folder)/incoming" }
    self.database = Guarded(database)
  }

  deinit { remote?.courier.stop() }

  /// The server that runs are delivered to; `nil` where the file is their place.
  package var serverAddress: ServerAddress? { remote?.address }

  /// What `TRACKING_URI` has to be for another process to log to the same place.
  public var uri: String { remote?.address.url ?? path }

  /// The store that runs log to: `store`, or the one that is found, opened once for each path.
  static func chosen(_ store: TrackingStore?) throws(TrackingError) -> TrackingStore {
    if let store { return store }
    let address = StoreLocation.server()
    let path =
      if let address { try StoreLocation.outbox(url: address.url) } else {
        try StoreLocation.forWriting()
      }
    return try opened.withLock { stores throws(TrackingError) in
      let identity = Database.fileIdentity(path)
      if let known = stores[path], known.identity == identity, identity != nil,
        let store = known.store
      {
        return store
      }
      let store = try address == nil ? TrackingStore(file: path) : TrackingStore()
      stores[path] = Opened(store: store, identity: Database.fileIdentity(path))
      return store
    }
  }

  private struct Opened {
    weak var store: TrackingStore?
    let identity: UInt64?
  }

  private static let opened = Guarded<[String: Opened]>([:])

  /// Uses the database, one caller at a time.
  package func withDatabase<Value: Sendable>(
    _ body: (Database) throws(TrackingError) -> Value
  ) throws(TrackingError) -> Value {
    defer { remote?.courier.wake() }
    return try database.withLock { database throws(TrackingError) in try body(database) }
  }

  /// Uses one unchanging state of the database, in which no run of a process that is gone runs.
  package func reading<Value: Sendable>(
    _ body: (Database) throws(TrackingError) -> Value
  ) throws(TrackingError) -> Value {
    try withDatabase { database throws(TrackingError) in
      try database.markInterruptedRuns()
      return try database.read { () throws(TrackingError) in try body(database) }
    }
  }
}
