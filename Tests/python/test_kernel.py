"""Cells that succeed: state, values, output, input, messages in their order."""

import itertools
import os
import re

import pytest

numbers = itertools.count(1)


@pytest.fixture
def name():
    """A name that no other test of the shared kernel uses."""
    return f"name{next(numbers)}"


# MARK: State


def test_variables_stay_from_cell_to_cell(shared_kernel, name):
    shared_kernel.ok(f"var {name} = [1, 2]")
    shared_kernel.ok(f"{name}.append(3)")
    assert shared_kernel.ok(name).value == "[1, 2, 3]"


def test_statements_of_one_cell_run_in_order(shared_kernel):
    result = shared_kernel.ok(
        "print(1)\nfor i in 2...3 { print(i) }\nif true { print(4) }\ndefer { print(6) }\nprint(5)"
    )
    assert result.stream().split() == ["1", "2", "3", "4", "5", "6"]


def test_a_later_function_shadows_an_earlier_one(shared_kernel, name):
    shared_kernel.ok(f'func {name}() -> String {{ "old" }}')
    shared_kernel.ok(f"func call{name}() -> String {{ {name}() }}")
    shared_kernel.ok(f'func {name}() -> String {{ "new" }}')
    assert "new" in shared_kernel.ok(f"{name}()").value
    # What was compiled with the old one keeps it, as everywhere in Swift.
    assert "old" in shared_kernel.ok(f"call{name}()").value


def test_a_later_variable_shadows_an_earlier_one_of_another_type(shared_kernel, name):
    shared_kernel.ok(f"let {name} = 1")
    shared_kernel.ok(f'let {name} = "text"')
    assert shared_kernel.ok(f"{name}.count").value == "4"


def test_a_later_type_shadows_an_earlier_one(shared_kernel, name):
    kind = name.capitalize()
    shared_kernel.ok(f"struct {kind} {{ var a = 1 }}")
    shared_kernel.ok(f"let {name} = {kind}()")
    shared_kernel.ok(f'struct {kind} {{ var b = "two" }}')
    assert shared_kernel.ok(f"{kind}().b.count").value == "3"
    assert shared_kernel.ok(f"{name}.a").value == "1"


def test_a_variable_may_be_made_from_the_one_it_shadows(shared_kernel, name):
    shared_kernel.ok(f"let {name} = 20")
    shared_kernel.ok(f"let {name}Twice = {name} * 2")
    assert shared_kernel.ok(f"{name}Twice + 2").value == "42"


def test_imports_persist(shared_kernel):
    shared_kernel.ok("import Foundation")
    assert shared_kernel.ok('"a,b".components(separatedBy: ",").count').value == "2"


def test_types_protocols_extensions_and_generics_of_other_cells_work(shared_kernel, name):
    kind = name.capitalize()
    shared_kernel.ok(f"protocol Named{kind} {{ var label: String {{ get }} }}")
    shared_kernel.ok(f"struct {kind} {{ var n: Int }}")
    shared_kernel.ok(f'extension {kind}: Named{kind} {{ var label: String {{ "n is \\(n)" }} }}')
    shared_kernel.ok(f"func label{kind}<T: Named{kind}>(_ x: T) -> String {{ x.label }}")
    assert "n is 7" in shared_kernel.ok(f"label{kind}({kind}(n: 7))").value


def test_an_extension_may_run_again(shared_kernel, name):
    kind = name.capitalize()
    shared_kernel.ok(f"struct {kind} {{}}")
    for text in ("first", "second"):
        shared_kernel.ok(f'extension {kind} {{ var word: String {{ "{text}" }} }}')
    assert "second" in shared_kernel.ok(f"{kind}().word").value


def test_a_conformance_may_run_again(shared_kernel, name):
    kind = name.capitalize()
    shared_kernel.ok(f"struct {kind} {{}}")
    for text in ("first", "second"):
        shared_kernel.ok(
            f"extension {kind}: CustomStringConvertible {{ var description: String {{ \"{text}\" }} }}"
        )
    assert "second" in shared_kernel.ok(f'"\\({kind}())"').value


def test_a_conformance_that_cannot_be_replaced_says_where_it_is(shared_kernel, name):
    kind = name.capitalize()
    shared_kernel.ok(
        f"protocol {kind} {{ func say() -> String }}\n"
        f'extension Int: {kind} {{ func say() -> String {{ "first" }} }}'
    )
    again = shared_kernel.ok(f'extension Int: {kind} {{ func say() -> String {{ "second" }} }}')
    told = again.stream("stderr")
    assert f"'Int' conforms to '{kind}' in the cell that declares '{kind}'" in told
    assert "run that cell again" in told
    assert "Cell_" not in told and "<unknown>" not in told
    assert shared_kernel.ok(f"let any{kind}: any {kind} = 1; any{kind}.say()").value == '"first"'


def test_closures_and_classes_keep_their_state(shared_kernel, name):
    shared_kernel.ok(
        f"final class Counter{name} {{ var n = 0 }}\n"
        f"let {name} = Counter{name}()\nlet add{name} = {{ {name}.n += 1 }}"
    )
    shared_kernel.ok(f"add{name}()\nadd{name}()")
    assert shared_kernel.ok(f"{name}.n").value == "2"


# MARK: Values


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("1 + 1", "2"),
        ("[1, 2].map { $0 * 2 }", "[2, 4]"),
        ("let hidden = 1", None),
        ("print(1)", None),
        ("()", None),
        ("Optional(3)", "3"),
        ("if true { 5 }", None),
        ("", None),
        ("// only a comment", None),
    ],
)
def test_the_trailing_expression_is_shown(shared_kernel, code, value):
    shown = shared_kernel.ok(code).value
    if value is None:
        assert shown is None
    else:
        assert value in shown


def test_a_tensor_is_shown_as_a_table(shared_kernel):
    shared_kernel.ok("import Martlet")
    data = shared_kernel.ok("Tensor<Float>([[1, 2], [3, 4]])").contents("execute_result")[0]["data"]
    assert "<table" in data["text/html"]
    assert "1" in data["text/plain"] and "4" in data["text/plain"]


def test_a_chart_is_shown_as_vega_lite_and_as_a_picture(shared_kernel):
    shared_kernel.ok("import Martlet")
    result = shared_kernel.ok('Chart.bar(["a", "b"], [1.0, 2.0], title: "bars")')
    data = result.contents("execute_result")[0]["data"]
    vega = [value for kind, value in data.items() if kind.startswith("application/vnd.vegalite")]
    assert vega and vega[0]["title"]
    assert data["image/svg+xml"].lstrip().startswith("<svg")


def test_display_publishes_while_the_cell_runs(shared_kernel):
    shared_kernel.ok("import Martlet")
    result = shared_kernel.ok("print(1)\ndisplay(Tensor<Float>([1, 2]))\nprint(2)")
    kinds = [m["msg_type"] for m in result.messages if m["msg_type"] in ("stream", "display_data")]
    assert kinds == ["stream", "display_data", "stream"]
    assert "<table" in result.contents("display_data")[0]["data"]["text/html"]


# MARK: Streams


def test_output_arrives_while_the_cell_runs(kernel, tmp_path):
    kernel.ok("import Foundation")
    go = tmp_path / "go"
    before_second = []

    def watch(message):
        if message["msg_type"] == "stream":
            before_second.append(message["content"]["text"])
            # The cell waits for this file: had the output been held back, it would never end.
            go.touch()

    kernel.ok(
        'print("first")\n'
        f'while !FileManager.default.fileExists(atPath: "{go}") {{ usleep(1000) }}\n'
        'print("second")',
        on_message=watch,
    )
    assert before_second == ["first\n", "second\n"]


def test_output_without_a_line_end_arrives_while_the_cell_runs(kernel, tmp_path):
    kernel.ok("import Foundation")
    go = tmp_path / "go"
    seen = []

    def watch(message):
        if message["msg_type"] == "stream":
            seen.append(message["content"]["text"])
            go.touch()

    kernel.ok(
        'print("no end", terminator: "")\n'
        f'while !FileManager.default.fileExists(atPath: "{go}") {{ usleep(1000) }}',
        on_message=watch,
    )
    assert "".join(seen) == "no end"


def test_standard_error_is_a_stream_of_its_own(shared_kernel):
    shared_kernel.ok("import Foundation")
    result = shared_kernel.ok('FileHandle.standardError.write(Data("warn\\n".utf8))\nprint("out")')
    assert result.stream("stderr") == "warn\n"
    assert result.stream("stdout") == "out\n"


def test_output_of_c_code_and_of_child_processes_is_shown(shared_kernel):
    shared_kernel.ok("import Foundation")
    result = shared_kernel.ok(
        'puts("from C")\n'
        "let child = Process()\n"
        'child.executableURL = URL(fileURLWithPath: "/bin/echo")\n'
        'child.arguments = ["from a child"]\n'
        "try child.run()\nchild.waitUntilExit()"
    )
    assert "from C" in result.stream()
    assert "from a child" in result.stream()


def test_no_byte_of_much_output_is_lost(shared_kernel):
    result = shared_kernel.ok('for i in 0..<100_000 { print("line", i) }')
    assert result.stream() == "".join(f"line {i}\n" for i in range(100_000))


def test_characters_of_many_bytes_come_whole(shared_kernel):
    text = "äöü 🐦 漢字 " * 2000
    result = shared_kernel.ok(f'for _ in 0..<2000 {{ print("äöü 🐦 漢字 ", terminator: "") }}')
    assert result.stream() == text


# MARK: Input and waiting


def test_read_line_asks_the_frontend(shared_kernel):
    result = shared_kernel.ok(
        'let first = readLine()\nlet second = readLine()\nprint("got", first ?? "-", second ?? "-")',
        answers=["ada", "grace hopper"],
    )
    assert result.stream().endswith("got ada grace hopper\n")


def test_read_line_does_not_hang_where_nobody_can_answer(shared_kernel):
    result = shared_kernel.run('let nobody = readLine()\nprint("went on")')
    assert result.status in ("ok", "error")


def test_top_level_await(shared_kernel):
    assert shared_kernel.ok(
        "func later(_ n: Int) async -> Int { try? await Task.sleep(nanoseconds: 1_000); return n }\n"
        "let awaited = await later(41)\nawaited + 1"
    ).value == "42"
    # And the cell after it sees the value.
    assert shared_kernel.ok("awaited").value == "41"


def test_an_actor_and_a_task_group(shared_kernel):
    assert shared_kernel.ok(
        "actor Sum { var n = 0; func add(_ k: Int) { n += k } }\n"
        "let sum = Sum()\n"
        "await withTaskGroup(of: Void.self) { group in\n"
        "  for i in 1...10 { group.addTask { await sum.add(i) } }\n"
        "}\n"
        "await sum.n"
    ).value == "55"


# MARK: Messages


def test_busy_and_idle_pair_and_output_lies_between(shared_kernel):
    result = shared_kernel.ok('print("x")\n1')
    kinds = [
        m["content"].get("execution_state", m["msg_type"])
        if m["msg_type"] == "status" else m["msg_type"]
        for m in result.messages
    ]
    assert kinds[:2] == ["busy", "execute_input"]
    assert kinds[-1] == "idle"
    assert kinds[2:-1] == ["stream", "execute_result"]


def test_execution_counts_rise_and_follow_store_history(shared_kernel):
    first = shared_kernel.ok("1").reply["execution_count"]
    assert shared_kernel.ok("1").reply["execution_count"] == first + 1
    shared_kernel.ok("1", store_history=False)
    assert shared_kernel.ok("1").reply["execution_count"] == first + 2


def test_a_silent_cell_publishes_no_value(shared_kernel):
    result = shared_kernel.ok("let quiet = 3\nquiet", silent=True)
    assert not result.contents("execute_result")
    assert not result.contents("execute_input")
    assert shared_kernel.ok("quiet").value == "3"


def test_user_expressions_are_evaluated_after_the_cell(shared_kernel):
    result = shared_kernel.ok(
        "let base = 20", user_expressions={"sum": "base + 22", "bad": "nothing + 1"}
    )
    values = result.reply["user_expressions"]
    assert values["sum"]["status"] == "ok"
    assert values["sum"]["data"]["text/plain"] == "42"
    assert values["bad"]["status"] == "error"


def test_cells_sent_together_run_in_order_and_stop_at_an_error(shared_kernel):
    ids = [shared_kernel.send(code) for code in ("1", "let wrong: Int = \"\"", "2", "3")]
    results = [shared_kernel.collect(message_id) for message_id in ids]
    assert [result.status for result in results] == ["ok", "error", "aborted", "aborted"]
    # Frontends show the count of the reply beside the cell, which did not run.
    assert ["execution_count" in result.reply for result in results] == [True, True, False, False]
    ids = [shared_kernel.send("let wrong: Int = \"\"", stop_on_error=False), shared_kernel.send("2")]
    assert [shared_kernel.collect(message_id).status for message_id in ids] == ["error", "ok"]


def test_kernel_info(shared_kernel):
    info = shared_kernel.ask("kernel_info_request")
    assert info["status"] == "ok"
    assert tuple(int(part) for part in info["protocol_version"].split(".")[:2]) >= (5, 4)
    assert info["implementation"] == "martlet"
    language = info["language_info"]
    assert language["name"] == "swift"
    assert language["file_extension"] == ".swift"
    assert re.match(r"6\.3", language["version"])


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("let a = 1", "complete"),
        ("func f() {", "incomplete"),
        ("let a = [1,", "incomplete"),
        ('let s = """\nabc', "incomplete"),
        ("let a = )", "invalid"),
    ],
)
def test_is_complete(shared_kernel, code, status):
    reply = shared_kernel.ask("is_complete_request", code=code)
    assert reply["status"] == status
    if status == "incomplete":
        assert reply["indent"].strip() == ""


def test_completion_knows_members_and_the_session(shared_kernel):
    shared_kernel.ok("let completableNumbers = [1, 2, 3]")
    code = "completableNumbers.rever"
    reply = shared_kernel.ask("complete_request", code=code, cursor_pos=len(code))
    assert reply["status"] == "ok"
    assert any(match.startswith("reverse") for match in reply["matches"])
    assert (reply["cursor_start"], reply["cursor_end"]) == (len("completableNumbers."), len(code))
    reply = shared_kernel.ask("complete_request", code="completableN", cursor_pos=12)
    assert "completableNumbers" in reply["matches"]


def test_completion_counts_positions_in_characters_of_unicode(shared_kernel):
    code = 'let bird = "🐦"; bird.upperc'
    reply = shared_kernel.ask("complete_request", code=code, cursor_pos=len(code))
    assert any(match.startswith("uppercased") for match in reply["matches"])
    assert reply["cursor_start"] == len(code) - len("upperc")


def test_inspection_shows_documentation(shared_kernel):
    reply = shared_kernel.ask("inspect_request", code="print", cursor_pos=3, detail_level=0)
    assert reply["status"] == "ok" and reply["found"]
    assert "print" in reply["data"]["text/plain"]
    reply = shared_kernel.ask("inspect_request", code="noSuchName", cursor_pos=4, detail_level=0)
    assert reply["status"] == "ok" and not reply["found"]


def test_history(kernel, name):
    # A kernel of its own: the tail is that of all sessions, and other tests have later ones.
    kernel.ok(f"let {name} = 1")
    reply = kernel.ask(
        "history_request", hist_access_type="tail", n=1, raw=True, output=False
    )
    assert [entry[2] for entry in reply["history"]] == [f"let {name} = 1"]


def test_comm_info_is_empty_and_an_unknown_comm_is_closed(shared_kernel):
    assert shared_kernel.ask("comm_info_request")["comms"] == {}
    session = shared_kernel.client.session
    message = session.msg("comm_open", {"comm_id": "c1", "target_name": "nothing", "data": {}})
    shared_kernel.client.shell_channel.send(message)
    while True:
        answer = shared_kernel.client.get_iopub_msg(timeout=90)
        if answer["msg_type"] == "comm_close":
            assert answer["content"]["comm_id"] == "c1"
            break


def test_shutdown_and_restart(kernel):
    kernel.ok("let before = 1")
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=90)
    result = kernel.fails("before")
    assert "before" in result.error["evalue"]
    assert kernel.ok("1 + 1").value == "2"


def test_a_shutdown_leaves_no_process_behind(kernel):
    import psutil

    processes = [psutil.Process(kernel.pid), *psutil.Process(kernel.pid).children(recursive=True)]
    assert len(processes) >= 2
    kernel.manager.shutdown_kernel(now=False)
    _, alive = psutil.wait_procs(processes, timeout=60)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_a_variable_may_be_made_from_its_earlier_self(shared_kernel, name):
    shared_kernel.ok(f"let {name} = 20")
    shared_kernel.ok(f"let {name} = {name} + 1")
    shared_kernel.ok(f'let {name} = "\\({name})!"')
    assert shared_kernel.ok(name).value == '"21!"'


def test_overloads_of_several_cells_live_side_by_side(shared_kernel, name):
    shared_kernel.ok(f'func {name}(_ a: Int) -> String {{ "Int" }}')
    shared_kernel.ok(f'func {name}(_ a: String) -> String {{ "String" }}')
    shared_kernel.ok(f'func {name}(_ a: Bool) -> String {{ {name}(1) + {name}("") + "Bool" }}')
    assert shared_kernel.ok(f"{name}(true)").value == '"IntStringBool"'
    shared_kernel.ok(f'func {name}(_ a: Int) -> String {{ "new" }}')
    assert shared_kernel.ok(f"{name}(1)").value == '"new"'


def test_operators_and_wrappers_are_seen_by_later_cells(shared_kernel, name):
    shared_kernel.ok("infix operator +-+\nfunc +-+ (a: Int, b: Int) -> Int { a * 10 + b }")
    shared_kernel.ok(f"@propertyWrapper struct {name} {{ var wrappedValue: Int }}")
    shared_kernel.ok(f"struct {name}Box {{ @{name} var value = 4 +-+ 2 }}")
    assert shared_kernel.ok(f"{name}Box().value").value == "42"
    shared_kernel.ok("infix operator +-+\nfunc +-+ (a: Int, b: Int) -> Int { a * 100 + b }")
    assert shared_kernel.ok("4 +-+ 2").value == "402"


def test_a_cell_of_a_type_and_its_extensions_runs_again(shared_kernel, name):
    cell = (
        f"protocol {name}P {{ func tell() -> String }}\nstruct {name} {{ var a = 1 }}\n"
        f'extension {name}: {name}P {{ func tell() -> String {{ "told \\(a)" }} }}'
    )
    for _ in range(3):
        shared_kernel.ok(cell)
        shared_kernel.ok(f"let {name}Value: any {name}P = {name}()")
        assert shared_kernel.ok(f"{name}Value.tell()").value == '"told 1"'


@pytest.mark.parametrize("module, code", [
    ("Gradients", "grad { (x: Tensor<Float>) in (x * x).sum() }([3]).scalars"),
    ("Tables", 'try Table(csvText: "a\\n6.0\\n")["a"].values'),
    ("Learners", "try MinMaxScaler(range: 0...6).fitted(Tensor<Double>([[1], [2]])).transform([[2]]).scalars"),
    ("NeuralNetworks", "Linear(3, 2)(Tensor<Float>.ones(shape: [1, 3])).shape"),
])
def test_a_module_of_the_library_can_be_imported_alone(start_kernel, module, code):
    kernel = start_kernel()
    assert kernel.ok(f"import Tensors\nimport {module}\n{code}").value in ("[6.0]", "[1, 2]")


def test_regular_expressions_are_written_between_slashes(shared_kernel, name):
    shared_kernel.ok(f"let {name} = /(\\d+)-(?<last>\\w+)/")
    assert shared_kernel.ok(f'"12-ab".firstMatch(of: {name})!.last').value == '"ab"'
    assert shared_kernel.ok("let six = 12, two = 2\nsix / two / 3").value == "2"


NOTED = """
final class {0} {{ let tag: String; init(_ tag: String) {{ self.tag = tag }}; deinit {{ print("end of", tag) }} }}
"""


def test_the_value_of_a_replaced_variable_is_released(shared_kernel, name):
    shared_kernel.ok(NOTED.format(name))
    shared_kernel.ok(f'var {name}A = {name}("one"), {name}B = [{name}("two"), {name}("three")]')
    assert shared_kernel.ok(f'let {name}A = {name}("four")\n{name}A.tag').stream() == "end of one\n"
    printed = shared_kernel.ok(f"let {name}B = {name}B.dropLast().map(\\.tag)\n{name}B")
    assert (printed.stream(), printed.value) == ("end of two\nend of three\n", '["two"]')
    assert shared_kernel.ok(f"func {name}A() {{}}").stream() == "end of four\n"
    assert shared_kernel.ok(f"{name}A(); {name}B").stream() == ""


def test_a_replaced_variable_lives_on_in_code_that_uses_it(shared_kernel, name):
    shared_kernel.ok(NOTED.format(name))
    shared_kernel.ok(f'let {name}A = {name}("one")')
    shared_kernel.ok(f"func {name}F() -> String {{ {name}A.tag }}")
    shared_kernel.ok(f"let {name}T = Task {{ try await Task.sleep(for: .seconds(1)); return {name}A.tag }}")
    assert shared_kernel.ok(f'let {name}A = {name}("two")').stream() == ""
    assert shared_kernel.ok(f"{name}F()").value == '"one"'
    assert shared_kernel.ok(f"try await {name}T.value").value == '"one"'


def test_values_that_cannot_be_copied_are_released_too(shared_kernel, name):
    shared_kernel.ok(
        f"import Synchronization\nstruct {name}: ~Copyable {{ let n: Int; deinit {{ print(\"end of\", n) }} }}"
    )
    shared_kernel.ok(f"let {name}A = {name}(n: 1)\nlet {name}M = Mutex([1])")
    assert shared_kernel.ok(f"let {name}A = {name}(n: 2)").stream() == "end of 1\n"
    assert shared_kernel.ok(f"let {name}M = Mutex([2])\n{name}M.withLock {{ $0 }}").value == "[2]"


def test_a_cell_that_fails_releases_nothing_twice(shared_kernel, name):
    shared_kernel.ok(NOTED.format(name))
    shared_kernel.ok(f'let {name}A = {name}("one")')
    cell = f'let {name}A = {name}("two")\nlet zero = [Int]()[0]'
    assert shared_kernel.fails(cell).stream() == ""
    assert shared_kernel.ok(f'let {name}A = {name}("three")').stream() == "end of one\nend of two\n"
    # A variable that never got a value has none to release.
    shared_kernel.fails(f'let {name}B = {name}("four"), {name}C = [Int]()[0]')
    shared_kernel.ok(f'let {name}B = 1')
    shared_kernel.ok(f'let {name}C = [1]; let {name}B = 2')
    assert shared_kernel.ok(f"{name}A.tag").value == '"three"'


def test_memory_of_replaced_values_is_given_back(kernel):
    fill = "let large = [UInt8](repeating: 1, count: 64 << 20)"
    kernel.ok("import Foundation\n" + fill)
    size = (
        'String(decoding: FileManager.default.contents(atPath: "/proc/self/statm")!, as: UTF8.self)'
        '.split(separator: " ")[1]'
    )
    before = int(kernel.ok(size).value.strip('"'))
    for _ in range(10):
        kernel.ok(fill)
    after = int(kernel.ok(size).value.strip('"'))
    assert (after - before) * os.sysconf("SC_PAGE_SIZE") < 64 << 20


def test_a_text_that_does_not_end_is_told_of_once(shared_kernel):
    result = shared_kernel.fails('"unterminated')
    assert "unterminated string" in result.error["evalue"]
    assert "missing argument" not in result.trace
