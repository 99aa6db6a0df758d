import CellCompiler
import Cells
import JupyterProtocol
import Kernel

extension NotebookSession {
  /// Runs source that later cells do not see; what it prints is published.
  ///
  /// - Returns: The text of its trailing expression.
  /// - Throws: The failure, by the cell's label and lines.
  func runHidden(
    _ prepared: PreparedCell, _ context: CellContext
  ) throws(DirectiveError) -> String {
    let (compiler, compiled) = try compileHidden(prepared, context)
    guard let object = compiled.object else {
      throw .failure(context.failures.doesNotCompile(compiled.diagnostics))
    }
    return try runHidden(object, compiled.entry, prepared, context, compiler)
  }

  /// One text for each row of `rows`, an expression of type `String` for each name.
  ///
  /// Rows that do not compile, such as those of types that cannot be copied, are left out.
  ///
  /// - Parameters:
  ///   - rows: Names and expressions; an expression is one line.
  ///   - functions: Declarations that the expressions use.
  ///   - context: The cell.
  /// - Returns: The texts by name.
  /// - Throws: The failure of a row that compiled, or an interrupt.
  func hiddenTexts(
    of rows: [(name: String, expression: String)], functions: String = "", _ context: CellContext
  ) throws(DirectiveError) -> [String: String] {
    var rows = rows
    while !rows.isEmpty {
      let head =
        """
        fileprivate func martletHex(_ text: String) -> String {
          text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        \(functions)
        var martletRows: [String] = []

        """
      let first = head.split(separator: "\n", omittingEmptySubsequences: false).count
      let lines = rows.map { "martletRows.append(martletHex(\($0.expression)))" }
      let source = head + lines.joined(separator: "\n") + "\nmartletRows.joined(separator: \";\")"
      let prepared = try prepareHidden(source, label: "hidden", firstLine: 1)
      let (compiler, compiled) = try compileHidden(prepared, context)
      guard let object = compiled.object else {
        let bad = Set(compiled.diagnostics.filter { $0.severity == .error }.map(\.line))
        let left = rows.enumerated().filter { !bad.contains($0.offset + first) }.map(\.element)
        guard left.count < rows.count else {
          throw .failure(context.failures.doesNotCompile(compiled.diagnostics))
        }
        rows = left
        continue
      }
      let text = try runHidden(object, compiled.entry, prepared, context, compiler)
      let values = text.filter { $0 != "\"" }.split(
        separator: ";", omittingEmptySubsequences: false)
      return Dictionary(
        zip(rows.map(\.name), values.map { Self.text(hex: $0) }), uniquingKeysWith: { $1 })
    }
    return [:]
  }

  /// Makes source ready that sees the session's cells.
  func prepareHidden(
    _ source: String, label: String, firstLine: Int
  ) throws(DirectiveError) -> PreparedCell {
    do throws(CellsError) {
      return try PreparedCell(
        source: source, label: label, firstLine: firstLine, scope: history.scope)
    } catch {
      throw .failed(error.description)
    }
  }

  private func compileHidden(
    _ prepared: PreparedCell, _ context: CellContext
  ) throws(DirectiveError) -> (CellCompiler, CellCompiler.Result) {
    announceIdleDeath(context)
    guard let compiler = readyCompiler() else { throw .failure(cannotStart(context)) }
    if isInterrupted { throw .failure(context.failures.interrupted(lines: [])) }
    do throws(CellCompilerError) {
      return (compiler, try compile(prepared, with: compiler).result)
    } catch {
      if error == .interrupted { throw .failure(context.failures.interrupted(lines: [])) }
      throw .failed(error.description)
    }
  }

  private func runHidden(
    _ object: String, _ entry: String, _ prepared: PreparedCell, _ context: CellContext,
    _ compiler: CellCompiler
  ) throws(DirectiveError) -> String {
    let value = Box("")
    let (end, progress) = runObject(
      object, entry: entry, allowsInput: context.request.allowsInput
    ) { event in
      if case .result(let bundle, _) = event {
        if case .string(let text)? = bundle["text/plain"] { value.value = text }
      } else {
        context.output(event)
      }
    }
    if case .workerEnded = end {
      replaceWorker()
    } else {
      history.scope.noteHidden(prepared.footprint, as: entry)
    }
    if let failure = failure(of: end, prepared, progress: progress, context, compiler) {
      throw .failure(failure)
    }
    return value.value
  }

  private static func text(hex: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = hex.utf8[...]
    while let high = rest.popFirst(), let low = rest.popFirst() {
      bytes.append(nibble(high) << 4 | nibble(low))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func nibble(_ digit: UInt8) -> UInt8 {
    digit < 0x3a ? digit - 0x30 : digit - 0x57
  }
}
