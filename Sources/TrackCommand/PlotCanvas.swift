/// The dots of a plot: two by four in each character, or one.
struct PlotCanvas {
  private let columns: Int
  private let rows: Int
  private let isBraille: Bool
  /// The dots that are set in each character.
  private var cells: [UInt8]
  /// Whose they are: the curve drawn last.
  private var owners: [Int]

  init(columns: Int, rows: Int, isBraille: Bool) {
    self.columns = columns
    self.rows = rows
    self.isBraille = isBraille
    cells = Array(repeating: 0, count: columns * rows)
    owners = Array(repeating: -1, count: columns * rows)
  }

  private var width: Int { isBraille ? columns * 2 : columns }
  private var height: Int { isBraille ? rows * 4 : rows }

  /// Joins points, given from 0 to 1 in both directions, by lines.
  mutating func draw(_ points: [(x: Double, y: Double)], curve: Int) {
    var previous: (x: Int, y: Int)?
    for point in points {
      let next = (
        x: min(max(Int((point.x * Double(width - 1)).rounded()), 0), width - 1),
        y: min(max(Int(((1 - point.y) * Double(height - 1)).rounded()), 0), height - 1)
      )
      if let previous { line(from: previous, to: next, curve) } else { set(next.x, next.y, curve) }
      previous = next
    }
  }

  /// Sets the dots between two dots.
  private mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), _ curve: Int) {
    let steps = max(abs(b.x - a.x), abs(b.y - a.y))
    guard steps > 0 else { return set(b.x, b.y, curve) }
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      set(
        a.x + Int((Double(b.x - a.x) * share).rounded()),
        a.y + Int((Double(b.y - a.y) * share).rounded()), curve)
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ curve: Int) {
    let index = isBraille ? y / 4 * columns + x / 2 : y * columns + x
    // Unicode numbers a Braille character's dots down the left column, then the right, the lowest two last.
    let dots: [UInt8] = [0x01, 0x02, 0x04, 0x40, 0x08, 0x10, 0x20, 0x80]
    cells[index] |= isBraille ? dots[x % 2 * 4 + y % 4] : 1
    owners[index] = curve
  }

  /// The characters of a row; `paint` colours those of one curve.
  func row(
    _ row: Int, mark: (Int) -> Character, paint: (String, Int) -> String
  ) -> String {
    var text = ""
    var part = ""
    var owner = -1
    func flush() {
      if !part.isEmpty { text += owner < 0 ? part : paint(part, owner) }
      part = ""
    }
    for index in (row * columns)..<((row + 1) * columns) {
      if owners[index] != owner {
        flush()
        owner = owners[index]
      }
      if cells[index] == 0 {
        part.append(" ")
      } else if isBraille, let scalar = Unicode.Scalar(0x2800 + UInt32(cells[index])) {
        part.unicodeScalars.append(scalar)
      } else {
        part.append(mark(owner))
      }
    }
    flush()
    return text
  }
}
