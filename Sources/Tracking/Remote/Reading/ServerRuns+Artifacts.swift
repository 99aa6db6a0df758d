import FoundationEssentials

/// A file that a server has.
package struct ServerFile: Sendable, Equatable {
  package let path: String
  package let byteCount: Int64
}

/// Whose files a server is asked for.
package enum ServerFiles: Sendable {
  /// Those of a run, by its id.
  case run(String)
  /// Those of a logged model, by its id.
  case loggedModel(String)
}

extension ServerRuns {
  /// The files of a run or logged model, by path.
  ///
  /// The server lists them, wherever it keeps them.
  package func files(_ owner: ServerFiles) throws(TrackingError) -> [ServerFile] {
    do throws(DeliveryFailure) {
      return try server.list { folder in
        let folder = StoreLocation.encodingPercents(folder)
        switch owner {
        case .run(let id):
          return "/api/2.0/mlflow/artifacts/list?run_id=\(StoreLocation.encodingPercents(id))"
            + (folder.isEmpty ? "" : "&path=\(folder)")
        case .loggedModel(let id):
          return "/api/2.0/mlflow/logged-models/\(StoreLocation.encodingPercents(id))"
            + "/artifacts/directories"
            + (folder.isEmpty ? "" : "?artifact_directory_path=\(folder)")
        }
      } below: { _, path in
        path
      }
    } catch {
      throw .serverFailed(url: url, reason: error.reason)
    }
  }

  /// Where a server has the contents of a file: the path and query of its URL.
  package static func place(of path: String, _ owner: ServerFiles) -> String {
    let path = StoreLocation.encodingPercents(path)
    switch owner {
    case .run(let id):
      return "/get-artifact?path=\(path)&run_uuid=\(StoreLocation.encodingPercents(id))"
    case .loggedModel(let id):
      return "/ajax-api/2.0/mlflow/logged-models/\(StoreLocation.encodingPercents(id))"
        + "/artifacts/files?artifact_file_path=\(path)"
    }
  }

  /// Writes the contents of a file to `place`, whose folder is made.
  package func download(
    _ path: String, _ owner: ServerFiles, to place: String
  ) throws(TrackingError) {
    try ArtifactContents.makeFolder(
      URL(fileURLWithPath: place).deletingLastPathComponent().path)
    do throws(DeliveryFailure) {
      try server.download(Self.place(of: path, owner), to: place)
    } catch {
      throw .serverFailed(url: url, reason: error.reason)
    }
  }
}
