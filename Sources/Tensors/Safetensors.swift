internal import BLAS

/// A tensor of any element type, as a file stores it.
public protocol AnyTensor: Sendable {
  /// The element type's run-time name.
  var dataType: DataType { get }
  /// The length of each axis.
  var shape: [Int] { get }
  /// The elements row by row as bytes in the machine's order, which is little-endian.
  func rowMajorBytes() -> [UInt8]
}

extension Tensor: AnyTensor {
  /// The elements row by row as bytes in the machine's order, which is little-endian.
  public func rowMajorBytes() -> [UInt8] {
    let source = contiguous()
    let size = Scalar.dataType.byteCount
    return source.storage.array(
      from: source.layout.offset * size, count: count * size, as: UInt8.self)
  }
}

/// Tensors in safetensors files: a header in JSON, then the elements; nothing in them can run.
///
/// ```swift
/// try Safetensors.write(["weight": w, "bias": b], to: "model.safetensors")
/// let model = try Safetensors.read("model.safetensors")
/// let w: Tensor<Float> = try model.tensor("weight")
/// ```
///
/// - SeeAlso: The format's description, https://huggingface.co/docs/safetensors.
public enum Safetensors {
  /// The longest header that is read, as in the reference implementation.
  static let longestHeader = 100_000_000

  /// Writes named tensors to a file, which is replaced only once the new one is complete.
  ///
  /// - Parameters:
  ///   - tensors: Names and tensors; views are written as they look.
  ///   - path: The file.
  ///   - metadata: Texts to keep beside the tensors.
  /// - Throws: `SafetensorsError.reservedName`, `unsupportedType` or `cannotWrite`.
  public static func write(
    _ tensors: [String: any AnyTensor], to path: String, metadata: [String: String] = [:]
  ) throws(SafetensorsError) {
    let parts = try encoded(tensors, metadata: metadata)
    do { try Files.write(parts, to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }

  /// Opens a file of named tensors; each is read when it is asked for.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - mapped: Whether to map the file instead of reading it: elements are read when they are first used, and may be
  ///     more than memory holds. Writing to a tensor leaves the file as it is. Until the tensors are gone, nobody may
  ///     make the file shorter. Booleans, and tensors that do not lie at a multiple of their elements' size, are read.
  /// - Returns: The tensors.
  /// - Throws: `SafetensorsError`, if the file cannot be read or is malformed.
  public static func read(
    _ path: String, mapped: Bool = false
  ) throws(SafetensorsError) -> TensorArchive {
    let source: InputFile
    do { source = try InputFile(path) } catch {
      throw .cannotRead(file: path, reason: error.reason)
    }
    return try TensorArchive(source, file: path, mapped: mapped)
  }

  private static func encoded(_ tensors: [String: any AnyTensor], metadata: [String: String])
    throws(SafetensorsError) -> [[UInt8]]
  {
    guard tensors[metadataName] == nil else { throw .reservedName(metadataName) }
    // Wide elements first, then by name, so that every element lies at a multiple of its size.
    let ordered = tensors.sorted {
      ($1.value.dataType.byteCount, $0.key) < ($0.value.dataType.byteCount, $1.key)
    }
    var entries: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))"
      }
      entries.append("\"\(metadataName)\":{\(pairs.joined(separator: ","))}")
    }
    var (data, offset) = ([[UInt8]](), 0)
    for (name, tensor) in ordered {
      guard let type = tensor.dataType.safetensorsName else {
        throw .unsupportedType(name: name, type: tensor.dataType)
      }
      let bytes = tensor.rowMajorBytes()
      let shape = tensor.shape.map { "\($0)" }.joined(separator: ",")
      entries.append(
        "\(JSONText.quoted(name)):{\"dtype\":\"\(type)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(offset + bytes.count)]}")
      offset += bytes.count
      data.append(bytes)
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    // Spaces bring the data to a multiple of 8.
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> ($0 * 8)) }
    return [length, header] + data
  }

  static let metadataName = "__metadata__"
}

/// The tensors of a safetensors file.
public struct TensorArchive: Sendable {
  private struct Entry {
    let type: DataType
    let shape: [Int]
    let bytes: Range<Int>
  }

  private let file: String
  private let source: InputFile
  /// The whole file in memory, if it is mapped.
  private let storage: Storage?
  private let entries: [String: Entry]

  /// The texts kept beside the tensors.
  public let metadata: [String: String]

  /// The tensors' names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// Returns the element type of a tensor, or `nil` if there is none of that name.
  public func dataType(of name: String) -> DataType? { entries[name]?.type }

  /// Returns the shape of a tensor, or `nil` if there is none of that name.
  public func shape(of name: String) -> [Int]? { entries[name]?.shape }

  /// Returns a tensor by name.
  ///
  /// ```swift
  /// let w: Tensor<Float> = try model.tensor("weight")
  /// ```
  ///
  /// - Throws: `SafetensorsError.noTensor`, `wrongType` if its elements are of another type, `malformed` for Booleans that are
  ///   none, or `cannotRead`.
  public func tensor<Scalar: TensorScalar>(_ name: String, as type: Scalar.Type = Scalar.self)
    throws(SafetensorsError) -> Tensor<Scalar>
  {
    guard let entry = entries[name] else {
      throw .noTensor(file: file, name: name, names: names)
    }
    guard entry.type == Scalar.dataType else {
      throw .wrongType(file: file, name: name, found: entry.type, expected: Scalar.dataType)
    }
    let size = Scalar.dataType.byteCount
    if let storage, Scalar.dataType != .bool, !entry.bytes.isEmpty,
      entry.bytes.lowerBound % size == 0
    {
      return Tensor<Scalar>(
        storage: storage,
        layout: Layout(
          shape: entry.shape, strides: Layout(entry.shape).strides,
          offset: entry.bytes.lowerBound / size))
    }
    let memory = Storage(byteCount: entry.bytes.count)
    do { try source.read(entry.bytes, into: memory) } catch {
      throw .cannotRead(file: file, reason: error.reason)
    }
    guard Scalar.dataType != .bool || memory.holdsBooleans() else {
      throw .malformed(
        file: file, reason: "\"\(name)\" has bytes that are neither 0 nor 1 as Booleans")
    }
    return Tensor<Scalar>(storage: memory, shape: entry.shape)
  }

  /// Checks everything the header promises.
  init(_ source: InputFile, file: String, mapped: Bool = false) throws(SafetensorsError) {
    func malformed(_ reason: String) -> SafetensorsError { .malformed(file: file, reason: reason) }
    func bytes(_ range: Range<Int>) throws(SafetensorsError) -> [UInt8] {
      do { return try source.bytes(range) } catch {
        throw .cannotRead(file: file, reason: error.reason)
      }
    }
    let total = source.byteCount
    guard total >= 8 else {
      throw malformed("it has \(total) bytes, and the header's length alone takes 8")
    }
    let length = try bytes(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Safetensors.longestHeader), Int(length) <= total - 8 else {
      throw malformed("it says its header has \(length) bytes, but \(total - 8) follow")
    }
    let start = 8 + Int(length)
    guard case .object(let header)? = JSONText.parse(try bytes(8..<start)[...]) else {
      throw malformed("its header is not a JSON object with distinct names")
    }
    var (entries, metadata) = ([String: Entry](), [String: String]())
    for (name, value) in header {
      guard case .object(let fields) = value else {
        throw malformed("\"\(name)\" is not a JSON object")
      }
      if name == Safetensors.metadataName {
        for (key, value) in fields {
          guard case .string(let text) = value else {
            throw malformed("metadata \"\(key)\" is not a text")
          }
          metadata[key] = text
        }
        continue
      }
      guard case .string(let typeName)? = fields["dtype"],
        let shape = fields["shape"]?.counts, let offsets = fields["data_offsets"]?.counts,
        offsets.count == 2
      else { throw malformed("\"\(name)\" lacks a dtype, a shape or two data_offsets") }
      guard let type = DataType.allCases.first(where: { $0.safetensorsName == typeName }) else {
        throw .unknownType(file: file, name: name, type: typeName)
      }
      guard let size = Layout.byteCount(ofFile: shape, type) else {
        throw malformed("\"\(name)\" has the impossible shape \(shape)")
      }
      guard shape.count <= 32 else { throw malformed("\"\(name)\" has more than 32 axes") }
      let (begin, end) = (offsets[0], offsets[1])
      guard begin <= end, end <= total - start, end - begin == size else {
        throw malformed(
          "\"\(name)\" of shape \(shape) needs \(size) bytes, but its data_offsets are "
            + "\(begin) and \(end) in \(total - start) bytes of data")
      }
      entries[name] = Entry(type: type, shape: shape, bytes: (start + begin)..<(start + end))
    }
    try TensorArchive.checkCoverage(
      entries.values.map(\.bytes), start: start, end: total, malformed)
    self.file = file
    self.source = source
    storage = mapped ? source.mapped() : nil
    self.entries = entries
    self.metadata = metadata
  }

  /// Checks that tensors neither overlap nor leave holes, where files could hide things.
  private static func checkCoverage(
    _ ranges: [Range<Int>], start: Int, end: Int, _ malformed: (String) -> SafetensorsError
  ) throws(SafetensorsError) {
    var position = start
    for range in ranges.sorted(by: {
      ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
    }) {
      guard range.lowerBound == position else {
        throw malformed(
          "its tensors overlap or leave a hole at byte \(position - start) of the data")
      }
      position = range.upperBound
    }
    guard position == end else {
      throw malformed("\(end - position) bytes after its last tensor belong to none")
    }
  }
}
