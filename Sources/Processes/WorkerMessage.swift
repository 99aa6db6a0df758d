/// One message between the kernel and its worker: a kind and byte strings.
///
/// On the wire: a 32-bit little-endian length of what follows, the kind, then each field as its
/// 32-bit length and its bytes. It needs no library, so the worker stays small.
package struct WorkerMessage: Sendable, Equatable {
  /// What the message says; `WorkerMessageKind` of the worker's protocol.
  package var kind: UInt8
  /// Its arguments.
  package var fields: [[UInt8]]

  package init(kind: UInt8, fields: [[UInt8]] = []) {
    self.kind = kind
    self.fields = fields
  }

  package init(kind: UInt8, texts: [String]) {
    self.init(kind: kind, fields: texts.map { Array($0.utf8) })
  }

  /// The field at `index` as text; empty when there is none.
  package func text(_ index: Int) -> String {
    fields.indices.contains(index) ? String(decoding: fields[index], as: UTF8.self) : ""
  }

  /// The field at `index` as a number; 0 when it is none.
  package func number(_ index: Int) -> Int {
    Int(text(index)) ?? 0
  }

  /// The bytes on the wire.
  package var encoded: [UInt8] {
    let body = [kind] + Self.packed(fields)
    return Self.bytes(of: body.count) + body
  }

  /// Takes the first whole message off `buffer`; `nil` when it holds none yet.
  package static func take(from buffer: inout [UInt8]) -> WorkerMessage? {
    guard buffer.count >= 4 else { return nil }
    let length = number(in: buffer[0..<4])
    guard length > 0, buffer.count >= 4 + length else { return nil }
    defer { buffer.removeFirst(4 + length) }
    return WorkerMessage(kind: buffer[4], fields: unpacked(buffer[5..<(4 + length)]))
  }

  /// Each field's 32-bit length and its bytes, one after the other.
  package static func packed(_ fields: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(fields.reduce(0) { $0 + 4 + $1.count })
    for field in fields {
      bytes += Self.bytes(of: field.count)
      bytes += field
    }
    return bytes
  }

  /// The fields that `packed` made `bytes` of; what breaks off at the end is left out.
  package static func unpacked(_ bytes: ArraySlice<UInt8>) -> [[UInt8]] {
    var fields: [[UInt8]] = []
    var position = bytes.startIndex
    while position + 4 <= bytes.endIndex {
      let count = number(in: bytes[position..<(position + 4)])
      position += 4
      guard count <= bytes.endIndex - position else { return fields }
      fields.append(Array(bytes[position..<(position + count)]))
      position += count
    }
    return fields
  }

  private static func bytes(of count: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }

  private static func number(in bytes: ArraySlice<UInt8>) -> Int {
    bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}

/// What the kernel and the worker say to each other.
package enum WorkerMessageKind {
  /// Kernel to worker: load the object at field 0 and call the entry named by field 1; field 2 is
  /// the identifier of the request.
  package static let run: UInt8 = 1
  /// Kernel to worker: what it is told to run next has the number in field 0.
  package static let turn: UInt8 = 7
  /// Kernel to worker: stop what runs; field 0 says how hard, from 0 to 2, field 1 is its number.
  package static let interrupt: UInt8 = 2
  /// Kernel to worker: the line that a cell waits for; no field means that there is none.
  package static let input: UInt8 = 3
  /// Kernel to worker: an output was taken, and with it all that was printed before.
  package static let acknowledge: UInt8 = 4
  /// Kernel to worker: set the variable field 0 to field 1, or remove it where there is no field 1;
  /// the answer holds every variable as `NAME=VALUE`.
  package static let environment: UInt8 = 20
  /// Kernel to worker: work in the folder field 0 from now on, if there is one; the answer holds
  /// the folder, and the reason when it could not be changed.
  package static let directory: UInt8 = 21
  /// Kernel to worker: how long the last cell's code took; the answer holds nanoseconds of wall
  /// time, microseconds of user and of system time.
  package static let usage: UInt8 = 22
  /// Worker to kernel: the answer to one of the three above.
  package static let answer: UInt8 = 23
  /// Kernel to worker: the frontend used a comm.
  ///
  /// Field 0 is the identifier of its message, field 1 what the library of the cells is told. The
  /// answer is `done`, as for a cell.
  package static let comm: UInt8 = 5
  /// Kernel to worker: as `comm`, while a cell runs; `commAnswer` answers it.
  package static let commDuringCell: UInt8 = 6
  /// Worker to kernel: what the library makes of a comm's message while a cell runs.
  ///
  /// Field 0 is the message's identifier; field 1 is `done`, or `later` when the message has to come
  /// again after the cell; each further field is what to publish, packed as for a comm.
  package static let commAnswer: UInt8 = 16
  /// Worker to kernel: it can run cells.
  package static let ready: UInt8 = 10
  /// Worker to kernel: field 0 is the kind of output, field 1 its JSON, or packed fields for a comm.
  package static let emit: UInt8 = 11
  /// Worker to kernel: the trailing expression's text, and JSON of its richer forms or nothing.
  package static let result: UInt8 = 12
  /// Worker to kernel: a cell waits for a line; prompt, and `1` for a password.
  package static let inputRequest: UInt8 = 13
  /// Worker to kernel: the cell ended; see `CellEnd`.
  package static let done: UInt8 = 14
  /// Worker to kernel: the library of the cells takes comms from now on.
  package static let takesComms: UInt8 = 15
  /// Worker to kernel: a task failed that no cell waits for; the fields are those of `done`.
  package static let failedTask: UInt8 = 17
}

/// How a worker ends that cannot go on.
package enum WorkerExit {
  /// There was no memory for a thread: `EX_OSERR`.
  package static let outOfMemory: Int32 = 71
}
