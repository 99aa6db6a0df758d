import CFaults
import Glibc
import Processes

/// An error that ended a cell.
struct ThrownError: Sendable {
  /// The error's type.
  var name: String
  var text: String
  /// Where it was thrown, as `object\toffset\tname`, innermost first.
  var frames: [String]

  init(name: String, text: String, frames: [String]) {
    self.name = name
    self.text = text
    self.frames = frames
  }

  init(_ error: any Error) {
    name = withoutCellModules(String(reflecting: type(of: error)))
    text = withoutCellModules(Self.foundationText(of: error) ?? String(describing: error))
    // A throw's place is where its call returns to.
    frames = Self.places(of: error).map { describeFrame($0 - 1) }
  }

  func message(progress: Int, kind: UInt8 = WorkerMessageKind.done) -> WorkerMessage {
    WorkerMessage(kind: kind, texts: ["thrown", name, text, String(progress)] + frames)
  }

  /// Ends a program that has no notebook.
  func endProgram() -> Never {
    fflush(nil)
    FileDescriptor.write(Array("error: \(name): \(text)\n".utf8), to: 2)
    exit(1)
  }

  // MARK: Places

  /// Where the calling thread threw `error`, if that was its last throw.
  static func places(of error: any Error) -> [UInt] {
    var frames = [UInt](repeating: 0, count: 32)
    let count = unsafe frames.withUnsafeMutableBufferPointer {
      unsafe cfaults_thrown_frames(
        box(of: error),
        UnsafeRawPointer(bitPattern: UInt(bitPattern: ObjectIdentifier(type(of: error)))),
        $0.baseAddress, Int32($0.count))
    }
    return Array(frames.prefix(Int(count)))
  }

  /// Says where `error` was thrown, on another thread.
  static func setPlaces(_ places: [UInt], of error: any Error) {
    unsafe places.withUnsafeBufferPointer {
      unsafe cfaults_set_thrown_frames(box(of: error), $0.baseAddress, Int32($0.count))
    }
  }

  private static func box(of error: any Error) -> UnsafeRawPointer {
    unsafe unsafeBitCast(Held(error: error), to: UnsafeRawPointer.self)
  }

  /// Keeps the compiler from handing on what is in the box instead of the box.
  private struct Held {
    var error: any Error
  }

  // MARK: Texts

  private typealias Describe =
    @convention(c) (UnsafeRawPointer) -> UnsafeMutablePointer<CChar>?

  /// What the error says through Foundation's protocols, when Foundation is there.
  private static func foundationText(of error: any Error) -> String? {
    // Only what loads Foundation can conform to its protocols.
    guard unsafe dlsym(nil, "$s20FoundationEssentials14LocalizedErrorMp") != nil else { return nil }
    if unsafe dlsym(nil, "martlet_error_text") == nil {
      let path = Files.executable
      let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
      unsafe dlopen("\(folder)/libErrorTexts.so", RTLD_NOW | RTLD_GLOBAL)
    }
    guard let symbol = unsafe dlsym(nil, "martlet_error_text") else { return nil }
    let describe = unsafe unsafeBitCast(symbol, to: Describe.self)
    return unsafe withUnsafePointer(to: Held(error: error)) { pointer in
      guard let text = unsafe describe(UnsafeRawPointer(pointer)) else { return nil }
      defer { unsafe free(text) }
      return unsafe String(cString: text)
    }
  }
}
