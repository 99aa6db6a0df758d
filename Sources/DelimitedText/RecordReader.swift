internal import CDelimited

/// Splits delimited text that comes piece by piece into records, and their fields into values.
///
/// Give it bytes with `append`, then take batches with `nextBatch` until it says that it needs more. The values of a
/// batch are read column by column.
@safe package final class RecordReader {
  /// A record of more bytes than this is a fault; sizes have to fit into 30 bits.
  package static let longestRecord = 1 << 29

  private let format: TextFormat
  private var rules: cd_format
  // Their memory is this object's.
  private var marks = unsafe cd_marks()
  private let markBytes: UnsafeMutableBufferPointer<UInt8>
  private let markOffsets: UnsafeMutableBufferPointer<Int>

  private var text: [UInt8] = []
  /// Where in `text` the next record begins.
  private var start = 0
  private var isLast = false
  private var fields = [cd_field](repeating: cd_field(), count: 1 << 16)
  private var lines = [Int](repeating: 0, count: 1 << 14)
  private var progress = cd_progress()
  /// Where in `text` the batch begins, from which its fields' places count.
  private var batchStart = 0

  /// The records of the batch.
  package private(set) var recordCount = 0

  /// The records whose values are read; those of the whole batch at first.
  package var window = 0..<0

  /// The number of fields of every record; 0 before the first.
  package var width: Int { progress.width }

  /// The bytes that wait to be split.
  package var waitingByteCount: Int { text.count - start }

  // What a column's values are written to before they are appended to the rest.
  private var flags: [UInt8] = []
  private var whole: [Int] = []
  private var real: [Double] = []
  private var truth: [UInt8] = []
  private var interned = InternedTexts()

  /// Makes a reader of text whose first line has the number `firstLine`.
  package init(_ format: TextFormat, firstLine: Int = 1) {
    self.format = format
    rules = cd_format(
      delimiter: format.delimiter, quote: format.quote ?? 0, comment: format.comment ?? 0,
      trims: format.trimsSpaces)
    var (bytes, offsets) = ([UInt8](), [0])
    for mark in format.missingMarks {
      guard let first = mark.utf8.first else {
        unsafe marks.includes_empty = true
        continue
      }
      bytes += mark.utf8
      offsets.append(bytes.count)
      unsafe withUnsafeMutableBytes(of: &marks.first) { unsafe $0[Int(first)] = 1 }
    }
    unsafe markBytes = .allocate(capacity: max(bytes.count, 1))
    unsafe _ = markBytes.initialize(from: bytes)
    unsafe markOffsets = .allocate(capacity: offsets.count)
    unsafe _ = markOffsets.initialize(from: offsets)
    unsafe marks.bytes = UnsafePointer(markBytes.baseAddress)
    unsafe marks.offsets = UnsafePointer(markOffsets.baseAddress)
    unsafe marks.count = offsets.count - 1
    progress.line = firstLine - 1
  }

  deinit {
    unsafe markBytes.deallocate()
    unsafe markOffsets.deallocate()
  }

  /// Adds bytes to what waits; `isLast` says that none will follow.
  package func append(_ bytes: [UInt8], isLast: Bool) {
    if start > 0 {
      text.removeFirst(start)
      start = 0
    }
    if text.isEmpty { text = bytes } else { text += bytes }
    self.isLast = isLast
    (recordCount, window) = (0, 0..<0)
  }

  /// Splits records off what waits; returns whether there are any.
  ///
  /// - Throws: `RecordFault`; the records before the fault are not given.
  package func nextBatch() throws(RecordFault) -> Bool {
    while true {
      (batchStart, recordCount) = (start, 0)
      let firstLine = progress.line
      let outcome = unsafe text.withUnsafeBufferPointer { text in
        unsafe fields.withUnsafeMutableBufferPointer { fields in
          unsafe lines.withUnsafeMutableBufferPointer { lines in
            unsafe cd_split(
              &rules, &progress, text.baseAddress.map { unsafe $0 + start }, text.count - start,
              isLast, fields.baseAddress, fields.count, lines.baseAddress, lines.count)
          }
        }
      }
      // The records before a fault come first; the next call finds it again.
      if progress.records == 0 { try check(outcome) }
      let end = start + progress.position
      try checkUTF8(start..<end, firstLine: firstLine)
      start = end
      recordCount = progress.records
      window = 0..<recordCount
      if recordCount > 0 { return true }
      guard outcome == CD_FULL else {
        if waitingByteCount > Self.longestRecord { throw .tooLong(line: progress.line + 1) }
        return false
      }
      // A record of more fields than there is room for.
      fields = [cd_field](repeating: cd_field(), count: fields.count * 2)
    }
  }

  /// The line, counted from 1, on which a record of the batch begins.
  package func line(ofRecord record: Int) -> Int { lines[record] + 1 }

  private func check(_ outcome: cd_outcome) throws(RecordFault) {
    let (line, column) = (progress.fault_line + 1, progress.fault_column + 1)
    switch outcome {
    case CD_RAGGED:
      throw .ragged(
        line: line, column: column, found: progress.fault_found, expected: progress.width)
    case CD_OPEN_QUOTE: throw .openQuote(line: line, column: column)
    case CD_TEXT_AFTER_QUOTE: throw .textAfterQuote(line: line, column: column)
    default: break
    }
  }

  private func checkUTF8(_ range: Range<Int>, firstLine: Int) throws(RecordFault) {
    let fault = unsafe text.withUnsafeBufferPointer { text in
      unsafe cd_utf8_fault(text.baseAddress.map { unsafe $0 + range.lowerBound }, range.count)
    }
    guard fault < range.count else { return }
    let before = text[range.lowerBound..<(range.lowerBound + fault)]
    let breaks = before.indices.count { place in
      text[place] == 0x0A || (text[place] == 0x0D && text[place + 1] != 0x0A)
    }
    throw .notUTF8(line: firstLine + breaks + 1)
  }

  // MARK: Values

  /// Appends the whole numbers of a column, from the record `first` of the window, until one is none.
  ///
  /// - Returns: The record that is not a whole number, or the window's end.
  package func appendInts(
    column: Int, from first: Int, to values: inout [Int], missing: inout [Bool]?
  ) -> Int {
    if whole.count < recordCount { whole = [Int](repeating: 0, count: lines.count) }
    let converted = unsafe whole.withUnsafeMutableBufferPointer { out in
      unsafe convert(column, first, before: values.count, &missing) {
        unsafe cd_ints($0, $1, progress.width, $2, &marks, out.baseAddress, $3, $4)
      }
    }
    values += whole[..<converted]
    return first + converted
  }

  /// Appends the numbers of a column, as `appendInts` does.
  package func appendDoubles(
    column: Int, from first: Int, to values: inout [Double], missing: inout [Bool]?
  ) -> Int {
    if real.count < recordCount { real = [Double](repeating: 0, count: lines.count) }
    let converted = unsafe real.withUnsafeMutableBufferPointer { out in
      unsafe convert(column, first, before: values.count, &missing) {
        unsafe cd_doubles(
          $0, $1, progress.width, $2, &marks, format.decimalPoint, out.baseAddress, $3, $4)
      }
    }
    values += real[..<converted]
    return first + converted
  }

  /// Appends the Booleans of a column, as `appendInts` does.
  package func appendBools(
    column: Int, from first: Int, to values: inout [Bool], missing: inout [Bool]?
  ) -> Int {
    if truth.count < recordCount { truth = [UInt8](repeating: 0, count: lines.count) }
    let converted = unsafe truth.withUnsafeMutableBufferPointer { out in
      unsafe convert(column, first, before: values.count, &missing) {
        unsafe cd_bools($0, $1, progress.width, $2, &marks, out.baseAddress, $3, $4)
      }
    }
    values += truth[..<converted].lazy.map { $0 == 1 }
    return first + converted
  }

  /// Returns the first record from `first` whose field of a column is not missing, or the window's end.
  package func firstPresent(column: Int, from first: Int) -> Int {
    var none: [Bool]? = nil
    let run = unsafe convert(column, first, before: 0, &none) { text, fields, count, _, _ in
      unsafe cd_missing_run(text, fields, progress.width, count, &marks)
    }
    return first + run
  }

  /// Appends the texts of a column, from the record `first` of the window; a quoted field is never missing.
  package func appendStrings(
    column: Int, from first: Int, to values: inout [String], missing: inout [Bool]?
  ) {
    unsafe text.withUnsafeBufferPointer { text in
      guard let base = unsafe text.baseAddress.map({ unsafe $0 + batchStart }) else { return }
      for record in first..<window.upperBound {
        let field = fields[record * progress.width + column]
        if field.size & UInt32(CD_QUOTED) == 0, unsafe cd_is_missing(&marks, base, field) {
          if missing == nil { missing = [Bool](repeating: false, count: values.count) }
          missing?.append(true)
          values.append("")
        } else {
          missing?.append(false)
          values.append(unsafe string(field, base))
        }
      }
    }
  }

  /// The text of a field.
  package func string(record: Int, column: Int) -> String {
    unsafe text.withUnsafeBufferPointer { text in
      guard let base = unsafe text.baseAddress.map({ unsafe $0 + batchStart }) else { return "" }
      return unsafe string(fields[record * progress.width + column], base)
    }
  }

  private func string(_ field: cd_field, _ base: UnsafePointer<UInt8>) -> String {
    let size = Int(field.size & UInt32(CD_SIZE))
    guard field.size & UInt32(CD_DOUBLED) == 0 else {
      return unsafe String(unsafeUninitializedCapacity: size) {
        unsafe cd_undouble(base, field, rules.quote, $0.baseAddress)
      }
    }
    return unsafe interned.text(
      UnsafeBufferPointer(start: base + Int(field.start), count: size))
  }

  /// Runs a conversion over a column's fields, and notes what is missing.
  private func convert(
    _ column: Int, _ first: Int, before: Int, _ missing: inout [Bool]?,
    _ body: (
      UnsafePointer<UInt8>, UnsafePointer<cd_field>, Int, UnsafeMutablePointer<UInt8>,
      UnsafeMutablePointer<Int>
    ) -> Int
  ) -> Int {
    let count = window.upperBound - first
    guard count > 0 else { return 0 }
    if flags.count < recordCount { flags = [UInt8](repeating: 0, count: lines.count) }
    var missingCount = 0
    let converted = unsafe text.withUnsafeBufferPointer { text in
      unsafe fields.withUnsafeBufferPointer { fields in
        unsafe flags.withUnsafeMutableBufferPointer { flags in
          guard let base = text.baseAddress, let field = fields.baseAddress,
            let flag = flags.baseAddress
          else { return 0 }
          return unsafe body(
            base + batchStart, field + (first * progress.width + column), count, flag,
            &missingCount)
        }
      }
    }
    if missingCount > 0 && missing == nil { missing = [Bool](repeating: false, count: before) }
    if missing != nil { missing? += flags[..<converted].lazy.map { $0 == 1 } }
    return converted
  }
}

/// Texts that came lately, so that long ones that repeat lie in memory once.
@safe struct InternedTexts {
  private var slots = [String](repeating: "", count: 1 << 10)

  /// Texts of this many bytes fit into a `String` itself.
  private static let longestInline = 15

  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    guard bytes.count > Self.longestInline, bytes.count < 256 else {
      return unsafe String(decoding: bytes, as: UTF8.self)
    }
    let slot = unsafe Int(truncatingIfNeeded: cd_hash(bytes.baseAddress, bytes.count)) & 1023
    let known = unsafe slots[slot].utf8.withContiguousStorageIfAvailable {
      unsafe $0.count == bytes.count && $0.elementsEqual(bytes)
    }
    if known == true { return slots[slot] }
    let text = unsafe String(decoding: bytes, as: UTF8.self)
    slots[slot] = text
    return text
  }
}
