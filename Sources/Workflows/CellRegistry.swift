/// The cells that ran, in the notebook's order as far as it is known.
///
/// A cell that runs again takes its earlier place: it has the same identifier, or is a step of the
/// same name, or, without an identifier, is an ordinary cell with the same source.
package struct CellRegistry: Sendable {
  private(set) var entries: [Entry] = []
  private var runs = 0

  struct Entry: Sendable {
    var cell: ExecutedCell
    /// Counts runs: an entry with a smaller number ran earlier.
    var run: Int
  }

  package init() {}

  /// The cells, in order.
  package var cells: [ExecutedCell] { entries.map(\.cell) }

  /// The names of the steps, in order.
  package var stepNames: [String] { entries.compactMap { $0.cell.step?.name } }

  /// Notes a cell that ran without failing.
  package mutating func record(_ cell: ExecutedCell) {
    runs += 1
    let entry = Entry(cell: cell, run: runs)
    let same = entries.indices.filter { isSame(entries[$0].cell, cell) }
    guard let first = same.first else {
      entries.append(entry)
      return
    }
    entries[first] = entry
    for index in same.dropFirst().reversed() { entries.remove(at: index) }
  }

  /// Forgets the cell, as when its directive was taken away before a run that failed.
  package mutating func remove(cellID: String) {
    entries.removeAll { $0.cell.cellID == cellID }
  }

  /// Forgets everything, as a restarted session does.
  package mutating func removeAll() {
    entries = []
  }

  private func isSame(_ old: ExecutedCell, _ new: ExecutedCell) -> Bool {
    if let id = new.cellID, id == old.cellID { return true }
    if let name = new.step?.name, name == old.step?.name { return true }
    return new.cellID == nil && old.cellID == nil && new.step == nil && old.step == nil
      && new.source == old.source
  }
}
