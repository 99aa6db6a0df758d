import CFaults
import Glibc
import Processes
import Synchronization

// Threads that were stopped: what becomes of the cell, and of others that worked for it.
extension Worker {
  /// Reports stopped threads, as `descriptor` tells of them.
  func reportFaults(from descriptor: Int32) -> Never {
    var reports = FaultReports(descriptor: descriptor)
    while true {
      let report = reports.take()
      // A task that was given up after its cell was stopped.
      if report.on_cell_thread == 0, report.signal_number == 0 { continue }
      if report.on_cell_thread == 0 {
        endOther(report, &reports)
      } else {
        endCell(report)
      }
    }
  }

  /// A task or a thread that the cell started has failed: the cell cannot go on.
  private func endOther(_ report: cfaults_report, _ reports: inout FaultReports) {
    guard state.withLock({ $0.isRunning }) else {
      // Nobody waits for it, so that it is only told of.
      return send(endMessage(report, kind: WorkerMessageKind.failedTask, progress: 0))
    }
    for attempt in 0..<100 {
      cfaults_interrupt(attempt < 20 ? CFAULTS_POLITE : attempt < 40 ? CFAULTS_FIRM : CFAULTS_HARD)
      if let other = reports.takeIfAny(milliseconds: 2) {
        if other.on_cell_thread != 0 { break }
        guard other.signal_number != 0 else { continue }
        send(endMessage(other, kind: WorkerMessageKind.failedTask, progress: 0))
      }
    }
    endCell(report)
  }

  private func endCell(_ report: cfaults_report) {
    let (wasRunning, progress) = state.withLock { state in
      defer { state.isRunning = false }
      return (state.isRunning, state.progress)
    }
    guard wasRunning else { return }
    cfaults_set_active(0)
    cfaults_release_streams()
    cfaults_flush_streams()
    lines.empty()
    acknowledgements.empty()
    abandonAwaitedCode()
    startCellThread()
    send(endMessage(report, kind: WorkerMessageKind.done, progress: progress))
  }

  private func endMessage(_ report: cfaults_report, kind: UInt8, progress: Int) -> WorkerMessage {
    let signal = report.signal_number
    if signal == CFAULTS_STOPPED_ITSELF, let thrown = state.withLock({ $0.thrown }) {
      return thrown.message(progress: progress, kind: kind)
    }
    let texts = [
      signal == 0 ? "interrupted" : "trapped", signal == 0 ? "" : signalName(signal),
      report.is_stack_overflow != 0 ? "stack" : String(report.address), String(progress),
    ]
    return WorkerMessage(kind: kind, texts: texts + frames(of: report))
  }

  /// The frames as `object\toffset\tname`, innermost first.
  private func frames(of report: cfaults_report) -> [String] {
    var report = report
    return unsafe withUnsafeBytes(of: &report.frames) { bytes in
      let addresses = unsafe bytes.bindMemory(to: UInt.self).prefix(Int(report.frame_count))
      return unsafe addresses.map { describeFrame($0) }
    }
  }
}

/// The reports that the handlers of faults and interrupts write.
private struct FaultReports {
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  mutating func take() -> cfaults_report {
    while true {
      if let report = whole() { return report }
      buffer += FileDescriptor.read(descriptor) ?? []
    }
  }

  mutating func takeIfAny(milliseconds: Int32) -> cfaults_report? {
    if let report = whole() { return report }
    guard FileDescriptor.poll([descriptor], milliseconds: milliseconds)[0] else { return nil }
    return take()
  }

  private mutating func whole() -> cfaults_report? {
    let size = MemoryLayout<cfaults_report>.size
    guard buffer.count >= size else { return nil }
    defer { buffer.removeFirst(size) }
    return unsafe buffer.withUnsafeBytes { unsafe $0.loadUnaligned(as: cfaults_report.self) }
  }
}
