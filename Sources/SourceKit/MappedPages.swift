import CSourceKit
import Glibc

/// Gives back the pages of this process's mapped files, libraries and modules, that are as they are in the files.
///
/// A compiler library is a hundred megabytes of code, of which a request touches most. The pages stay
/// in the system's cache, so that the next request finds them again within milliseconds; until then
/// they do not count as this process's memory. Freed memory goes back, too.
///
/// - Returns: The bytes that were given back, at most.
@discardableResult
package func releaseUnchangedPages() -> Int {
  csourcekit_trim_memory()
  var released = 0
  for mapping in fileMappings() where mapping.isUnchanged {
    // Without private changes nothing is lost: the next access reads the file again. Libraries are
    // never unloaded here, and modules only while a request is answered, so that the range cannot have
    // become another's meanwhile.
    let start = unsafe UnsafeMutableRawPointer(bitPattern: mapping.start)
    if unsafe madvise(start, mapping.length, MADV_DONTNEED) == 0 {
      released += mapping.residentBytes
    }
  }
  return released
}

/// One range of addresses that shows a part of a file.
private struct FileMapping {
  var start: UInt
  var length: Int
  var residentBytes = 0
  var changedBytes = 0
  var isWritable: Bool

  var isUnchanged: Bool { !isWritable && changedBytes == 0 && residentBytes > 0 }
}

/// The mappings of files, as the system describes them.
private func fileMappings() -> [FileMapping] {
  var mappings: [FileMapping] = []
  var isFile = false
  for line in contents(of: "/proc/self/smaps").split(separator: "\n") {
    let words = line.split(separator: " ", maxSplits: 5)
    guard let first = words.first else { continue }
    if !first.hasSuffix(":") {
      // As in `7f5f3d68e000-7f5f3d690000 r-xp 00000000 08:01 1234   /lib/libc.so.6`.
      let ends = first.split(separator: "-")
      isFile = words.count == 6 && words[5].contains("/")
      guard isFile, ends.count == 2, let start = UInt(ends[0], radix: 16),
        let end = UInt(ends[1], radix: 16)
      else {
        isFile = false
        continue
      }
      mappings.append(
        FileMapping(
          start: start, length: Int(end - start), isWritable: words[1].contains("w")))
    } else if isFile, words.count > 1, let kibibytes = Int(words[1]) {
      switch first {
      case "Rss:": mappings[mappings.count - 1].residentBytes = kibibytes * 1_024
      case "Anonymous:", "Private_Dirty:":
        mappings[mappings.count - 1].changedBytes += kibibytes * 1_024
      default: break
      }
    }
  }
  return mappings
}

/// The text of a file of the system whose length is not known beforehand; empty when unreadable.
private func contents(of path: String) -> String {
  let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return "" }
  defer { close(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = unsafe read(file, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || errno != EINTR {
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
