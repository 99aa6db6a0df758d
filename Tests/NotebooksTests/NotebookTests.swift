import JupyterProtocol
import Kernel
import Notebooks
import Testing

@Suite("Notebook and NotebookParameters")
struct NotebookTests {
  private func notebook(_ json: String) throws -> Notebook {
    try Notebook(json: Array(json.utf8), path: "n.ipynb")
  }

  @Test(
    "refuses what is no notebook, and says why",
    arguments: [
      ("{", "is not JSON"), ("[]", "no member \"nbformat\""), ("{\"nbformat\": 4}", "no list"),
      ("{\"nbformat\": 3, \"worksheets\": []}", "format 3"),
      ("{\"nbformat\": 5, \"cells\": []}", "newer"),
      ("{\"nbformat\": 4, \"cells\": [{}]}", "cell 1"),
      ("{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\", \"source\": [1]}]}", "cell 1"),
      (
        "{\"nbformat\": 4, \"cells\": [], \"metadata\": {\"kernelspec\": {\"language\": \"R\"}}}",
        "in R"
      ),
    ])
  func broken(json: String, reason: String) {
    let error = #expect(throws: NotebookError.self) { try notebook(json) }
    #expect(error?.description.contains(reason) == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test(
    "writes values as the parameters' cell declares them",
    arguments: [
      ("let n = 1", "n=5", "let n = 5"), ("var r = 0.1", "r=1", "var r = 1.0"),
      ("let r: Float = 1", "r=2", "let r: Float = 2.0"), ("let s = \"a\"", "s=5", "let s = \"5\""),
      ("let b = true", "b=False", "let b = false"), ("", "x=1e-3", "let x = 0.001"),
      ("", "x=plain \"text\" \\(a)", "let x = \"plain \\\"text\\\" \\\\(a)\""),
      ("", "x=[1, 2.5]", "let x = [1.0, 2.5]"),
      ("", "x=[1, \"a\"]", "let x = [1, \"a\"] as [Any?]"),
      ("", "x={\"b\": 1, \"a\": 2}", "let x = [\"a\": 2, \"b\": 1]"),
      ("let o: Int? = 3", "o=null", "let o: Int? = nil"),
      ("let l: [Int] = [1]", "l=[]", "let l: [Int] = []"), ("", "x=-5", "let x = -5"),
    ])
  func literals(cell: String, given: String, expected: String) throws {
    var notebook = try notebook(
      """
      {"nbformat": 4, "nbformat_minor": 5, "cells": [{"cell_type": "code",
      "metadata": {"tags": ["parameters"]}, "source": \(JSONText.quoted(cell))}]}
      """)
    var parameters = NotebookParameters()
    try parameters.add(given, isRaw: false)
    _ = try parameters.inject(into: &notebook)
    #expect(notebook.cells.count == 2)
    #expect(notebook.cells[1].source == "// Parameters\n" + expected)
    #expect(notebook.cells[1].tags == ["injected-parameters"])
    // Once more: the injected cell is replaced.
    _ = try parameters.inject(into: &notebook)
    #expect(notebook.cells.count == 2)
  }

  @Test("refuses parameters that have no type", arguments: ["x=[]", "x={}", "x=null", "1x=1", "x"])
  func refused(given: String) throws {
    var notebook = try notebook("{\"nbformat\": 4, \"cells\": []}")
    #expect(throws: NotebookError.self) {
      var parameters = NotebookParameters()
      try parameters.add(given, isRaw: false)
      _ = try parameters.inject(into: &notebook)
    }
  }

  @Test("writes JSON that reads back the same, keys sorted")
  func json() throws {
    let value: JSONValue = [
      "b": [1, 2.5, .null, true, "é\n\"\\\u{1}"], "a": [:], "c": ["d": []],
    ]
    let text = JSONText.pretty(value)
    #expect(JSONValue(json: text) == value)
    #expect(text.hasPrefix("{\n \"a\": {},\n \"b\": [\n  1,"))
  }
}
