import CGraphicsCards

/// What a driver says of a graphics card at this moment.
package struct GraphicsCard: Sendable {
  /// How much of the last second it was busy, from 0 to 100.
  package var busyPercent: Double?
  /// Its memory, in bytes.
  package var memory: (used: Double, total: Double)?
  /// What it draws, in watts.
  package var watts: Double?
  /// The most that it may draw, in watts.
  package var wattLimit: Double?

  package init() {}

  /// NVIDIA's cards, in the driver's order; none where its library is not installed.
  package static func nvidia() -> [GraphicsCard] {
    var cards = [cgraphics_card](repeating: cgraphics_card(), count: 64)
    let count = unsafe cards.withUnsafeMutableBufferPointer { buffer in
      unsafe cgraphics_read(buffer.baseAddress, Int32(buffer.count))
    }
    return cards.prefix(Int(max(0, count))).map { found in
      func known(_ value: Double) -> Double? { value < 0 ? nil : value }
      var card = GraphicsCard()
      card.busyPercent = known(found.busy_percent)
      if found.total_bytes > 0 { card.memory = (found.used_bytes, found.total_bytes) }
      card.watts = known(found.watts)
      card.wattLimit = known(found.watt_limit)
      return card
    }
  }
}
