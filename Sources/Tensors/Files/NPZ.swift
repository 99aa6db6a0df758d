internal import BLAS

/// Named arrays in a file of NumPy's own format, `.npz`: a zip file of `.npy` files.
///
/// ```swift
/// try NPZ.write(["x": x, "y": y], to: "data.npz", compressed: true)
/// let archive = try NPZ.read("data.npz")
/// let x: Tensor<Float> = try archive.tensor("x")
/// ```
///
/// - SeeAlso: https://numpy.org/doc/stable/reference/generated/numpy.savez.html.
public enum NPZ {
  /// Writes named tensors to a file, which is replaced only once the new one is complete.
  ///
  /// - Parameters:
  ///   - tensors: Names and tensors; views are written as they look.
  ///   - path: The file.
  ///   - compressed: Whether to deflate the elements, as `numpy.savez_compressed` does.
  /// - Throws: `ArrayFileError.unusableName` or `cannotWrite`.
  public static func write(
    _ tensors: [String: any AnyTensor], to path: String, compressed: Bool = false
  ) throws(ArrayFileError) {
    try write(tensors, to: path, compressed: compressed, wideFrom: ZipDirectory.isElsewhere)
  }

  /// Writes numbers from `wide` on in 64 bits.
  package static func write(
    _ tensors: [String: any AnyTensor], to path: String, compressed: Bool, wideFrom wide: Int
  ) throws(ArrayFileError) {
    var writer = ZipWriter(wideFrom: wide)
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      try check(name)
      let header = NPYHeader.encoded(
        NPY.Description(
          dataType: tensor.dataType, shape: tensor.shape, isFortranOrder: false,
          byteOrder: .littleEndian))
      writer.add("\(name).npy", [header, tensor.rowMajorBytes()], compressed: compressed)
    }
    do { try Files.write(writer.finished(), to: path) } catch {
      throw .cannotWrite(file: path, reason: error.reason)
    }
  }

  /// Reads the names in a file; each array is read when it is asked for.
  ///
  /// - Throws: `ArrayFileError`, if the file cannot be read or is malformed.
  public static func read(_ path: String) throws(ArrayFileError) -> NPZArchive {
    do { return try NPZArchive(InputFile(path), path: path) } catch let error as FileError {
      throw .cannotRead(file: path, reason: error.reason)
    } catch let error as ArrayFileError {
      throw error
    } catch { fail("reading \(path): \(error)") }
  }

  /// Refuses names by which an unpacking program would write outside its folder.
  private static func check(_ name: String) throws(ArrayFileError) {
    let reason: String? =
      if name.isEmpty {
        "it is empty"
      } else if name.utf8.count > 65_000 {
        "it has \(name.utf8.count) bytes; 65,000 is the most"
      } else if name.utf8.contains(where: { $0 == 0 || $0 == 0x5C }) {
        "it has a backslash or a zero byte"
      } else if name.split(separator: "/", omittingEmptySubsequences: false)
        .contains(where: { ["", ".", ".."].contains($0) })
      {
        "it is a path that leaves its folder or has an empty part"
      } else {
        nil
      }
    if let reason { throw .unusableName(name: String(name.prefix(100)), reason: reason) }
  }
}

/// The arrays of a `.npz` file, which stays open.
public struct NPZArchive: Sendable {
  private let file: InputFile
  private let path: String
  private let members: [String: ZipMember]

  /// The arrays' names, sorted.
  public var names: [String] { members.keys.sorted() }

  init(_ file: InputFile, path: String) throws(ArrayFileError) {
    var members: [String: ZipMember] = [:]
    for member in try ZipDirectory(of: file, label: path).members {
      // NumPy, too, takes other files in the archive for no arrays.
      guard member.name.hasSuffix(".npy") else { continue }
      members[String(member.name.dropLast(4))] = member
    }
    (self.file, self.path, self.members) = (file, path, members)
  }

  private func source(_ name: String) throws(ArrayFileError) -> ZipMemberSource {
    guard let member = members[name] else {
      throw .noArray(file: path, name: name, names: names)
    }
    return try ZipMemberSource(member, of: file, path: path)
  }

  /// Returns what the file says about an array, without reading the elements.
  ///
  /// - Throws: `ArrayFileError.noArray`, or another if the file cannot be read or the array's header is malformed.
  public func describe(_ name: String) throws(ArrayFileError) -> NPY.Description {
    var source = try source(name)
    return try NPYHeader(from: &source).description
  }

  /// Reads an array by name and checks its checksum.
  ///
  /// ```swift
  /// let x: Tensor<Float> = try archive.tensor("x")
  /// ```
  ///
  /// - Throws: `ArrayFileError`, if there is none of that name, or it is malformed or of another type.
  public func tensor<Scalar: TensorScalar>(_ name: String, as type: Scalar.Type = Scalar.self)
    throws(ArrayFileError) -> Tensor<Scalar>
  {
    var source = try source(name)
    return try NPYHeader(from: &source).tensor(from: &source)
  }
}
