"""Subshells: requests that are answered while the main shell runs a cell."""

import pytest


@pytest.fixture
def subshell(kernel):
    reply = kernel.ask_control("create_subshell_request")
    assert reply["status"] == "ok"
    return reply["subshell_id"]


def run_until(file):
    """A cell that prints `running` and ends when `file` is there."""
    return (
        "import Foundation\n"
        'print("running")\n'
        f'while !FileManager.default.fileExists(atPath: "{file}") {{ usleep(1000) }}\n'
        'print("over")'
    )


def test_subshells_are_created_listed_and_deleted(kernel):
    assert "kernel subshells" in kernel.ask("kernel_info_request")["supported_features"]
    ids = [kernel.ask_control("create_subshell_request")["subshell_id"] for _ in range(2)]
    assert kernel.ask_control("list_subshell_request") == {"status": "ok", "subshell_id": ids}
    assert kernel.ask_control("delete_subshell_request", subshell_id=ids[0]) == {"status": "ok"}
    assert kernel.ask_control("list_subshell_request")["subshell_id"] == ids[1:]
    again = kernel.ask_control("delete_subshell_request", subshell_id=ids[0])
    assert again["status"] == "error" and ids[0] in again["evalue"]


def test_queries_are_answered_while_a_cell_runs(kernel, subshell, tmp_path):
    kernel.ok("let answerable = [1, 2, 3]")
    cell = kernel.send(run_until(tmp_path / "go"))
    kernel.await_output("running")

    def ask(kind, **content):
        return kernel.ask(kind, subshell=subshell, **content)

    assert "answerable" in ask("complete_request", code="answerab", cursor_pos=8)["matches"]
    assert ask("inspect_request", code="print", cursor_pos=5, detail_level=0)["found"]
    assert ask("is_complete_request", code="func f() {")["status"] == "incomplete"
    last = ask("history_request", hist_access_type="tail", n=2, output=False, raw=True)["history"]
    assert last[0][2] == "let answerable = [1, 2, 3]"
    assert ask("comm_info_request")["status"] == "ok"
    assert ask("kernel_info_request")["status"] == "ok"
    # All of that came while the cell ran, as nothing has let it go so far.
    (tmp_path / "go").touch()
    assert "over" in kernel.collect(cell).stream()


def test_a_cell_in_a_subshell_runs_after_the_one_of_the_main_shell(kernel, subshell, tmp_path):
    kernel.ok("var order: [Int] = []")
    main = kernel.send("order.append(1)\n" + run_until(tmp_path / "go"))
    kernel.await_output("running")
    own = kernel.post("execute_request", {"code": "order.append(2)\norder"}, subshell=subshell)
    # It is busy with its own request, and other requests of control and main are not mixed up.
    assert kernel.ask_control("list_subshell_request")["subshell_id"] == [subshell]
    (tmp_path / "go").touch()
    assert kernel.answer(main)["status"] == "ok"
    result = kernel.collect(own)
    assert result.status == "ok" and result.value == "[1, 2]"


def test_an_interrupt_stops_the_cell_and_aborts_those_of_all_shells(kernel, subshell):
    kernel.ok("var ran = 0")
    main = kernel.send('print("running")\nwhile true {}')
    kernel.await_output("running")
    behind = kernel.send("ran += 1")
    own = kernel.post("execute_request", {"code": "ran += 1"}, subshell=subshell)
    # The shell channel keeps its order: once this is answered in the subshell's place, the two
    # above have been received.
    other = kernel.ask_control("create_subshell_request")["subshell_id"]
    assert kernel.ask("kernel_info_request", subshell=other)["status"] == "ok"
    kernel.manager.interrupt_kernel()
    replies = {}
    while len(replies) < 3:
        reply = kernel.client.get_shell_msg(timeout=90)
        replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
    assert replies == {main: "error", behind: "aborted", own: "aborted"}
    assert kernel.ok("ran").value == "0"


def test_requests_to_an_unknown_subshell_are_answered_with_an_error(kernel, subshell):
    kernel.ask_control("delete_subshell_request", subshell_id=subshell)
    for kind, content in [
        ("execute_request", {"code": "1"}),
        ("complete_request", {"code": "p", "cursor_pos": 1}),
        ("kernel_info_request", {}),
    ]:
        message_id = kernel.post(kind, content, subshell=subshell)
        result = kernel.collect(message_id)
        assert result.reply["status"] == "error"
        assert result.reply["ename"] == "UnknownSubshell"
        assert subshell in result.reply["evalue"]
        assert [m["content"]["execution_state"] for m in result.messages] == ["busy", "idle"]
    assert kernel.ok("1 + 1").value == "2"
