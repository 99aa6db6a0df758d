"""Completion and inspection as a frontend sees them, over a session's life."""

import os
import signal
import time

import psutil
import pytest


def complete(kernel, code, cursor=None):
    cursor = len(code) if cursor is None else cursor
    reply = kernel.ask("complete_request", code=code, cursor_pos=cursor)
    assert reply["status"] == "ok"
    assert 0 <= reply["cursor_start"] <= reply["cursor_end"] <= len(code)
    typed = reply["metadata"]["_jupyter_types_experimental"]
    assert [match["text"] for match in typed] == reply["matches"]
    for match in typed:
        assert (match["start"], match["end"]) == (reply["cursor_start"], reply["cursor_end"])
        assert isinstance(match["type"], str) and isinstance(match["signature"], str)
    return reply


def matches(kernel, code, cursor=None):
    return complete(kernel, code, cursor)["matches"]


def inspect(kernel, code, cursor=None, detail=0):
    cursor = len(code) if cursor is None else cursor
    reply = kernel.ask("inspect_request", code=code, cursor_pos=cursor, detail_level=detail)
    assert reply["status"] == "ok"
    return reply["data"] if reply["found"] else None


def assistants(kernel):
    """The kernel's processes for completion, of psutil."""
    found = []
    for child in psutil.Process(kernel.pid).children():
        try:
            if "assist" in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            pass
    return found


# MARK: What is offered


def test_every_match_begins_as_typed_and_can_be_typed_on(shared_kernel):
    shared_kernel.ok("let offered = [3, 1, 2]")
    for code in ("offered.so", "pri", "Arr", "offered.re", "import Fou"):
        typed = code.rpartition(".")[2].rpartition(" ")[2]
        offered = matches(shared_kernel, code)
        assert offered, code
        assert all(match.startswith(typed) for match in offered), offered
        # No placeholder, no parenthesis that the user would have to take away.
        assert not [match for match in offered if set(match) & set("<>#()[]{} ")]


def test_what_is_inserted_runs(shared_kernel):
    shared_kernel.ok("var insertable = [3, 1, 2]")
    code = "insertable.appe"
    reply = complete(shared_kernel, code)
    assert reply["matches"] == ["append"]
    whole = code[:reply["cursor_start"]] + reply["matches"][0] + "(4)\ninsertable.count"
    assert shared_kernel.ok(whole).value == "4"


@pytest.mark.parametrize(
    ("code", "text", "type"),
    [
        ("typedVal", "typedValue", "instance"), ("typedFun", "typedFunction", "function"),
        ("TypedStr", "TypedStruct", "class"), ("TypedProt", "TypedProtocol", "interface"),
        ("TypedEn", "TypedEnum", "enum"), ("whil", "while", "keyword"),
        ("import Glib", "Glibc", "module"), ("TypedStruct().fi", "field", "property"),
        ("typedFunction(la", "label:", "param"), ("let e: TypedEnum = .on", "one", "property"),
    ],
)
def test_what_is_offered_has_a_type(shared_kernel, code, text, type):
    shared_kernel.ok(
        "let typedValue = 1\nfunc typedFunction(label: Int) -> Int { label }\n"
        "struct TypedStruct { var field = 1 }\nprotocol TypedProtocol {}\n"
        "enum TypedEnum { case one, two }"
    )
    reply = complete(shared_kernel, code)
    found = {m["text"]: m for m in reply["metadata"]["_jupyter_types_experimental"]}
    assert text in found, reply["matches"]
    assert found[text]["type"] == type


def test_a_function_has_its_signature_beside_it(shared_kernel):
    shared_kernel.ok("func signedFunction(of path: String, rows: Int = 3) throws -> [Double] { [] }")
    reply = complete(shared_kernel, "signedFun")
    match = reply["metadata"]["_jupyter_types_experimental"][0]
    assert match["signature"].startswith("(of: String") and "[Double]" in match["signature"]


def test_members_of_tensors(shared_kernel):
    shared_kernel.ok("import Martlet\nlet completedTensor = Tensor<Float>([1, 2, 3])")
    assert "shape" in matches(shared_kernel, "completedTensor.sh")
    assert "sum" in matches(shared_kernel, "completedTensor.su")
    assert "Tensor" in matches(shared_kernel, "Tens")


def test_directives(shared_kernel):
    assert "%pipeline" in matches(shared_kernel, "%pi")
    assert "%%step" in matches(shared_kernel, "%%st")
    assert matches(shared_kernel, "%nosuch") == []


def test_help_for_directives(shared_kernel):
    for code in ("%timeit", "%timeit?", "?%timeit"):
        assert "Usage: %timeit" in inspect(shared_kernel, code, 4)["text/plain"]
    (page,) = shared_kernel.ok("%pipeline?").reply["payload"]
    assert "Usage: %pipeline" in page["data"]["text/plain"]


# MARK: Symbols of the session


def test_symbols_of_every_earlier_cell(kernel):
    for index in range(12):
        kernel.ok(f"let earlier{index} = {index}\nfunc earlierFunction{index}() {{}}")
    assert len(matches(kernel, "earlier")) == 24
    assert set(matches(kernel, "earlier1")) == {"earlier1", "earlier10", "earlier11"}


def test_symbols_after_a_cell_that_failed(kernel):
    kernel.ok("let sturdyFirst = 1")
    kernel.fails('let sturdyBroken: Int = "text"')
    assert matches(kernel, "sturdy") == ["sturdyFirst"]
    # What was declared before the failure exists, what comes after it has no value.
    kernel.fails("let sturdySecond = 2\nfatalError()\nlet sturdyThird = 3")
    assert {"sturdyFirst", "sturdySecond"} <= set(matches(kernel, "sturdy"))
    kernel.fails("undeclaredName")
    assert "sturdyFirst" in matches(kernel, "sturdyF")


def test_symbols_of_a_cell_that_ran_again_with_another_type(kernel):
    kernel.ok("let changing = [1, 2]")
    assert "count" in matches(kernel, "changing.cou")
    kernel.ok("let changing = 1.5")
    assert matches(kernel, "changing.cou") == []
    assert "rounded" in matches(kernel, "changing.rou")
    kernel.ok('let changing = "text"')
    assert "uppercased" in matches(kernel, "changing.upper")
    reply = complete(kernel, "changin")
    assert reply["metadata"]["_jupyter_types_experimental"][0]["signature"] == "String"


def test_members_of_extensions(kernel):
    kernel.ok("struct Extended { var own = 1 }")
    kernel.ok("extension Extended { var addedLater: Int { 2 } }")
    assert matches(kernel, "Extended().addedL") == ["addedLater"]
    kernel.ok("extension Int { var doubledLater: Int { self * 2 } }")
    assert matches(kernel, "3.doubledL") == ["doubledLater"]


def test_symbols_are_gone_with_the_worker(kernel):
    kernel.ok("let mortalName = 1")
    assert matches(kernel, "mortalN") == ["mortalName"]
    kernel.worker().kill()
    kernel.run("let another = 1")
    kernel.ok("let anotherMore = 1")
    assert matches(kernel, "mortalN") == []


# MARK: Paths


def test_files_in_strings_and_directives(kernel, tmp_path):
    (tmp_path / "measured values.csv").write_text("")
    (tmp_path / "measured").mkdir()
    (tmp_path / "measured" / "inner.txt").write_text("")
    kernel.ok("1")
    assert matches(kernel, 'let file = "meas') == ["measured/", "measured values.csv"]
    assert matches(kernel, 'let file = "measured/in') == ["inner.txt"]
    reply = complete(kernel, "%load measured/inn")
    assert reply["matches"] == ["inner.txt"]
    assert reply["cursor_start"] == len("%load measured/")
    assert matches(kernel, "%cd meas") == ["measured/", "measured values.csv"]
    assert matches(kernel, "!cat measured/") == ["inner.txt"]


def test_paths_follow_the_folder_that_the_code_changes_to(kernel, tmp_path):
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "found here.txt").write_text("")
    kernel.ok('import Glibc\nchdir("deeper")')
    assert matches(kernel, '"found') == ["found here.txt"]


# MARK: Inspection


def test_inspection_says_where_a_symbol_is_declared(kernel):
    kernel.ok("let padding = 1")
    count = kernel.ok(
        "\n/// Rows that are not empty.\n///\n/// - Parameter path: A CSV file.\n"
        "func rowCount(of path: String) -> Int {\n  path.count\n}\n"
        "struct Row {\n  /// How wide.\n  var width = 1\n}"
    ).reply["execution_count"]
    data = inspect(kernel, "rowCount", 3)
    for text in data.values():
        assert "func rowCount(of path: String) -> Int" in text
        assert "Rows that are not empty." in text
        assert f"cell {count}, line 5" in text
    assert data["text/markdown"].startswith("```swift\n")
    assert "**Parameter** `path`: A CSV file." in data["text/markdown"]
    assert "path.count" not in data["text/plain"]
    width = inspect(kernel, "Row().width")["text/plain"]
    assert f"cell {count}, line 10" in width and "How wide." in width
    here = inspect(kernel, "\nlet localName = 2.5\nlocalName")["text/plain"]
    assert "let localName: Double" in here and "this cell, line 2" in here
    assert "Declared in Swift." in inspect(kernel, "print")["text/plain"]


def test_a_detailed_inspection_shows_more(kernel):
    kernel.ok("/// Doubles.\nfunc doubled(_ value: Int) -> Int {\n  value * 2  // by hand\n}")
    assert "by hand" not in inspect(kernel, "doubled")["text/plain"]
    detailed = inspect(kernel, "doubled", detail=1)
    assert "value * 2  // by hand" in detailed["text/plain"]
    assert "value * 2  // by hand" in detailed["text/markdown"]
    plain = inspect(kernel, "Array")["text/plain"]
    members = inspect(kernel, "Array", detail=1)["text/plain"]
    assert "func reserveCapacity" in members and "func reserveCapacity" not in plain
    assert len(members) > 2 * len(plain)


def test_a_question_mark_asks_for_help(kernel):
    kernel.ok("/// Doubles.\nfunc doubled(_ value: Int) -> Int {\n  value * 2  // by hand\n}")
    for code, isDetailed in (("?doubled", False), ("doubled?", False), ("doubled??", True)):
        result = kernel.ok(code)
        (page,) = result.reply["payload"]
        assert page["source"] == "page" and page["start"] == 0
        assert "Doubles." in page["data"]["text/plain"]
        assert "cell 1, line 2" in page["data"]["text/markdown"]
        assert ("by hand" in page["data"]["text/plain"]) == isDetailed
        assert kernel.ask("is_complete_request", code=code)["status"] == "complete"
        assert "Doubles." in inspect(kernel, code)["text/plain"]
    assert "doubled" in matches(kernel, "?doubl")
    assert "noSuchName" in kernel.ok("?noSuchName").stream()


# MARK: Faults of the process


def test_a_killed_process_costs_nothing(kernel):
    kernel.ok("let survivor = [1]")
    assert matches(kernel, "survivor.rev") == ["reverse", "reversed"]
    for _ in range(3):
        (assistant,) = assistants(kernel)
        assistant.kill()
        assert matches(kernel, "survivor.rev") == ["reverse", "reversed"]
    assert kernel.ok("survivor.count").value == "1"


def test_a_process_that_hangs_costs_one_answer(kernel):
    kernel.ok("let survivor = [1]")
    assert matches(kernel, "survivor.rev") == ["reverse", "reversed"]
    (assistant,) = assistants(kernel)
    assistant.send_signal(signal.SIGSTOP)
    started = time.monotonic()
    assert matches(kernel, "survivor.rev") == []
    assert time.monotonic() - started < 60
    assert matches(kernel, "survivor.rev") == ["reverse", "reversed"]
    (other,) = assistants(kernel)
    assert other.pid != assistant.pid
    other.send_signal(signal.SIGSTOP)
    assert inspect(kernel, "survivor") is None
    assert inspect(kernel, "survivor") is not None
    assert kernel.ok("survivor.count").value == "1"


def test_a_process_that_dies_while_it_answers(kernel):
    kernel.ok("let survivor = [1]")
    matches(kernel, "survivor.rev")
    (assistant,) = assistants(kernel)
    assistant.send_signal(signal.SIGSTOP)
    message = kernel.client.session.msg(
        "complete_request", {"code": "survivor.rev", "cursor_pos": 12})
    kernel.client.shell_channel.send(message)
    # Busy means that the request is on its way to the process, which cannot take it.
    while True:
        status = kernel.client.get_iopub_msg(timeout=60)
        if status["parent_header"].get("msg_id") == message["header"]["msg_id"]:
            break
    assistant.kill()
    reply = kernel.client.get_shell_msg(timeout=60)
    assert reply["parent_header"]["msg_id"] == message["header"]["msg_id"]
    assert reply["content"]["status"] == "ok"
    assert matches(kernel, "survivor.rev") == ["reverse", "reversed"]


def test_the_first_request_may_come_before_the_kernel_is_ready(start_kernel):
    # No cell has run, so the toolchain may not even have been looked for yet.
    assert "print" in matches(start_kernel(), "prin")


def test_completion_while_other_programs_want_the_processors(kernel):
    import subprocess
    import sys

    kernel.ok("let patient = [1]")
    burners = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(4 * (os.cpu_count() or 1))
    ]
    try:
        for _ in range(3):
            assert matches(kernel, "patient.rev") == ["reverse", "reversed"]
            kernel.ok("let other = 1")
    finally:
        for burner in burners:
            burner.kill()
            burner.wait()


def test_two_kernels_do_not_meet(start_kernel):
    first, second = start_kernel(), start_kernel()
    first.ok("let belongsToFirst = 1")
    second.ok("let belongsToSecond = 1")
    assert matches(first, "belongsTo") == ["belongsToFirst"]
    assert matches(second, "belongsTo") == ["belongsToSecond"]


# MARK: Memory


def proportional_mebibytes(process):
    """The memory that a process accounts for: its own, and its share of what others use too."""
    try:
        return sum(mapping.pss for mapping in process.memory_maps()) / 2**20
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def test_at_rest_after_a_completion_the_memory_is_small(kernel):
    kernel.ok("import Foundation\nlet small = [1]")
    assert matches(kernel, "small.rev") == ["reverse", "reversed"]
    assert "small" in matches(kernel, "smal")
    kernel_process = psutil.Process(kernel.pid)
    end = time.monotonic() + 60
    while True:
        total = sum(
            map(proportional_mebibytes, [kernel_process, *kernel_process.children(recursive=True)])
        )
        if total <= 120:
            break
        assert time.monotonic() < end, f"{total:.0f} MiB at rest"
        time.sleep(0.5)
    assert matches(kernel, "small.rev") == ["reverse", "reversed"]


def test_what_libraries_offer_is_kept_for_the_next_kernel(start_kernel, tmp_path):
    entries = tmp_path / "cache" / "martlet" / "completion"

    def complete_in_a_new_kernel():
        kernel = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
        kernel.ok("import Foundation\nlet fileManagers = [FileManager.default]")
        assert "FileManager" in matches(kernel, "FileMan")
        assert "fileManagers" in matches(kernel, "fileMan")
        end = time.monotonic() + 60
        while any(entry.name.startswith("Cell_") for entry in entries.iterdir()):
            assert time.monotonic() < end, "entries of cells are never removed"
            time.sleep(0.2)
        return {entry.name: entry.stat().st_mtime_ns for entry in entries.iterdir()}

    first = complete_in_a_new_kernel()
    assert any(name.startswith("Foundation-") for name in first)
    assert complete_in_a_new_kernel() == first


def test_completion_works_without_a_folder_for_the_cache(start_kernel, tmp_path):
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("not a folder")
    kernel = start_kernel(XDG_CACHE_HOME=str(in_the_way))
    kernel.ok("let small = [1]")
    assert "small" in matches(kernel, "smal")
