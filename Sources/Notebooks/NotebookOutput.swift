package import JupyterProtocol
package import Kernel

/// An output of a cell, as notebooks save it.
package enum NotebookOutput: Sendable, Equatable {
  case stream(StandardStream, String)
  case result(MIMEBundle, metadata: [String: JSONValue], count: Int)
  case display(MIMEBundle, metadata: [String: JSONValue], displayID: String?)
  case error(CellFailure)

  var json: JSONValue {
    switch self {
    case .stream(let stream, let text):
      return [
        "output_type": "stream", "name": .string(stream.rawValue),
        "text": NotebookCell.lines(text),
      ]
    case .result(let data, let metadata, let count):
      return [
        "output_type": "execute_result", "data": Self.saved(data),
        "metadata": .object(metadata), "execution_count": .int(count),
      ]
    case .display(let data, let metadata, _):
      return [
        "output_type": "display_data", "data": Self.saved(data), "metadata": .object(metadata),
      ]
    case .error(let failure):
      return [
        "output_type": "error", "ename": .string(failure.name), "evalue": .string(failure.value),
        "traceback": .array(failure.traceback.map(JSONValue.string)),
      ]
    }
  }

  /// Text forms become lists of lines; JSON forms stay as they are.
  private static func saved(_ bundle: MIMEBundle) -> JSONValue {
    .object(
      Dictionary(
        uniqueKeysWithValues: bundle.map { type, value in
          let isText =
            type.hasPrefix("text/") || type == "image/svg+xml"
            || type == "application/javascript"
          guard isText, case .string(let text) = value else { return (type, value) }
          return (type, NotebookCell.lines(text))
        }))
  }
}

/// The outputs of a notebook's cells, as they come in.
struct OutputCollector {
  /// Whether the running cell's outputs go with its next one.
  private var clearsNext = false

  /// Takes what the cell at `index` published.
  mutating func add(_ output: CellOutput, to index: Int, count: Int, in cells: inout [NotebookCell])
  {
    switch output {
    case .clear(let waits):
      clearsNext = waits
      if !waits { cells[index].outputs = [] }
      return
    case .display(let data, let metadata, let identifier?, isUpdate: true):
      Self.update(identifier, data, metadata, in: &cells)
      return
    default: break
    }
    if clearsNext {
      cells[index].outputs = []
      clearsNext = false
    }
    switch output {
    case .stream(let stream, let text):
      if case .stream(stream, let before)? = cells[index].outputs.last {
        cells[index].outputs.removeLast()
        cells[index].outputs.append(.stream(stream, before + text))
      } else if !text.isEmpty {
        cells[index].outputs.append(.stream(stream, text))
      }
    case .result(let data, let metadata):
      cells[index].outputs.append(.result(data, metadata: metadata, count: count))
    case .display(let data, let metadata, let identifier, _):
      // A display's identifier may be shown before; then both become the new one.
      if let identifier { Self.update(identifier, data, metadata, in: &cells) }
      cells[index].outputs.append(.display(data, metadata: metadata, displayID: identifier))
    default: break
    }
  }

  mutating func cellEnds() {
    clearsNext = false
  }

  /// Replaces every output that is displayed under `identifier`, in all cells.
  private static func update(
    _ identifier: String, _ data: MIMEBundle, _ metadata: [String: JSONValue],
    in cells: inout [NotebookCell]
  ) {
    for cell in cells.indices {
      for index in cells[cell].outputs.indices {
        guard case .display(_, _, identifier) = cells[cell].outputs[index] else { continue }
        cells[cell].outputs[index] = .display(data, metadata: metadata, displayID: identifier)
      }
    }
  }
}
