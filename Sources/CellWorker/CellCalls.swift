import CFaults
import Glibc
import Processes

// What generated cell code and the user's library call; found by symbol when a cell is loaded, so
// that no cell has to import a module for it.

/// Shows the value of a cell's trailing expression; `Void` shows nothing.
@_silgen_name("martlet_show")
public func martletShow<Value>(_ value: Value) {
  guard Value.self != Void.self else { return }
  guard Worker.shared.isInNotebook else {
    print(ShownText.text(of: value))
    return
  }
  var json = ""
  if let render = unsafe Worker.shared.renderer {
    let boxed: Any = value
    unsafe withUnsafePointer(to: boxed) { pointer in
      if let text = unsafe render(UnsafeRawPointer(pointer)) {
        unsafe json = withoutCellModules(inForms: String(cString: text))
        unsafe free(text)
      }
    }
  }
  // A form of the library's has its own text, and the value may be large.
  let plain = json.isEmpty ? ShownText.text(of: value) : ""
  Worker.shared.publish(WorkerMessage(kind: WorkerMessageKind.result, texts: [plain, json]))
}

/// Notes that the cell's first `index` variables have their values.
@_silgen_name("martlet_progress")
public func martletProgress(_ index: Int) {
  Worker.shared.noteProgress(index)
}

/// Releases the value of a variable that a later cell has replaced.
///
/// - Parameters:
///   - value: The variable, for its type.
///   - symbol: The symbol of its memory, in the object of its cell.
@_silgen_name("martlet_release")
public func martletRelease<Value: ~Copyable>(_ value: borrowing Value, _ symbol: StaticString) {
  guard let memory = unsafe dlsym(nil, "\(symbol)") else { return }
  unsafe memory.assumingMemoryBound(to: Value.self).deinitialize(count: 1)
}

/// Called in place of the runtime's `swift_errorInMain`, which would end the process: a top-level
/// `throw` ends only the cell.
@_silgen_name("martlet_error_in_main")
public func errorInMain(_ error: any Error) -> Never {
  Worker.shared.end(with: ThrownError(error))
}

/// Whether a notebook shows what is displayed; 0 in a step's or job's program.
@_cdecl("martlet_worker_has_notebook")
public func workerHasNotebook() -> Int32 {
  Worker.shared.isInNotebook ? 1 : 0
}

/// Publishes what a library shows: kind 1 is a display, kind 2 clears the output, kind 3 is what it
/// did with a comm.
@_cdecl("martlet_worker_emit")
public func workerEmit(_ kind: Int32, _ payload: UnsafePointer<UInt8>, _ count: Int) {
  var bytes = unsafe Array(UnsafeBufferPointer(start: payload, count: count))
  if kind == 1 {
    bytes = Array(withoutCellModules(inForms: String(decoding: bytes, as: UTF8.self)).utf8)
  }
  Worker.shared.publish(
    WorkerMessage(kind: WorkerMessageKind.emit, fields: [Array(String(kind).utf8), bytes]))
}

/// Asks the frontend for a line; malloc'ed, or nil when there is none.
@_cdecl("martlet_worker_input")
public func workerInput(
  _ prompt: UnsafePointer<CChar>, _ isPassword: Int32
) -> UnsafeMutablePointer<CChar>? {
  let text = unsafe String(cString: prompt)
  let line = Worker.shared.requestLine(prompt: text, isPassword: isPassword != 0)
  return unsafe line.flatMap { unsafe strdup($0) }
}

/// Lets a library give values richer forms than text.
@_cdecl("martlet_worker_set_renderer")
public func workerSetRenderer(
  _ render: @escaping @convention(c) (UnsafeRawPointer) -> UnsafeMutablePointer<CChar>?
) {
  unsafe Worker.shared.setRenderer(render)
}

/// Lets a library take what the frontend does with comms: `handler` is called on the cell thread,
/// `answerer` on another one while a cell runs.
@_cdecl("martlet_worker_set_comm_handler")
public func workerSetCommHandler(
  _ handler: @escaping @convention(c) (UnsafePointer<UInt8>?, Int) -> Void,
  _ answerer:
    @escaping @convention(c) (
      UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<Int>
    ) -> UnsafeMutablePointer<UInt8>?
) {
  unsafe Worker.shared.setCommHandler(handler, answerer)
}

/// Ends the running cell or callback with the `any Error` at `error`, as a top-level `throw` does.
@_cdecl("martlet_worker_throw")
public func workerThrow(_ error: UnsafeRawPointer) {
  unsafe errorInMain(error.assumingMemoryBound(to: (any Error).self).pointee)
}

/// The identifier of the request that outputs belong to, malloc'ed.
@_cdecl("martlet_worker_parent_id")
public func workerParentID() -> UnsafeMutablePointer<CChar>? {
  unsafe strdup(Worker.shared.parentID)
}

/// The line that standard input reads next, with its end; nil at the end of input.
func readInputLine() -> UnsafeMutablePointer<CChar>? {
  guard let line = Worker.shared.requestLine(prompt: "", isPassword: false) else { return nil }
  return unsafe strdup(line + "\n")
}
