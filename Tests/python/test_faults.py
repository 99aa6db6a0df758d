"""Cells that fail in every way, over and over in one session: nothing is lost, nothing grows."""

import re
import resource

import pytest
from faults import ANSI, FAULTS, Death, FaultySession

def plain(result):
    return ANSI.sub("", result.trace)


def test_faults_in_a_random_order_lose_nothing(kernel):
    # `make bench-faults` has 1,000 of them.
    session = FaultySession(kernel, seed=20260731)
    order = [fault for fault in FAULTS if not isinstance(fault, Death)]
    session.random.shuffle(order)
    for fault in order:
        session.have(fault)
    # Cell threads that were stopped are gone, and their stacks of 512 MiB with them.
    resident, mapped, threads = session.memory()
    assert threads < 60
    assert mapped < 8 * 1024
    assert resident < 500
    for fault in FAULTS:
        if isinstance(fault, Death):
            session.have(fault)


def test_actors_and_the_main_actor_outlive_faults(kernel):
    kernel.ok(
        "import Foundation\n"
        "actor Counter {\n  var count = 0\n  func fail() { count += 1; fatalError(\"no\") }\n"
        "  func next() -> Int { count += 1; return count }\n}\nlet counter = Counter()\n"
        "@MainActor func fail() { fatalError(\"main\") }"
    )
    for count in range(1, 4):
        assert "no" in kernel.fails("await counter.fail()").error["evalue"]
        assert kernel.ok("await counter.next()").value == str(2 * count)
        assert "main" in kernel.fails("await fail()").error["evalue"]
        assert kernel.ok("await MainActor.run { Thread.isMainThread }").value == "true"


def test_the_main_queue_is_served(kernel):
    kernel.ok("import Foundation")
    code = (
        "let done = DispatchSemaphore(value: 0)\n"
        "DispatchQueue.main.async { print(\"main\"); done.signal() }\ndone.wait()"
    )
    assert kernel.ok(code).stream() == "main\n"


def test_an_interrupt_ends_the_task_that_the_cell_waits_for(kernel):
    kernel.ok(
        "import Foundation\nvar turns = 0\n"
        'func work() async { print("on"); while true { turns &+= 1; usleep(1000) } }'
    )
    result, _ = kernel.interrupt_during("await work()", when="stream")
    assert result.error["ename"] == "KeyboardInterrupt"
    ended = "let before = turns\nusleep(100_000)\nprint(turns == before)"
    for _ in range(100):
        if kernel.ok(ended).stream() == "true\n":
            return
    raise AssertionError("the task goes on")


def test_a_task_that_fails_after_its_cell_is_told_of(kernel):
    kernel.ok("var kept = 5")
    kernel.ok(
        "let late = Task { try? await Task.sleep(for: .milliseconds(100)); "
        "let none: [Int] = []; print(none[kept]) }"
    )
    # While a cell ran, it would be ended by it.
    said = ANSI.sub("", kernel.await_output("cell 2, line 1"))
    assert "A task failed" in said and "ndex out of range" in said
    assert kernel.ok("kept").value == "5"


def test_a_callback_of_the_c_library_that_an_interrupt_meets_leaves_it_usable(kernel):
    # Interrupts in the allocator, in printing and in locks of the worker: each must leave them free.
    kernel.ok("struct Chatty: CustomStringConvertible { var description: String { \"c\" } }")
    for code in (
        'while true { print(Chatty(), [1: "a"]) }',
        'import Martlet\nwhile true { display(html: "<b>x</b>") }',
        'print("on")\nwhile true { _ = (0..<100).map { String($0) }.joined() }',
    ):
        kind = "display_data" if "display" in code else "stream"
        result, _ = kernel.interrupt_during(code, when=kind)
        assert result.error["ename"] == "KeyboardInterrupt"
        assert "worker" not in result.error["evalue"]
        assert kernel.ok("print(Chatty())").stream().endswith("c\n")


# MARK: What errors say


def test_localized_errors_say_reason_and_suggestion(kernel):
    result = kernel.fails(
        "import Foundation\nstruct Full: LocalizedError {\n"
        '  var errorDescription: String? { "the disk is full" }\n'
        '  var failureReason: String? { "no block is left" }\n'
        '  var recoverySuggestion: String? { "delete something" }\n}\n'
        "func save() throws { throw Full() }\nlet a = 1\ntry save()"
    )
    assert result.error["ename"] == "Full"
    assert result.error["evalue"] == "the disk is full\nno block is left\ndelete something"
    text = plain(result)
    assert "line 7: func save() throws" in text and "line 9: try save()" in text


@pytest.mark.parametrize(
    ("code", "name", "parts"),
    [
        ('_ = try String(contentsOfFile: "/no/file", encoding: .utf8)', "CocoaError",
         ["exist", "/no/file"]),
        ('throw NSError(domain: "own", code: 7, userInfo: [NSLocalizedDescriptionKey: "said"])',
         "NSError", ["said", "own", "7"]),
        ("_ = try JSONDecoder().decode([String: Int].self, from: Data(#\"{\"a\": \"b\"}\"#.utf8))",
         "DecodingError", ["a", "Int"]),
    ],
)
def test_foundations_errors_can_be_read(shared_kernel, code, name, parts):
    result = shared_kernel.fails(f"import Foundation\n{code}")
    assert result.error["ename"].endswith(name)
    for part in parts:
        assert part in result.error["evalue"]
    assert "UserInfo" not in result.error["evalue"]
    assert "line 2" in plain(result)


def test_an_error_of_a_task_has_the_line_that_threw_it(shared_kernel):
    shared_kernel.ok("struct Late: Error {}\nfunc later() async throws {\n  throw Late()\n}")
    text = plain(shared_kernel.fails("let before = 1\ntry await later()"))
    assert "line 3: throw Late()" in text and "line 2: try await later()" in text


def test_the_c_librarys_complaint_is_the_errors_text(shared_kernel):
    result = shared_kernel.fails(
        "import Foundation\nlet block = malloc(64)!\nfree(block)\nfree(block)\n"
    )
    assert result.error["ename"] == "SIGABRT"
    assert "free" in result.error["evalue"]
    assert "free" not in result.stream("stderr")


# MARK: Memory


def test_a_cell_that_gets_no_more_memory_is_an_error(kernel):
    kernel.ok("var kept = 41")
    worker = kernel.worker()
    used = worker.memory_info().vms
    worker.rlimit(resource.RLIMIT_AS, (used + (1 << 30), used + (1 << 30)))
    grow = (
        "func grow() -> Int {\n  var all: [[UInt8]] = []\n"
        "  while true { all.append([UInt8](repeating: 1, count: 64 << 20)) }\n}\ngrow()"
    )
    for _ in range(2):
        said = plain(kernel.fails(grow))
        assert re.search("memory|Fatal error|SIG", said)
    # Either the worker went on, or a new one was started and said so.
    result = kernel.run("kept + 1")
    if result.status == "error" and "memory" in plain(result):
        result = kernel.run("kept + 1")  # What was left was too little even for that.
    assert result.value == "42" if result.status == "ok" else "kept" in plain(result)
    assert kernel.ok("let after = 2\nafter").value == "2"
    assert kernel.client.is_alive()


# MARK: Asynchronous forms at top level


def test_async_let_at_top_level(shared_kernel):
    shared_kernel.ok(
        "func slow(_ n: Int) async throws -> Int {\n"
        "  try await Task.sleep(for: .milliseconds(20))\n"
        "  if n < 0 { throw CancellationError() }\n  return n\n}\n"
        "func sure(_ n: Int) async -> Int { n }"
    )
    result = shared_kernel.ok(
        "async let a = try slow(3)\nasync let b: Int = sure(4)\ntry await a + b"
    )
    assert result.value == "7"
    # A later cell sees them, and may hide them.
    assert shared_kernel.ok("try await [a, a * 2]").value.startswith("[3, 6]")
    assert shared_kernel.ok('"\\(await b)"').value == '"4"'
    assert shared_kernel.ok("let b = await b + 1\nb").value == "5"
    failed = shared_kernel.fails("async let c = try slow(-1)\ntry await c")
    assert failed.error["ename"] == "Swift.CancellationError"


def test_guard_at_top_level(shared_kernel):
    shared_kernel.ok("func find(_ n: Int) async -> Int? { n > 0 ? n : nil }")
    code = "guard let found = await find(5), found > 4 else { throw CancellationError() }\nfound"
    assert shared_kernel.ok(code).value == "5"
    assert shared_kernel.ok("found + 1").value == "6"
    assert shared_kernel.ok("let maybe: Int? = 8").status == "ok"
    assert shared_kernel.ok("guard let maybe else { fatalError() }\nmaybe + found").value == "13"
    shared_kernel.fails("guard let lost = await find(-5) else { throw CancellationError() }")
    assert "lost" in plain(shared_kernel.fails("lost"))


def test_sequences_groups_and_actors_at_top_level(shared_kernel):
    assert shared_kernel.ok(
        "let numbers = AsyncStream<Int> { c in for n in 1...3 { c.yield(n) }; c.finish() }\n"
        "var sum = 0\nfor await n in numbers { sum += n }\nsum"
    ).value == "6"
    assert shared_kernel.ok(
        "try await withThrowingTaskGroup(of: Int.self) { group in\n"
        "  for n in 1...4 { group.addTask { n } }\n  return try await group.reduce(0, +)\n}"
    ).value == "10"
    shared_kernel.ok("@MainActor final class Model { var n = 1; func add() { n += 1 } }")
    shared_kernel.ok("let model = await Model()\nawait model.add()")
    assert shared_kernel.ok("await model.n").value == "2"


def test_a_task_prints_into_the_newest_cell(shared_kernel):
    shared_kernel.ok(
        "import Foundation\nlet teller = Task { try? await Task.sleep(for: .milliseconds(300)); "
        'print("late") }'
    )
    assert "late" in shared_kernel.ok("sleep(3)").stream()
