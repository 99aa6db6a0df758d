extension Tensor: Hashable {
  /// Feeds the shape and the elements to `hasher`.
  ///
  /// - Complexity: O(*n*).
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    hasher.combine(scalars)
  }
}
