/// Reads the linker flags that the compiler leaves in an ELF object for imported modules.
enum AutolinkReader {
  /// The flags, each once, as in `-lFoundation`.
  static func flags(in object: [UInt8]) -> [String] {
    var result: [String] = []
    for section in ELFObject(object)?.sections(named: ".swift1_autolink_entries") ?? [] {
      for flag in section.split(separator: 0) {
        let text = String(decoding: flag, as: UTF8.self)
        if !result.contains(text) { result.append(text) }
      }
    }
    return result
  }
}
