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

/// What the frames of a stopped thread say of the user's code.
package struct CellBacktrace: Sendable, Equatable {
  /// The lines of cells, innermost first.
  package var lines: [CellLine] = []
  /// Which of the compiler's checks failed where the thread stopped, as in `arithmetic overflow`.
  package var failedCheck: String?

  package init() {}
}

extension CellCompiler {
  /// What `frames` stand for, inlined calls included.
  ///
  /// Frames outside of cells are left out; lines that follow themselves are given once.
  package func backtrace(of frames: [RawFrame]) -> CellBacktrace {
    var result = CellBacktrace()
    var index = 0
    while index < frames.count {
      let object = frames[index].object
      guard object.hasPrefix(folder + "/") else {
        index += 1
        continue
      }
      // All frames that follow from one object are asked for at once: deep recursion has many.
      var addresses: [String] = []
      let isInnermost = index == 0
      while index < frames.count, frames[index].object == object {
        // Every frame but the innermost is a return address; the call is just before it.
        let back = index == 0 ? 0 : 1
        addresses.append("0x" + String(frames[index].offset - back, radix: 16))
        index += 1
      }
      let inlined = symbolized(addresses, in: object)
      if isInnermost, let function = inlined.first?.function {
        result.failedCheck = Self.failedCheck(of: function)
      }
      for line in inlined.compactMap(\.line) where line != result.lines.last {
        result.lines.append(line)
      }
    }
    return result
  }

  /// The lines of cells that `frames` stand for, innermost first.
  package func cellLines(of frames: [RawFrame]) -> [CellLine] { backtrace(of: frames).lines }

  /// The check that the compiler's debug information names as if it were an inlined function.
  private static func failedCheck(of function: Substring) -> String? {
    let prefix = "Swift runtime failure: "
    return function.hasPrefix(prefix) ? String(function.dropFirst(prefix.count)) : nil
  }

  /// The functions at `addresses`, each followed by those that it was inlined into.
  private func symbolized(
    _ addresses: [String], in object: String
  ) -> [(function: Substring, line: CellLine?)] {
    let command = Command(
      ProcessConfiguration(
        executable: toolchain.symbolizer,
        arguments: ["--obj=\(object)", "--inlines", "--relativenames", "--functions=linkage"]
          + addresses))
    guard let output = try? command.run(), output.status == .exited(0) else { return [] }
    // A line with the function's name, one with its place; an empty one ends an address.
    let texts = output.outputText.split(separator: "\n")
    return zip(texts, texts.dropFirst()).enumerated().filter { $0.offset.isMultiple(of: 2) }
      .map { ($0.element.0, Self.line($0.element.1)) }
  }

  private static func line(_ text: Substring) -> CellLine? {
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
