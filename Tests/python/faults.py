"""Everything that may go wrong in a cell, and a session that it goes wrong in over and over."""

import random
import re
import time
from dataclasses import dataclass

ANSI = re.compile(r"\x1b\[[0-9;]*m")

# Declared once, so that each fault is a short cell.
SETUP = """
import Foundation
import Dispatch
struct Refused: LocalizedError {
  var errorDescription: String? { "it was refused" }
}
func outOfRange(_ n: Int) -> Int { let list = [1, 2, 3]; return list[n] }
func forced(_ text: String) -> Int { Int(text)! }
func overflowed(_ n: Int) -> Int { n + Int.max }
func divided(_ n: Int) -> Int { 7 / n }
func checked(_ n: Int) { precondition(n == 0, "n is \\(n)") }
func written(_ address: Int) { UnsafeMutablePointer<Int>(bitPattern: address)!.pointee = 1 }
func deep(_ n: Int) -> Int { n < 0 ? 0 : deep(n + 1) + Int.random(in: 0...1) }
func cast(_ value: Any) -> Int { value as! Int }
func refuse(_ depth: Int) throws { if depth == 0 { throw Refused() }; try refuse(depth - 1) }
struct Shared { var value = 1; mutating func change(_ body: () -> Void) { body(); value += 1 } }
var exclusive = Shared()
final class Owner {}
func unowned() -> String {
  var owner: Owner? = Owner()
  unowned let weak = owner!
  owner = nil
  return "\\(weak)"
}
func cppThrow(_ text: String) {
  typealias Throw = @convention(c) (UnsafePointer<CChar>) -> Void
  let library = dlopen("libstdc++.so.6", RTLD_NOW)
  unsafeBitCast(dlsym(library, "_ZSt21__throw_runtime_errorPKc"), to: Throw.self)(text)
}
func freed(_ address: Int) { free(UnsafeMutableRawPointer(bitPattern: address)) }
func queued() { let queue = DispatchQueue(label: "own"); queue.sync { queue.sync {} } }
actor Counter {
  var count = 0
  func fail() -> Int { count += 1; return outOfRange(count + 9) }
  func next() -> Int { count += 1; return count }
}
let counter = Counter()
@MainActor func failOnMain() -> Int { outOfRange(5) }
@MainActor func onMain() -> Int { 5 }
var mutex = pthread_mutex_t()
pthread_mutex_init(&mutex, nil)
"""


@dataclass(frozen=True)
class Fault:
    """A cell that fails, and what its error says."""

    code: str
    name: str
    text: str = ""


@dataclass(frozen=True)
class Endless:
    """A cell that goes on until it is interrupted; it says `on` first."""

    code: str


@dataclass(frozen=True)
class Death:
    """A cell that ends the worker."""

    code: str
    text: str


FAULTS = [
    Fault("outOfRange(7)", "Fatal error", "ndex out of range"),
    Fault('forced("x")', "Fatal error", "nil"),
    Fault("overflowed(1)", "Fatal error"),
    Fault("divided(0)", "Fatal error", "ivision by zero"),
    Fault("checked(3)", "Fatal error", "n is 3"),
    Fault('fatalError("by hand")', "Fatal error", "by hand"),
    Fault("written(8)", "SIGSEGV", "0x8"),
    Fault("deep(0)", "SIGSEGV", "stack"),
    Fault('cast("text")', "SIGABRT|Fatal error"),
    Fault("throw Refused()", "Refused", "it was refused"),
    Fault("try refuse(3)", "Refused", "it was refused"),
    Fault("try! refuse(0)", "Fatal error", "Refused"),
    Fault("exclusive.change { exclusive.value = 3 }", "Fatal error|SIGABRT"),
    Fault("unowned()", "Fatal error|SIGABRT"),
    Fault('cppThrow("no way")', "std::runtime_error", "no way"),
    Fault("abort()", "SIGABRT"),
    Fault("raise(SIGFPE)", "SIGFPE"),
    Fault("raise(SIGBUS)", "SIGBUS"),
    Fault("freed(0x1008)", "SIGABRT|SIGSEGV"),
    Fault("queued()", "SIGILL|SIGTRAP|Fatal error"),
    Fault("_ = [Int](repeating: 0, count: -1)", "Fatal error", "count"),
    Fault("_ = Dictionary(uniqueKeysWithValues: [(1, 1), (1, 2)])", "Fatal error", "uplicate"),
    Fault('"abc"[String.Index(utf16Offset: 9, in: "abc")]', "Fatal error", "out of bounds"),
    Fault("await Task { outOfRange(9) }.value", "Fatal error", "ndex out of range"),
    Fault("await Task { deep(0) }.value", "SIGSEGV", "stack"),
    Fault("await counter.fail()", "Fatal error", "ndex out of range"),
    Fault("await failOnMain()", "Fatal error", "ndex out of range"),
    Fault("DispatchQueue.global().async { _ = outOfRange(4) }; sleep(60)", "Fatal error", "range"),
    Fault("Thread { _ = outOfRange(4) }.start(); sleep(60)", "Fatal error", "range"),
    Fault("try await Task { try refuse(2) }.value", "Refused", "it was refused"),
    Endless("while true {}"),
    Endless("sleep(60)"),
    Endless('while true { print("on") }'),
    Endless("try await Task.sleep(for: .seconds(60))"),
    Endless("DispatchSemaphore(value: 0).wait()"),
    Endless("pthread_mutex_lock(&mutex); pthread_mutex_lock(&mutex)"),
    Endless("while true { _ = [Int](repeating: 1, count: 3000).reversed() }"),
    Endless("await Task { while !Task.isCancelled { await Task.yield() } }.value"),
    Death("exit(3)", "exit status 3"),
    Death("kill(getpid(), SIGKILL); sleep(60)", "SIGKILL"),
]


class FaultySession:
    """Has faults in a session, and checks after each that nothing was lost."""

    def __init__(self, kernel, seed):
        self.kernel = kernel
        self.random = random.Random(seed)
        self.kept = 0
        self.deaths = 0
        self.samples = []
        kernel.ok(SETUP)
        kernel.ok("var kept = 0")
        self.worker = kernel.worker()

    def have(self, fault):
        kernel = self.kernel
        if isinstance(fault, Endless):
            code = fault.code if "print" in fault.code else f'print("on")\n{fault.code}'
            result, seconds = kernel.interrupt_during(code, when="stream")
            assert result.status == "error", fault
            assert result.error["ename"] == "KeyboardInterrupt", (fault, result.error)
            assert "worker" not in result.error["evalue"], (fault, result.error)
        else:
            result = kernel.fails(fault.code)
        said = ANSI.sub("", result.trace)
        if isinstance(fault, Death):
            assert fault.text in said and "%replay" in said, (fault, said)
            self.deaths += 1
            self.kept = 0
            kernel.ok(SETUP)
            kernel.ok("var kept = 0")
            self.worker = kernel.worker()
            return
        if isinstance(fault, Fault):
            assert re.search(fault.name, result.error["ename"]), (fault, said)
            assert fault.text in result.error["evalue"], (fault, said)
            assert "line 1" in said, (fault, said)
        self.kept += 1
        assert kernel.ok("kept += 1\nkept").value == str(self.kept), fault

    def run(self, count, faults=FAULTS, told=None):
        """Has `count` faults in a random order; gives the seconds of each kind."""
        times = {}
        for number in range(count):
            fault = self.random.choice(faults)
            start = time.monotonic()
            self.have(fault)
            times.setdefault(fault.code, []).append(time.monotonic() - start)
            if told:
                told(number + 1, fault)
        return times

    def memory(self):
        """MiB of resident and of mapped memory, and the threads, of the worker."""
        memory = self.worker.memory_info()
        return memory.rss / 2**20, memory.vms / 2**20, self.worker.num_threads()
