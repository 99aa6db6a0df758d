/// A digest that could not be computed.
package enum DigestError: Error, Equatable, CustomStringConvertible {
  /// The file at `path` could not be opened or read.
  case cannotRead(path: String, reason: String)

  package var description: String {
    switch self {
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason). Check that the file is there and that you may read it."
    }
  }
}
