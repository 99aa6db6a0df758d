/// What runs or experiments are sorted by.
struct RunOrder: Equatable {
  let field: FilterField
  let isDescending: Bool

  /// Reads an order in MLflow's words, `metrics.loss ASC`.
  ///
  /// - Throws: ``TrackingError/invalidOrder(order:position:reason:hint:)``.
  init(_ text: String, of subject: SearchSubject = .runs) throws(TrackingError) {
    do throws(FilterFault) {
      var lexer = FilterLexer(text)
      var parser = FilterParser(try lexer.tokens(), subject)
      let start = parser.token.range
      let field = try parser.field()
      if case .dataset = field {
        throw FilterFault(
          start, "runs cannot be sorted by data sets, of which they may have several",
          hint: "Sort by metrics, params, tags or attributes.")
      }
      let isDescending = parser.take("DESC")
      if !isDescending { _ = parser.take("ASC") }
      guard parser.token.kind == .end else {
        throw FilterFault(
          parser.token.range, "\(parser.token.description) is neither ASC nor DESC",
          hint: "An order is like metrics.accuracy DESC.")
      }
      (self.field, self.isDescending) = (field, isDescending)
    } catch {
      throw .invalidOrder(
        order: text, position: error.range.lowerBound, reason: error.reason, hint: error.hint)
    }
  }

  /// Reads several orders, the first of which counts most.
  static func list(
    _ texts: [String], of subject: SearchSubject = .runs
  ) throws(TrackingError) -> [RunOrder] {
    var orders: [RunOrder] = []
    for text in texts {
      let order = try RunOrder(text, of: subject)
      guard !orders.contains(where: { $0.field == order.field }) else {
        throw .invalidOrder(
          order: text, position: 0, reason: "\(order.field.description) is sorted by twice",
          hint: "Keep one.")
      }
      orders.append(order)
    }
    return orders
  }
}
