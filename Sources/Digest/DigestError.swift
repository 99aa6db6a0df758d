/// A digest that could not be computed.
package enum DigestError: Error, Equatable, CustomStringConvertible {
  /// The file at `path` could not be opened or read.
  case cannotRead(path: String, reason: String)
  /// The file at `path` could not be made or written; `isFull` says that its disk is full.
  case cannotWrite(path: String, reason: String, isFull: Bool)

  package var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason). Check that the file is there and that you may read it."
    case .cannotWrite(let path, let reason, let isFull):
      "cannot write \(path): \(reason). "
        + (isFull ? "Free some space." : "Check its folder, and that you may write there.")
    }
  }
}
