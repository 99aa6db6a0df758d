internal import CKernels

/// The kernel of k-means, checked; see `clusters.h` for what it computes.
package enum ClusterKernels {
  /// How many centres stand side by side.
  package static let lanes = Int(CK_CENTRE_LANES)

  /// Finds each row's nearest centre and sums the rows of each, in `Double`.
  ///
  /// - Parameters:
  ///   - rows: The number of samples.
  ///   - columns: The number of features.
  ///   - centreCount: The number of centres.
  ///   - x: The samples, `[rows, columns]`.
  ///   - centres: `[ceil(centreCount / lanes), columns, lanes]`.
  ///   - offsets: Half the squared length of each centre, infinite for those that fill up the lanes.
  ///   - labels: The nearest centre of each sample, `Int32`; the old ones are counted against.
  ///   - distances: Half the squared distances less half the samples' squared lengths.
  ///   - sums: The sum of each centre's samples, `[centreCount, columns]`.
  ///   - counts: The number of each centre's samples.
  /// - Returns: How many labels changed.
  package static func step(
    rows: Int, columns: Int, centreCount: Int, x: DenseView, centres: DenseView,
    offsets: DenseView, labels: Storage, distances: Storage, sums: Storage, counts: Storage
  ) -> Int {
    precondition(rows >= 0 && columns > 0 && centreCount > 0, "k-means of nothing")
    let places = (centreCount + lanes - 1) / lanes * lanes
    Kernels.check(labels, 0, rows, .int32)
    Kernels.check(distances, 0, rows, .float64)
    Kernels.check(sums, 0, centreCount * columns, .float64)
    Kernels.check(counts, 0, centreCount, .float64)
    let changed = unsafe ck_lloyd_step(
      rows, columns, centreCount,
      x.address(rows * columns, .float64).assumingMemoryBound(to: Double.self),
      centres.address(places * columns, .float64).assumingMemoryBound(to: Double.self),
      offsets.address(places, .float64).assumingMemoryBound(to: Double.self),
      labels.base.assumingMemoryBound(to: Int32.self),
      distances.base.assumingMemoryBound(to: Double.self),
      sums.base.assumingMemoryBound(to: Double.self),
      counts.base.assumingMemoryBound(to: Double.self))
    guard changed >= 0 else { fatalError("k-means: no memory for \(rows) rows") }
    return changed
  }
}
