import Processes

/// A frame as the worker reports it.
package struct RawFrame: Sendable, Equatable {
  package var object: String
  package var offset: Int
  package var symbol: String

  /// Reads `object\toffset\tname`.
  package init?(_ text: String) {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard parts.count >= 2, let offset = Int(parts[1]) else { return nil }
    object = String(parts[0])
    self.offset = offset
    symbol = parts.count > 2 ? String(parts[2]) : ""
  }
}

/// A place in a cell.
package struct CellLine: Sendable, Hashable {
  /// The cell's label.
  package var label: String
  package var line: Int

  package init(label: String, line: Int) {
    self.label = label
    self.line = line
  }
}

extension CellCompiler {
  /// The lines of cells that `frames` stand for, innermost first, inlined calls included.
  ///
  /// Frames outside of cells are left out; lines that follow themselves are given once.
  package func cellLines(of frames: [RawFrame]) -> [CellLine] {
    var result: [CellLine] = []
    var index = 0
    while index < frames.count {
      let object = frames[index].object
      guard object.hasPrefix(folder + "/") else {
        index += 1
        continue
      }
      // All frames that follow from one object are asked for at once: deep recursion has many.
      var addresses: [String] = []
      while index < frames.count, frames[index].object == object {
        // Every frame but the innermost is a return address; the call is just before it.
        let back = index == 0 ? 0 : 1
        addresses.append("0x" + String(frames[index].offset - back, radix: 16))
        index += 1
      }
      for line in lines(of: addresses, in: object) where line != result.last {
        result.append(line)
      }
    }
    return result
  }

  private func lines(of addresses: [String], in object: String) -> [CellLine] {
    let command = Command(
      ProcessConfiguration(
        executable: toolchain.symbolizer,
        arguments: ["--obj=\(object)", "--inlines", "--relativenames", "--functions=none"]
          + addresses))
    guard let output = try? command.run(), output.status == .exited(0) else { return [] }
    return output.outputText.split(separator: "\n").compactMap { text in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count >= 3, let line = Int(parts[parts.count - 2]), line > 0 else { return nil }
      let path = parts.dropLast(2).joined(separator: ":")
      let name = path.split(separator: "/").last.map(String.init) ?? path
      // A generated line has the generated file's name; the user's have the cell's label.
      let isGenerated = name.hasPrefix("Cell_") && name.hasSuffix(".swift")
      guard !isGenerated, name != "<compiler-generated>" else { return nil }
      return CellLine(label: name, line: line)
    }
  }
}
