import FoundationEssentials
import SQLite

/// How much is in a store.
package struct StoreFigures: Sendable {
  /// How many runs there are of each status that one has.
  package let runs: [(status: String, count: Int64)]
  package let experimentCount: Int64
  /// The size of the file and of its log.
  package let byteCount: Int64
}

extension TrackingStore {
  /// Counts what is not deleted.
  package func figures() throws(TrackingError) -> StoreFigures {
    let (runs, experiments) = try reading { database throws(TrackingError) in
      (
        try database.query(
          "SELECT status, count(*) FROM runs WHERE deleted_ms IS NULL GROUP BY status ORDER BY status"
        ) { (status: $0.text(0), count: $0.integer(1)) },
        try database.query("SELECT count(*) FROM experiments WHERE deleted_ms IS NULL") {
          $0.integer(0)
        }.first ?? 0
      )
    }
    let bytes = [path, "\(path)-wal"].map { file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      return Int64(attributes?[.size] as? UInt ?? 0)
    }
    return StoreFigures(runs: runs, experimentCount: experiments, byteCount: bytes.reduce(0, +))
  }
}
