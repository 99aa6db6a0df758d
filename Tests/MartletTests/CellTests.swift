import CellCompiler
import Foundation
import Martlet
import TestSupport
import Testing

/// Programs that import Martlet as cells and steps do: compiled on their own, linked with the
/// dynamic library.
private struct Cells {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func searchPaths() throws -> [String] {
    let libraries = URL(fileURLWithPath: builtProduct("libMartlet.so")).deletingLastPathComponent()
      .path
    var paths = ["-I", "\(libraries)/Modules", "-L", libraries, "-Xlinker", "-rpath"]
    paths += ["-Xlinker", libraries, "-lMartlet"]
    for module in CellCompiler.emptyModules {
      try folder.write("module \(module) {}\n", to: "\(module)/module.modulemap")
      paths += ["-I", folder.path(module)]
    }
    return paths
  }

  private func compile(_ source: String, _ flags: [String]) throws -> ProgramResult {
    let file = try folder.write(source, to: "main.swift")
    return try runProgram(
      "/usr/bin/env", ["swiftc", "-swift-version", "5", file] + flags + searchPaths(),
      in: folder.path())
  }

  /// The compiler's complaints about `source`.
  func complaints(about source: String) throws -> String {
    try compile(source, ["-typecheck"]).errors
  }

  /// Compiles `source`, which must be correct, and returns the program's path.
  func program(_ source: String, flags: [String] = []) throws -> String {
    let result = try compile(source, ["-O", "-o", folder.path("program")] + flags)
    try #require(result.status == 0, "\(result.errors)")
    return folder.path("program")
  }
}

@Suite("import Martlet")
struct CellTests {
  @Test("prints plain texts where there is no notebook, and draws no progress in a pipe")
  func withoutNotebook() throws {
    let cells = try Cells()
    let program = try cells.program(
      """
      import Martlet
      let x: Tensor<Float> = [1, 2]
      display(x)
      display("text", id: "a").update(.html("<b>bold</b>"))
      clearOutput()
      for _ in Progress(0..<3, description: "drawn") {}
      print(readLine() ?? "no line")
      let doubled: Tensor<Float> = try Martlet.stepInput("x") * 2
      try Martlet.stepOutput("y", doubled)
      let run = try Run.start(experiment: "mnist", name: "baseline")
      try run.logParams(["lr": 0.1, "layers": 3, "optimizer": "adam"])
      try run.logMetric("loss", 0.5, step: 0)
      try run.logArtifact(text: "a", as: "a.txt")
      try run.end()
      try Run.with(parent: run) { run in try run.setTag("a", "b") }
      display(try compareRuns(experiment: "mnist"))
      """)
    let folder = cells.folder
    try Safetensors.write(["value": Tensor<Float>([1, 2])], to: folder.path("x"))
    let result = try runProgram(
      program, [],
      environment: [
        "MARTLET_STEP_INPUTS": "{\"x\":\"\(folder.path("x"))\"}",
        "MARTLET_STEP_OUTPUTS": "{\"y\":\"\(folder.path("y"))\"}",
        "TRACKING_URI": folder.path("runs.db"), "MARTLET_RUN_ID": "",
      ], in: folder.path())
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(
      result.output.hasPrefix("Tensor<Float> [2]\n[1., 2.]\n\"text\"\nbold\nno line\n"))
    #expect(result.output.contains("mnist: 1 run\n"))
    let y: Tensor<Float> = try Safetensors.read(folder.path("y")).tensor("value")
    #expect(y == [2, 4])
  }

  @Test("says in words, while compiling, that a value cannot cross between steps")
  func uncrossable() throws {
    let complaints = try Cells().complaints(
      about: """
        import Martlet
        struct Open { var f: () -> Int }
        let open: Open = try Martlet.stepInput("open")
        try Martlet.stepOutput("pair", (1, 2))
        """)
    #expect(complaints.contains("'stepInput' is unavailable: a value of this type cannot come"))
    #expect(complaints.contains("'stepOutput' is unavailable: a value of this type cannot go"))
    #expect(complaints.contains("make the type Codable"))
  }

  @Test("keeps the names of Foundation's types usable beside its own")
  func besideFoundation() throws {
    let complaints = try Cells().complaints(
      about: """
        import Foundation
        import Martlet
        for batch in Progress([1, 2], description: "epoch 3") { print(batch) }
        print(pow(2.0, 3.0), exp(1.0), Date())
        """)
    #expect(complaints == "")
  }

  @Test("talks with the worker as agreed")
  func worker() throws {
    let cells = try Cells()
    let worker = try cells.folder.write(Self.workerSource, to: "worker.c")
    let built = try runProgram(
      "/usr/bin/env", ["clang", "-rdynamic", worker, "-o", cells.folder.path("worker"), "-ldl"])
    try #require(built.status == 0, "\(built.errors)")
    let cell = try cells.program(
      """
      import Martlet
      @_silgen_name("render_value") func render(_ value: UnsafePointer<Any>)
      func show(_ value: Any) {
        var value = value
        withUnsafePointer(to: &value) { render($0) }
      }
      @_cdecl("run_cell") public func runCell() {
        do {
          display(html: "<b>é</b>")
          display(1, id: "n").update(2)
          clearOutput(wait: true)
          print(input("Name? "), password())
          for _ in Progress(0..<1000) {}
          show(1)
          show(Tensor<Int>([1]))
          _ = input("refuse")
        }
      }
      """, flags: ["-emit-library", "-parse-as-library", "-module-name", "cell"])
    let result = try runProgram(cells.folder.path("worker"), [cell])
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(
      lines.first
        == "1 {\"data\":{\"text/html\":\"<b>é</b>\",\"text/plain\":\"é\"},\"metadata\":{}}")
    #expect(lines[1].hasSuffix("\"display_id\":\"n\"}"))
    #expect(lines[2].hasSuffix("\"display_id\":\"n\",\"update\":true}"))
    #expect(lines[3...4] == ["2 {\"wait\":true}", "answer secret"])
    let bars = lines.filter { $0.contains("martlet-progress") }
    #expect(bars.count >= 2 && bars.count < 10)
    #expect(bars.last?.contains("1,000/1,000") == true)
    #expect(bars.dropFirst().allSatisfy { $0.hasSuffix("\"update\":true}") })
    let rendered = lines.filter { $0.hasPrefix("rendered ") }
    #expect(rendered.first == "rendered nothing")
    #expect(rendered.last?.hasSuffix("\"text/plain\":\"Tensor<Int> [1]\\n[1]\"}") == true)
    #expect(lines.last == "thrown")
  }

  /// A worker with nothing but the functions that the library looks for.
  private static let workerSource = """
    #include <dlfcn.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    static char *(*renderer)(const void *);
    int32_t martlet_worker_has_notebook(void) { return 1; }
    void martlet_worker_emit(int32_t kind, const uint8_t *payload, size_t count) {
      fflush(stdout);
      printf("%d %.*s\\n", kind, (int)count, (const char *)payload);
    }
    char *martlet_worker_input(const char *prompt, int32_t is_password) {
      return strcmp(prompt, "refuse") ? strdup(is_password ? "secret" : "answer") : NULL;
    }
    void martlet_worker_throw(const void *error) {
      fflush(stdout);
      puts("thrown");
      exit(0);
    }
    void martlet_worker_set_renderer(char *(*render)(const void *)) { renderer = render; }
    void render_value(const void *any) {
      char *text = renderer(any);
      printf("rendered %s\\n", text ? text : "nothing");
      free(text);
    }
    int main(int argc, char **argv) {
      void *cell = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
      if (!cell) { puts(dlerror()); return 1; }
      ((void (*)(void))dlsym(RTLD_DEFAULT, "martlet_install"))();
      ((void (*)(void))dlsym(cell, "run_cell"))();
      return 0;
    }
    """
}
