internal import Glibc

/// The C functions of the notebook's worker, and those that it calls.
///
/// They are looked up when the program runs: where the worker's are missing, no notebook is there.
/// Unsafe code of this module is here and in `CommBridge` only.
enum WorkerBridge {
  /// What the worker does with a payload.
  enum Message: Int32 {
    case display = 1
    case clearOutput = 2
    case comm = 3
  }

  private typealias Emit = @convention(c) (Int32, UnsafePointer<UInt8>?, Int) -> Void
  private typealias CText = UnsafeMutablePointer<CChar>
  private typealias Ask = @convention(c) (UnsafePointer<CChar>, Int32) -> CText?
  private typealias Render = @convention(c) (UnsafeRawPointer?) -> CText?
  private typealias SetRenderer = @convention(c) (Render) -> Void

  private typealias HasNotebook = @convention(c) () -> Int32

  private static let emitFunction = unsafe findInNotebook("martlet_worker_emit", as: Emit.self)
  private static let askFunction = unsafe findInNotebook("martlet_worker_input", as: Ask.self)

  /// Finds a function of the worker; `nil` when no notebook is attached to it.
  private static func findInNotebook<Function>(_ name: String, as type: Function.Type) -> Function?
  {
    let hasNotebook = find("martlet_worker_has_notebook", as: HasNotebook.self)
    return hasNotebook?() == 1 ? find(name, as: type) : nil
  }

  /// Finds a C function among everything that the process has loaded.
  static func find<Function>(_ name: String, as type: Function.Type) -> Function? {
    unsafe dlsym(nil, name).map { unsafe unsafeBitCast($0, to: type) }
  }

  /// Whether a notebook shows what this process displays.
  static var isInNotebook: Bool { unsafe emitFunction != nil }

  /// Hands `payload` to the worker; does nothing outside of notebooks.
  static func emit(_ message: Message, _ payload: [UInt8]) {
    guard let emit = unsafe emitFunction else { return }
    unsafe payload.withUnsafeBufferPointer { bytes in
      unsafe emit(message.rawValue, bytes.baseAddress, bytes.count)
    }
  }

  /// Asks the user for a line; `nil` when that is not possible.
  static func line(prompt: String, isPassword: Bool) -> String? {
    guard let ask = unsafe askFunction else {
      return terminalLine(prompt: prompt, isPassword: isPassword)
    }
    guard let answer = unsafe ask(prompt, isPassword ? 1 : 0) else { return nil }
    defer { unsafe free(answer) }
    return unsafe String(cString: answer)
  }

  private typealias Throw = @convention(c) (UnsafeRawPointer) -> Void

  /// Ends the cell with `error`, or the program where there is no worker.
  static func end(with error: any Error) -> Never {
    if let throwError = unsafe find("martlet_worker_throw", as: Throw.self) {
      unsafe withUnsafePointer(to: error) { unsafe throwError(UnsafeRawPointer($0)) }
    }
    flushOutput()
    writeError("error: \(error)\n")
    exit(1)
  }

  private static func terminalLine(prompt: String, isPassword: Bool) -> String? {
    print(prompt, terminator: "")
    flushOutput()
    var settings = termios()
    guard isPassword, unsafe tcgetattr(STDIN_FILENO, &settings) == 0 else { return readLine() }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer {
      unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
      print()
    }
    return readLine()
  }

  /// Sends what `print` has buffered on its way.
  static func flushOutput() {
    fflush(nil)
  }

  /// Whether standard error is a terminal.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes `text` to standard error.
  static func writeError(_ text: String) {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe write(
          STDERR_FILENO, buffer.baseAddress.map { unsafe $0 + written }, buffer.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      written += count
    }
  }

  /// Registers how the worker shows the value of a cell's last expression.
  fileprivate static func install() {
    guard let setRenderer = unsafe find("martlet_worker_set_renderer", as: SetRenderer.self) else {
      return
    }
    unsafe setRenderer { value in
      guard let value = unsafe value?.assumingMemoryBound(to: Any.self).pointee,
        let bundle = Renderer.richBundle(of: value)
      else { return nil }
      return unsafe strdup(DisplayMessage.dataText(bundle))
    }
  }
}

/// Connects this library with the worker, which calls it after the first cell that loads it.
@c(martlet_install)
@usableFromInline
func installInWorker() {
  WorkerBridge.install()
  CommBridge.install()
}
