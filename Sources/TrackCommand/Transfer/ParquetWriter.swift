import Compression
import Processes

/// Writes a table as a Parquet file: plain values, compressed by gzip, one page for each column of a row group.
///
/// - SeeAlso: Apache Parquet's format, parquet.thrift and Encodings.md, version 2.10.
struct ParquetWriter: TableWriter {
  private struct Chunk {
    let offset: Int64
    let values: Int64
    let uncompressed: Int64
    let compressed: Int64
  }

  private struct Group {
    let rows: Int64
    let chunks: [Chunk]
  }

  /// The values of a column that wait for their row group.
  private struct Pending {
    var bytes: [UInt8] = []
    /// Whether each row has a value.
    var isPresent: [Bool] = []
  }

  private let file: FileWriter
  private let columns: [TransferTable.Column]
  private var pending: [Pending]
  private var groups: [Group] = []
  private var rowCount: Int64 = 0

  /// Rows and bytes of which a row group is made.
  private static let groupRows = 500_000
  private static let groupBytes = 64 << 20
  private static let magic = Array("PAR1".utf8)

  init(_ path: String, _ table: TransferTable) throws {
    file = try FileWriter(path)
    columns = table.columns
    pending = columns.map { _ in Pending() }
    try file.write(Self.magic)
  }

  mutating func write(_ row: [TransferValue]) throws {
    for (index, value) in row.enumerated() {
      switch value {
      case .null: pending[index].isPresent.append(false)
      case .text(let text):
        pending[index].isPresent.append(true)
        Self.append(UInt32(text.utf8.count), to: &pending[index].bytes)
        pending[index].bytes += text.utf8
      case .integer(let number):
        pending[index].isPresent.append(true)
        Self.append(UInt64(bitPattern: number), to: &pending[index].bytes)
      case .real(let number):
        pending[index].isPresent.append(true)
        Self.append(number.bitPattern, to: &pending[index].bytes)
      }
    }
    if pending[0].isPresent.count >= Self.groupRows
      || pending.reduce(0, { $0 + $1.bytes.count }) >= Self.groupBytes
    {
      try endGroup()
    }
  }

  mutating func finish() throws {
    if !pending[0].isPresent.isEmpty { try endGroup() }
    let metadata = self.metadata
    try file.write(metadata)
    var size: [UInt8] = []
    Self.append(UInt32(metadata.count), to: &size)
    try file.write(size + Self.magic)
    try file.finish()
  }

  private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> Number(shift)))
    }
  }

  private mutating func endGroup() throws {
    let rows = Int64(pending[0].isPresent.count)
    var chunks: [Chunk] = []
    for (column, values) in zip(columns, pending) {
      let page = (column.isOptional ? Self.levels(values.isPresent) : []) + values.bytes
      let compressed = deflated(page, .gzip)
      var header = ThriftWriter()
      header.field(1, Int32(0))  // A data page.
      header.field(2, Int32(page.count))
      header.field(3, Int32(compressed.count))
      header.field(5) { header in
        header.field(1, Int32(values.isPresent.count))
        header.field(2, Int32(0))  // Plain values,
        header.field(3, Int32(3))  // and levels in runs.
        header.field(4, Int32(3))
      }
      header.end()
      chunks.append(
        Chunk(
          offset: Int64(file.count), values: Int64(values.isPresent.count),
          uncompressed: Int64(header.bytes.count + page.count),
          compressed: Int64(header.bytes.count + compressed.count)))
      try file.write(header.bytes)
      try file.write(compressed)
    }
    groups.append(Group(rows: rows, chunks: chunks))
    rowCount += rows
    pending = columns.map { _ in Pending() }
  }

  /// Definition levels of one bit, as runs of equal ones.
  private static func levels(_ isPresent: [Bool]) -> [UInt8] {
    var runs = ThriftWriter()
    var index = 0
    var bytes: [UInt8] = []
    while index < isPresent.count {
      let value = isPresent[index]
      let end = isPresent[index...].firstIndex { $0 != value } ?? isPresent.count
      runs = ThriftWriter()
      runs.append(variable: UInt64(end - index) << 1)
      bytes += runs.bytes + [value ? 1 : 0]
      index = end
    }
    var size: [UInt8] = []
    append(UInt32(bytes.count), to: &size)
    return size + bytes
  }

  private var metadata: [UInt8] {
    var writer = ThriftWriter()
    writer.field(1, Int32(1))
    writer.field(2, [nil] + columns.map { $0 as TransferTable.Column? }) { writer, column in
      guard let column else {
        writer.field(4, "schema")
        writer.field(5, Int32(columns.count))
        return
      }
      writer.field(1, column.physicalType)
      writer.field(3, Int32(column.isOptional ? 1 : 0))
      writer.field(4, column.name)
      // What values mean beyond their bytes: UTF-8 is 0, milliseconds since 1970 are 9.
      if column.kind == .text { writer.field(6, Int32(0)) }
      if column.kind == .time { writer.field(6, Int32(9)) }
    }
    writer.field(3, rowCount)
    writer.field(4, groups) { writer, group in
      writer.field(1, Array(zip(columns, group.chunks))) { writer, pair in
        let (column, chunk) = pair
        writer.field(2, chunk.offset)
        writer.field(3) { writer in
          writer.field(1, column.physicalType)
          writer.field(2, [Int32(0), Int32(3)])
          writer.field(3, [column.name])
          writer.field(4, Int32(2))  // gzip
          writer.field(5, chunk.values)
          writer.field(6, chunk.uncompressed)
          writer.field(7, chunk.compressed)
          writer.field(9, chunk.offset)
        }
      }
      writer.field(2, group.chunks.reduce(0) { $0 + $1.uncompressed })
      writer.field(3, group.rows)
    }
    writer.field(6, "track-cli version \(Program.version)")
    writer.end()
    return writer.bytes
  }
}

extension TransferTable.Column {
  /// Parquet's number of the type of the values.
  fileprivate var physicalType: Int32 {
    switch kind {
    case .integer, .time: 2
    case .real: 5
    case .text: 6
    }
  }
}
