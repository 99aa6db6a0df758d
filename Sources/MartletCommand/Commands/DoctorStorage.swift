import FoundationEssentials
import Tracking
import Processes

/// Checks what holds data: the tracking store, and the space on the disks.
struct StorageChecks {
  let environment: [String: String]

  func findings() -> [Finding] {
    [store()] + freeSpace()
  }

  private func store() -> Finding {
    let subject = "store"
    let path: String
    do {
      path = try StoreLocation.forWriting(environment: environment)
    } catch {
      return .fault(subject, "\(error)", "Set TRACKING_URI to a path, or unset it.")
    }
    let folder = Files.folder(of: path)
    let files = FileManager.default
    guard files.fileExists(atPath: path) else {
      guard Self.takesFiles(Self.nearestFolder(folder)) else {
        return .fault(
          subject, "there is none yet, and \(folder) may not be written",
          "Allow it, or name another place: export TRACKING_URI=/path/to/tracking.db")
      }
      return .good(subject, "none yet; the first run makes \(path)")
    }
    do {
      _ = try TrackingStore(reading: path)
    } catch {
      return .fault(subject, "\(error)", "Name another store: export TRACKING_URI=/path/to/new.db")
    }
    guard files.isWritableFile(atPath: path), Self.takesFiles(folder) else {
      return .fault(
        subject, "\(path) can be read but not written",
        "Make the file and its folder writable, or set TRACKING_URI to another place.")
    }
    return .good(subject, path)
  }

  /// Cells are compiled in the folder for temporary files; runs land beside the store.
  private func freeSpace() -> [Finding] {
    let mebibyte = 1 << 20
    var places = [("disk", environment["TMPDIR"] ?? "/tmp", 512)]
    if let store = try? StoreLocation.forWriting(environment: environment) {
      places.append(("store's disk", Self.nearestFolder(Files.folder(of: store)), 100))
    }
    return places.map { subject, folder, neededMebibytes in
      guard
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder),
        let free = (attributes[.systemFreeSize] as? Int)
          ?? (attributes[.systemFreeSize] as? UInt64).map({ Int(clamping: $0) })
      else {
        return .fault(subject, "cannot read the free space of \(folder)", "Make the folder.")
      }
      let freeMebibytes = free / mebibyte
      guard freeMebibytes >= neededMebibytes else {
        return .fault(
          subject, "\(freeMebibytes) MiB are free in \(folder); \(neededMebibytes) are needed",
          "Make room there, or set TMPDIR or TRACKING_URI to another disk.")
      }
      return .good(subject, "\(freeMebibytes) MiB free in \(folder)")
    }
  }

  /// Whether a file can be made in `folder`: permissions alone do not tell.
  private static func takesFiles(_ folder: String) -> Bool {
    let probe = "\(folder)/.martlet-doctor-\(ProcessInfo.processInfo.processIdentifier)"
    guard FileManager.default.createFile(atPath: probe, contents: nil) else { return false }
    try? FileManager.default.removeItem(atPath: probe)
    return true
  }

  /// The nearest folder from `folder` upwards that exists.
  private static func nearestFolder(_ folder: String) -> String {
    var folder = folder
    while !folder.isEmpty, folder != "/", !FileManager.default.fileExists(atPath: folder) {
      folder = Files.folder(of: folder)
    }
    return folder.isEmpty ? "/" : folder
  }
}
