import Processes

extension CellCompiler {
  /// The symbol of the memory of a variable of an earlier cell; `nil` when its object has none.
  ///
  /// - SeeAlso: Swift's ABI, "Mangling": `$s`, the module, the name, the type, `vp` for a variable.
  package func memorySymbol(module: String, name: String) -> String? {
    guard let object = ELFObject(Files.read("\(folder)/\(module).so") ?? []) else { return nil }
    // Names whose mangling is another, as those beyond ASCII, are not found, and not released.
    let start = "$s\(module.utf8.count)\(module)\(name.utf8.count)\(name)"
    for names in object.sections(named: ".dynstr") {
      for symbol in names.split(separator: 0) where symbol.starts(with: start.utf8) {
        if symbol.reversed().starts(with: "pv".utf8) {
          return String(decoding: symbol, as: UTF8.self)
        }
      }
    }
    return nil
  }
}
