extension ReplacedVariables {
  /// What is added to a cell's end to release the value of a variable.
  struct Ending {
    var variable: Variable
    /// The symbol of the variable's memory.
    var symbol: String

    /// The declaration of the function that the calls need; the worker has it.
    static let function =
      "@_silgen_name(\"martlet_release\") fileprivate func martletRelease<T: ~Copyable>("
      + "_ value: borrowing T, _ symbol: StaticString)"

    var importLine: String { "import var \(variable.module).`\(variable.name)`" }

    /// The variable itself only tells its type.
    var call: String { "martletRelease(\(variable.module).`\(variable.name)`, \"\(symbol)\")" }
  }
}

extension SessionScope {
  /// The most values that one cell releases; others wait for the next.
  private static let most = 32

  /// What to add to the end of a cell, for the values that nothing can use once it has run.
  func endings(
    of cell: CellFootprint, cellID: String?, _ memory: (_ module: String, _ name: String) -> String?
  ) -> [ReplacedVariables.Ending] {
    releases(after: cell, cellID: cellID).prefix(Self.most).compactMap { variable in
      memory(variable.module, variable.name).map {
        ReplacedVariables.Ending(variable: variable, symbol: $0)
      }
    }
  }
}
