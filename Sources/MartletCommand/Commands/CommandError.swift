import FoundationEssentials
import Processes

/// A command that could not do its work; the text says what failed and what to do.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Prints `line` on standard error.
func complain(_ line: String) {
  FileDescriptor.write(Array("\(line)\n".utf8), to: 2)
}

/// What went wrong with a file, in words.
enum FileFailure {
  static func reason(_ error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    switch error.code {
    case .fileWriteNoPermission, .fileReadNoPermission: return "permission denied"
    case .fileWriteOutOfSpace: return "the disk is full"
    case .fileWriteVolumeReadOnly: return "the file system is read-only"
    case .fileWriteFileExists: return "a file of that name is in the way"
    case .fileNoSuchFile, .fileReadNoSuchFile: return "there is no such folder"
    default: break
    }
    return "\(error.underlying ?? error)"
  }
}
