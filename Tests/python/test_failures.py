"""Cells that fail: errors, traps, interrupts and workers that die. State is kept where it can be."""

import os
import re
import signal
import time

import pytest

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def plain(result):
    return ANSI.sub("", result.trace)


# MARK: Errors of the compiler


def test_a_compile_error_has_line_column_and_caret(shared_kernel):
    result = shared_kernel.fails('let fine = 1\n  let number: Int = "text"')
    text = plain(result)
    assert ":2:21" in text or "line 2, column 21" in text
    lines = text.splitlines()
    source = next(i for i, line in enumerate(lines) if 'let number: Int = "text"' in line)
    caret = lines[source + 1]
    assert "^" in caret
    assert caret.index("^") == lines[source].index('"text"')
    assert "cannot convert" in result.error["evalue"]
    # Nothing of a cell that does not compile runs or stays.
    assert "fine" in shared_kernel.fails("fine").error["evalue"]


def test_a_syntax_error_has_its_line(shared_kernel):
    result = shared_kernel.fails("let a = 1\nlet b = = 2\n")
    assert ":2:" in plain(result)


def test_all_errors_of_a_cell_are_told(shared_kernel):
    text = plain(shared_kernel.fails("unknownOne()\nunknownTwo()"))
    assert "unknownOne" in text and "unknownTwo" in text


def test_a_warning_is_shown_and_the_cell_runs(shared_kernel):
    result = shared_kernel.ok("func unusedInside() {\n  let unused = 1\n}\nprint(\"ran\")")
    assert result.stream() == "ran\n"
    warning = ANSI.sub("", result.stream("stderr"))
    assert "warning" in warning and "unused" in warning and ":2:7" in warning


def test_lines_count_from_the_cells_first_line_below_a_directive(shared_kernel):
    result = shared_kernel.fails("%%step broken\nlet x: Int = \"\"")
    assert ":2:14" in plain(result)


# MARK: Thrown errors


def test_a_thrown_error_has_its_type_and_description(shared_kernel):
    shared_kernel.ok(
        "enum Weather: Error, CustomStringConvertible {\n"
        "  case rain(Int)\n"
        '  var description: String { "it rains too much" }\n'
        "}"
    )
    result = shared_kernel.fails("let dry = 1\nthrow Weather.rain(3)")
    assert result.error["ename"].endswith("Weather")
    assert "it rains too much" in result.error["evalue"]
    assert shared_kernel.ok("dry").value == "1"


def test_an_error_of_a_library_has_its_text(shared_kernel):
    result = shared_kernel.fails('import Martlet\nlet none = try Tensor<Float>(csv: "none.csv")')
    assert "CSVError" in result.error["ename"]
    assert "none.csv" in result.error["evalue"]


def test_a_csv_with_a_ragged_line_names_file_and_line(kernel, tmp_path):
    (tmp_path / "ragged.csv").write_text("a,b\n1,2\n3\n")
    result = kernel.fails('import Martlet\nlet t = try Tensor<Float>(csv: "ragged.csv")')
    assert "ragged.csv" in result.error["evalue"]
    assert "3" in result.error["evalue"]


def test_a_variable_that_a_failed_cell_never_set_cannot_be_read(shared_kernel):
    shared_kernel.fails("let setBefore = 1\nthrow CancellationError()\nlet neverSet = [1, 2]")
    assert shared_kernel.ok("setBefore").value == "1"
    result = shared_kernel.fails("neverSet.count")
    assert "neverSet" in plain(result)


# MARK: Traps


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("let list = [1, 2, 3]\nlet at = Int(\"10\") ?? 0\nprint(list[at])", "ndex out of range"),
        ("let none: Int? = Int(\"x\")\n\nprint(none!)", "nexpectedly found nil"),
        ("precondition(Int(\"1\") == 2, \"two is not one\")", "two is not one"),
        ('fatalError("by hand")', "by hand"),
        ("let zero = Int(\"0\") ?? 0\nprint(1 / zero)", "ivision by zero"),
        ("let most = Int(\"9223372036854775807\") ?? 0\nprint(most + 1)", ""),
        ("try! { throw CancellationError() }()", "CancellationError"),
    ],
)
def test_a_trap_has_message_and_line_and_keeps_all_state(kernel, code, text):
    kernel.ok("var kept = [1, 2]\nfunc keptToo() -> Int { kept.count }")
    worker = kernel.worker().pid
    result = kernel.fails(code)
    assert text in result.error["evalue"]
    assert f"line {len(code.splitlines())}" in plain(result)
    kernel.ok("kept.append(3)")
    assert kernel.ok("keptToo()").value == "3"
    assert kernel.worker().pid == worker


def test_a_tensor_trap_names_the_operation_and_both_shapes(shared_kernel):
    shared_kernel.ok("import Martlet\nlet kept = Tensor<Float>([1, 2])")
    result = shared_kernel.fails(
        "matmul(Tensor<Float>.zeros(shape: [2, 3]), Tensor<Float>.zeros(shape: [4, 5]))"
    )
    assert "matmul" in result.error["evalue"]
    assert "[2, 3]" in result.error["evalue"] and "[4, 5]" in result.error["evalue"]
    assert shared_kernel.ok("kept.count").value == "2"


def test_a_trap_in_a_function_of_another_cell_names_both_lines(kernel):
    kernel.ok("func third(_ list: [Int]) -> Int {\n  list[2]\n}")
    text = plain(kernel.fails("let short = [1]\nprint(third(short))"))
    assert "line 2" in text


def test_a_bad_address_keeps_the_state(kernel):
    kernel.ok("var kept = 41")
    worker = kernel.worker().pid
    result = kernel.fails("UnsafeMutablePointer<Int>(bitPattern: 8)!.pointee = 1")
    assert "memory" in result.error["evalue"] or "SIGSEGV" in result.error["ename"]
    assert kernel.ok("kept + 1").value == "42"
    assert kernel.worker().pid == worker


def test_endless_recursion_keeps_the_state(kernel):
    kernel.ok("var kept = 41\nfunc deep(_ n: Int) -> Int { n < 0 ? 0 : deep(n + 1) + Int.random(in: 0...1) }")
    result = kernel.fails("deep(0)")
    assert "stack" in result.error["evalue"]
    assert kernel.ok("kept + 1").value == "42"


def test_output_before_a_trap_is_not_lost(kernel):
    result = kernel.fails('print("before")\nfatalError("now")')
    assert "before" in result.stream()


# MARK: Interrupts


@pytest.mark.parametrize(
    "code",
    [
        "while true {}",
        "import Foundation\nsleep(60)",
        'while true { print("again") }',
        "var n = 0\nwhile true { n &+= 1 }",
        "try await Task.sleep(nanoseconds: 60_000_000_000)",
        "import Martlet\nwhile true { _ = matmul(Tensor<Float>.ones(shape: [64, 64]), "
        "Tensor<Float>.ones(shape: [64, 64])) }",
    ],
)
def test_an_interrupt_stops_the_cell_and_keeps_all_state(kernel, code):
    kernel.ok("var kept = 4242")
    worker = kernel.worker().pid
    # A cell's own output tells that it runs; a cell that prints nothing gets a marker.
    marked = code if "print" in code else _after_import(code, 'print("running")')
    result, seconds = kernel.interrupt_during(marked, when="stream")
    assert result.status == "error"
    assert result.error["ename"] == "KeyboardInterrupt"
    assert seconds < 30
    assert kernel.ok("kept").value == "4242"
    assert kernel.worker().pid == worker


def _after_import(code, line):
    lines = code.splitlines()
    head = [line_ for line_ in lines if line_.startswith("import")]
    return "\n".join([*head, line, *lines[len(head):]])


def test_an_interrupt_while_the_cell_compiles_is_not_lost(kernel):
    kernel.ok("var kept = 1\nimport Foundation")
    result, seconds = kernel.interrupt_during("sleep(60)", when="execute_input")
    assert result.status == "error"
    assert seconds < 30
    assert kernel.ok("kept").value == "1"


def test_an_interrupt_while_the_cell_waits_for_input(kernel):
    kernel.ok("var kept = 1")
    message_id = kernel.send("let line = readLine()", allow_stdin=True)
    assert kernel.client.get_stdin_msg(timeout=90)["msg_type"] == "input_request"
    kernel.manager.interrupt_kernel()
    assert kernel.collect(message_id).status == "error"
    assert kernel.ok("kept").value == "1"


def test_an_interrupt_of_an_idle_kernel_does_nothing(kernel):
    kernel.ok("var kept = 1")
    message = kernel.client.session.msg("interrupt_request", {})
    kernel.client.control_channel.send(message)
    # Only after the answer: shell and control have no common order.
    reply = kernel.client.get_control_msg(timeout=90)
    assert reply["parent_header"]["msg_id"] == message["header"]["msg_id"]
    assert reply["content"]["status"] == "ok"
    assert kernel.ok("kept").value == "1"


def test_many_interrupts_in_a_row(kernel):
    kernel.ok("var kept = 0")
    for count in range(1, 6):
        result, _ = kernel.interrupt_during('kept += 1\nprint("on")\nwhile true {}', when="stream")
        assert result.error["ename"] == "KeyboardInterrupt"
        assert kernel.ok("kept").value == str(count)


def test_control_answers_while_a_cell_runs(kernel):
    message_id = kernel.send('print("on")\nwhile true {}')
    while kernel.client.get_iopub_msg(timeout=90)["msg_type"] != "stream":
        pass
    message = kernel.client.session.msg("kernel_info_request", {})
    kernel.client.control_channel.send(message)
    start = time.monotonic()
    while True:
        reply = kernel.client.get_control_msg(timeout=90)
        if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            break
    assert time.monotonic() - start < 30
    kernel.manager.interrupt_kernel()
    assert kernel.collect(message_id).status == "error"


# MARK: Workers that die


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("import Foundation\nexit(3)", "3"),
        ("import Foundation\nkill(getpid(), SIGKILL)\nsleep(60)", "KILL"),
    ],
)
def test_a_worker_that_ends_is_reported_and_replaced(kernel, code, text):
    kernel.ok("let gone = 1")
    pid = kernel.pid
    worker = kernel.worker().pid
    result = kernel.fails(code)
    said = plain(result)
    assert text in said
    assert "variables" in said
    # The session begins anew: earlier names are unknown, not silently wrong.
    assert "gone" in plain(kernel.fails("gone"))
    assert kernel.ok("let new = 41\nnew + 1").value == "42"
    assert kernel.pid == pid
    assert kernel.worker().pid != worker


def test_a_worker_that_is_killed_between_cells_is_reported_and_replaced(kernel):
    kernel.ok("let gone = 1")
    worker = kernel.worker()
    worker.send_signal(signal.SIGKILL)
    worker.wait(timeout=60)
    result = kernel.run("1 + 1")
    assert "variables" in ANSI.sub("", result.stream("stderr") + (
        result.trace if result.status == "error" else ""
    ))
    assert kernel.ok("1 + 1").value == "2"
    assert "gone" in plain(kernel.fails("gone"))


def test_imports_and_declarations_work_after_a_worker_was_replaced(kernel):
    kernel.ok("import Martlet\nfunc double(_ n: Int) -> Int { 2 * n }")
    kernel.fails("import Foundation\nexit(0)")
    kernel.ok("import Martlet\nfunc double(_ n: Int) -> Int { 3 * n }")
    assert kernel.ok("double(Tensor<Float>([1, 2]).count)").value == "6"


# MARK: Tasks that fail


def test_tasks_that_trap_leave_threads_for_others(kernel):
    kernel.ok("var kept = 7")
    trap = "let a = [1]\nprint(await Task { a[a.count + 3] }.value)"
    for _ in range(2 * os.cpu_count() + 3):
        assert kernel.fails(trap).error["ename"] == "Fatal error"
    overflow = (
        "func deeper(_ n: Int) -> Int { n < 0 ? 0 : deeper(n + 1) + deeper(n + 2) }\n"
        "print(await Task { deeper(1) }.value)"
    )
    assert "stack" in kernel.fails(overflow).error["evalue"]
    assert kernel.ok("await Task { kept }.value").value == "7"
    group = (
        "await withTaskGroup(of: Int.self) { group in\n"
        "  for n in 0..<100 { group.addTask { await Task.yield(); return n } }\n"
        "  return await group.reduce(0, +)\n}"
    )
    assert kernel.ok(group).value == "4950"


def test_tasks_that_never_end_leave_threads_for_others(kernel):
    endless = 'let t = Task { print("on"); while true {} }\nawait t.value'
    for _ in range(os.cpu_count() + 1):
        result, _ = kernel.interrupt_during(endless, when="stream")
        assert result.error["ename"] == "KeyboardInterrupt"
    sleeping = "try await Task.sleep(for: .milliseconds(20))\nawait Task { 5 }.value"
    assert kernel.ok(sleeping).value == "5"


def test_sleeping_tasks_wake_in_order(shared_kernel):
    code = (
        "await withTaskGroup(of: Int.self) { group in\n"
        "  for n in [300, 100, 200] {\n"
        "    group.addTask { try? await Task.sleep(for: .milliseconds(n)); return n }\n  }\n"
        "  return await group.reduce(into: []) { $0.append($1) }\n}"
    )
    assert shared_kernel.ok(code).value == "[100, 200, 300]"


# MARK: Errors that teach


def test_a_failed_check_of_the_compiler_is_named(kernel):
    kernel.ok("func bump(_ n: Int) -> Int { n + 1 }\nfunc small(_ n: Int) -> UInt8 { UInt8(n) }")
    for code, text in (
        ("bump(.max)", "arithmetic overflow"), ("small(300)", "Not enough bits"),
    ):
        result = kernel.fails(code)
        assert (result.error["ename"], text in result.error["evalue"]) == ("Fatal error", True)
        assert "at cell 1, line" in plain(result)


def test_an_unknown_name_of_a_known_module_says_what_to_import(kernel):
    result = kernel.fails("let wave = sin(0.5)\nlet t: Tensor<Float> = [1]\nlet other = sinn(1)")
    text = plain(result)
    assert "sin is in Foundation: run `import Foundation`" in text
    assert "Tensor is in Martlet: run `import Martlet`" in text
    assert text.count("note:") == 2
    assert kernel.ok("import Foundation\nimport Martlet\nsin(0.0)").value == "0.0"
    assert "run `import" not in plain(kernel.fails("sinn(1)"))
