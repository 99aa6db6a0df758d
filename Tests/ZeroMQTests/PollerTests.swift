import Foundation
import Testing
import ZeroMQ

@Suite("Poller")
struct PollerTests {
  @Test("gives up after its time")
  func timeout() throws {
    let wakeUp = try WakeUp()
    var poller = Poller()
    let entry = poller.watch(descriptor: wakeUp.descriptor)
    let start = ContinuousClock.now
    let woke1 = try poller.wait(for: .milliseconds(30))
    #expect(!woke1)
    #expect(ContinuousClock.now - start >= .milliseconds(30))
    let isEntryReady = poller.isReady(entry)
    #expect(!isEntryReady)
  }

  @Test("a wake-up from another thread ends the wait and stays until it is reset")
  func wakeUp() throws {
    let wakeUp = try WakeUp()
    var poller = Poller()
    let entry = poller.watch(descriptor: wakeUp.descriptor)
    Thread.detachNewThread { wakeUp.signal() }
    let woke2 = try poller.wait(for: .seconds(10))
    #expect(woke2)
    let isEntryReady = poller.isReady(entry)
    #expect(isEntryReady)
    wakeUp.signal()
    let woke3 = try poller.wait(for: .zero)
    #expect(woke3)
    wakeUp.reset()
    let woke4 = try poller.wait(for: .zero)
    #expect(!woke4)
  }

  @Test("tells which of several sockets is ready, and wakes beside them")
  func severalEntries() throws {
    let context = try Context()
    let quiet = try Socket(.router, in: context)
    try quiet.bind(to: "tcp://127.0.0.1:0")
    let busy = try Socket(.router, in: context)
    try busy.bind(to: "tcp://127.0.0.1:0")
    let client = try Socket(.dealer, in: context, options: [.lingerMilliseconds(0)])
    try client.connect(to: busy.lastEndpoint())
    try client.send([[1]])
    var poller = Poller()
    let quietEntry = poller.watch(quiet)
    let busyEntry = poller.watch(busy)
    let woke5 = try poller.wait(for: .seconds(10))
    #expect(woke5)
    let isQuietEntryReady = poller.isReady(quietEntry)
    #expect(!isQuietEntryReady)
    let isBusyEntryReady = poller.isReady(busyEntry)
    #expect(isBusyEntryReady)
  }

  @Test("forgets a descriptor that is ignored")
  func ignore() throws {
    let wakeUp = try WakeUp()
    wakeUp.signal()
    var poller = Poller()
    let entry = poller.watch(descriptor: wakeUp.descriptor)
    poller.ignore(entry)
    let woke6 = try poller.wait(for: .milliseconds(5))
    #expect(!woke6)
    let isEntryReady = poller.isReady(entry)
    #expect(!isEntryReady)
  }

  @Test("learns of a signal, also of one that interrupts the wait")
  func signals() throws {
    let wakeUp = try WakeUp()
    SignalForwarding.start([SIGUSR2], to: wakeUp)
    defer { SignalForwarding.stop([SIGUSR2]) }
    var poller = Poller()
    _ = poller.watch(descriptor: wakeUp.descriptor)
    Thread.detachNewThread { kill(getpid(), SIGUSR2) }
    let woke7 = try poller.wait(for: .seconds(10))
    #expect(woke7)
    #expect(SignalForwarding.takePending() == [SIGUSR2])
    #expect(SignalForwarding.takePending().isEmpty)
  }

  @Test("learns that a process ended")
  func processEnd() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sleep")
    process.arguments = ["60"]
    try process.run()
    guard let watch = ProcessWatch(processIdentifier: process.processIdentifier) else {
      Issue.record("no pidfd")
      return
    }
    var poller = Poller()
    _ = poller.watch(descriptor: watch.descriptor)
    let woke8 = try poller.wait(for: .milliseconds(5))
    #expect(!woke8)
    // Not SIGTERM: the pool's threads block it, and their children inherit that.
    kill(process.processIdentifier, SIGKILL)
    let woke9 = try poller.wait(for: .seconds(10))
    #expect(woke9)
  }

  @Test("watches no process that does not exist", arguments: [0, -5, Int32.max])
  func noProcess(identifier: Int32) {
    if ProcessWatch(processIdentifier: identifier) != nil {
      Issue.record("watches process \(identifier)")
    }
  }
}

@Suite("EchoThread")
struct EchoThreadTests {
  @Test("sends every message back, until the context ends")
  func echo() throws {
    let context = try Context()
    let thread = try EchoThread(endpoint: "tcp://127.0.0.1:0", in: context)
    do {
      let client = try Socket(.request, in: context, options: [.lingerMilliseconds(0)])
      try client.connect(to: thread.endpoint)
      for message: [[UInt8]] in [[Array("ping".utf8)], [[], [1], [2]]] {
        try client.send(message)
        #expect(try next(from: client) == message)
      }
    }
    context.shutDown()
    thread.join()
  }

  @Test("a port in use is the caller's error")
  func portInUse() throws {
    let context = try Context()
    let socket = try Socket(.router, in: context)
    try socket.bind(to: "tcp://127.0.0.1:0")
    let endpoint = try socket.lastEndpoint()
    #expect(throws: ZeroMQError.addressInUse(endpoint: endpoint)) {
      _ = try EchoThread(endpoint: endpoint, in: context)
    }
  }
}
