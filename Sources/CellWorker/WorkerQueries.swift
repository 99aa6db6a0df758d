import Glibc
import Processes

/// How long a cell's code took.
struct CellUsage: Sendable {
  var wallNanoseconds = 0
  var userMicroseconds = 0
  var systemMicroseconds = 0

  /// What the process has used so far; the difference of two is what went on between them.
  static func now() -> CellUsage {
    var usage = rusage()
    unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return CellUsage(
      wallNanoseconds: martletClock(),
      userMicroseconds: usage.ru_utime.tv_sec * 1_000_000 + Int(usage.ru_utime.tv_usec),
      systemMicroseconds: usage.ru_stime.tv_sec * 1_000_000 + Int(usage.ru_stime.tv_usec))
  }

  func since(_ start: CellUsage) -> CellUsage {
    CellUsage(
      wallNanoseconds: wallNanoseconds - start.wallNanoseconds,
      userMicroseconds: userMicroseconds - start.userMicroseconds,
      systemMicroseconds: systemMicroseconds - start.systemMicroseconds)
  }
}

extension Worker {
  /// Answers what directives ask between cells.
  func answer(_ message: WorkerMessage) -> WorkerMessage {
    switch message.kind {
    case WorkerMessageKind.environment:
      let name = message.text(0)
      if message.fields.count == 1 {
        unsafe unsetenv(name)
      } else if message.fields.count > 1 {
        unsafe setenv(name, message.text(1), 1)
      }
      return WorkerMessage(
        kind: WorkerMessageKind.answer, texts: currentEnvironment().map { "\($0)=\($1)" })
    case WorkerMessageKind.directory:
      var reason = ""
      if !message.fields.isEmpty, unsafe chdir(message.text(0)) != 0 { reason = errorText(errno) }
      return WorkerMessage(
        kind: WorkerMessageKind.answer, texts: [Files.currentFolder ?? "", reason])
    default:
      let usage = lastUsage
      return WorkerMessage(
        kind: WorkerMessageKind.answer,
        texts: [usage.wallNanoseconds, usage.userMicroseconds, usage.systemMicroseconds].map {
          String($0)
        })
    }
  }
}

// What the code of `%timeit` calls by symbol.

/// Takes a value that was computed to be timed; the compiler cannot look in here, so it has to
/// compute it.
@_silgen_name("martlet_sink")
@inline(never)
public func martletSink<Value>(_ value: Value) {}

/// A monotonic clock, in nanoseconds.
@_silgen_name("martlet_clock")
public func martletClock() -> Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
