"""Code that nobody should send, and places where nobody should work: every request is answered."""

import json
import os
import pathlib
import queue
import re
import time

import pytest

from conftest import fill

SOURCE = (pathlib.Path(__file__).parent / "resources/every_syntax.swift.txt").read_text()
LIMIT = 90


def ask_all(kernel, kind, contents, limit=600):
    """Sends requests a hundred at a time; gives the replies' contents in order."""
    replies = []
    end = time.monotonic() + limit
    for first in range(0, len(contents), 100):
        waiting = {}
        for index, content in enumerate(contents[first:first + 100]):
            message = kernel.client.session.msg(kind, content)
            waiting[message["header"]["msg_id"]] = index
            kernel.client.shell_channel.send(message)
        batch = [None] * len(waiting)
        while waiting:
            reply = kernel.client.get_shell_msg(timeout=max(1, end - time.monotonic()))
            index = waiting.pop(reply["parent_header"].get("msg_id"), None)
            if index is not None:
                batch[index] = reply["content"]
        replies += batch
        drain(kernel)
    return replies


def drain(kernel):
    """Takes what lies on iopub, so that it does not pile up."""
    while kernel.client.iopub_channel.msg_ready():
        try:
            kernel.client.get_iopub_msg(timeout=0)
        except queue.Empty:
            return


# MARK: Half-typed code


# Where a line without indentation follows an empty one, a declaration or statement begins.
PIECES = re.split(r"(?<=\n)\n(?=\S)", SOURCE)


def test_is_complete_judges_every_prefix_of_every_declaration(shared_kernel):
    """Everything above the declaration that is being typed is whole, so that it can be left out:
    a reply takes the parser's time for the whole text, and there are six thousand."""
    assert len(PIECES) > 30 and "\n".join(PIECES) == SOURCE
    places, own = [], []
    for number, piece in enumerate(PIECES):
        above = "".join(other + "\n" for other in PIECES[:number])
        for end in range(len(piece) + 1):
            places.append(above + piece[:end])
            own.append({"code": piece[:end]})
    replies = ask_all(shared_kernel, "is_complete_request", own)
    statuses = [reply["status"] for reply in replies]
    assert set(statuses) <= {"complete", "incomplete", "invalid"}
    assert statuses[0] == "complete" and statuses[-1] == "complete"
    # Cut off inside a bracket, more is to come; few places look like mistakes.
    assert statuses.count("incomplete") > len(SOURCE) / 3
    assert all("indent" in reply for reply in replies if reply["status"] == "incomplete")
    # With all that stands above it, the answer is the same.
    sample = range(0, len(places), 1 if os.environ.get("MARTLET_EVERY_PREFIX") else 23)
    whole = ask_all(shared_kernel, "is_complete_request", [{"code": places[n]} for n in sample])
    different = [places[n][-80:] for n, reply in zip(sample, whole) if reply["status"] != statuses[n]]
    assert not different, different


def test_completion_and_inspection_answer_at_prefixes_of_a_file(shared_kernel):
    ends = range(0, len(SOURCE) + 1, 40)
    found = 0
    for kind, extra in (("complete_request", {}), ("inspect_request", {"detail_level": 0})):
        replies = ask_all(
            shared_kernel, kind,
            [{"code": SOURCE[:end], "cursor_pos": end} | extra for end in ends],
        )
        assert all(reply["status"] == "ok" for reply in replies)
        found += sum(bool(reply.get("matches") or reply.get("data")) for reply in replies)
    assert found > len(ends) / 2
    reply = shared_kernel.ask("complete_request", code="readLin", cursor_pos=7)
    assert reply["matches"] == ["readLine"]


def test_prefixes_of_a_file_run_or_fail(kernel):
    for end in range(150, len(SOURCE), 500):
        result = kernel.run(SOURCE[:end])
        assert result.status in ("ok", "error"), SOURCE[:end]
        if result.status == "error":
            assert len(result.contents("error")) == 1
    assert kernel.ok("1 + 1").value == "2"


# MARK: Sizes and characters


def test_a_cell_of_a_megabyte(kernel):
    lines = "\n".join(f"// {'x' * 90} {line}" for line in range(10_500))
    code = lines + "\nlet afterMegabyte = 1\nafterMegabyte"
    assert len(code) > 1_000_000
    assert kernel.ok(code).value == "1"
    assert kernel.ask("is_complete_request", code=code)["status"] == "complete"
    reply = kernel.ask("complete_request", code=code, cursor_pos=len(code))
    assert reply["matches"] == ["afterMegabyte"]
    assert reply["cursor_end"] == len(code)
    assert kernel.ask("inspect_request", code=code, cursor_pos=len(code), detail_level=0)["found"]


def test_a_line_of_a_megabyte(kernel):
    code = f'let longLine = "{"é" * 1_000_000}"; longLine.count'
    assert kernel.ok(code).value == "1000000"
    reply = kernel.ask("complete_request", code=code, cursor_pos=len(code))
    assert "count" in reply["matches"]
    assert reply["cursor_start"] == len(code) - len("count")


@pytest.mark.parametrize("opening", ["[", "(", "{", "[(", "f([", '"\\(', "/*", '"', "<"])
def test_brackets_that_nest_without_end(kernel, opening):
    for count in (10, 30, 300):
        # The status says enough; the messages of a failure would hold the code.
        assert kernel.run(opening * count).status in ("ok", "error"), count
    for count in (10, 30, 1_000, 5_000):
        reply = kernel.ask("is_complete_request", code=opening * count)
        assert reply["status"] in ("complete", "incomplete", "invalid"), count
    for kind in ("complete_request", "inspect_request"):
        reply = kernel.ask(kind, code=opening * 30, cursor_pos=30, detail_level=0)
        assert reply["status"] == "ok"
    assert kernel.ok("1 + 1").value == "2"


def test_brackets_that_nest_too_deeply_are_named(kernel):
    assert kernel.ok("[" * 14 + "7" + "]" * 14 + ".count").value == "1"
    assert kernel.run("[" * 1_000_000).status == "error"
    result = kernel.fails("let deep =\n  " + "[" * 15 + "7" + "]" * 15)
    assert "nest deeper" in result.error["evalue"]
    assert ":2:17" in result.error["evalue"]
    # Brackets in strings and comments do not count.
    text = "[" * 100
    assert kernel.ok(f'// {text}\n/* {text} */\n"{text}".count').value == "100"


@pytest.mark.parametrize("code", ["let a = 1\0", "\0", 'print("a\0b")', "// \0\nlet b = 2\nb", "a\0.c"])
def test_a_nul_character(shared_kernel, code):
    assert shared_kernel.run(code).status in ("ok", "error")
    assert shared_kernel.ask("is_complete_request", code=code)["status"] in (
        "complete", "incomplete", "invalid")
    for end in range(len(code) + 1):
        assert shared_kernel.ask("complete_request", code=code, cursor_pos=end)["status"] == "ok"
    assert shared_kernel.ask(
        "inspect_request", code=code, cursor_pos=len(code), detail_level=1)["status"] == "ok"
    assert shared_kernel.ok("1 + 1").value == "2"


def test_bytes_that_are_no_utf8(shared_kernel):
    session = shared_kernel.client.session
    for raw in (b'"\xff\xfe"', b'"\xc3"', b'"\xed\xa0\x80"', b'"\xf8\x88\x80\x80\x80"'):
        for kind in ("execute_request", "complete_request", "is_complete_request"):
            message = session.msg(kind, {"code": "CODE", "cursor_pos": 1})
            frames = session.serialize(message)
            frames[-1] = frames[-1].replace(b'"CODE"', raw)
            frames[1] = session.sign(frames[2:])
            shared_kernel.client.shell_channel.socket.send_multipart(frames)
            reply = shared_kernel.client.get_shell_msg(timeout=LIMIT)
            assert reply["parent_header"]["msg_id"] == message["header"]["msg_id"]
            assert reply["content"]["status"] in ("ok", "error", "complete", "incomplete", "invalid")
    assert shared_kernel.ok("1 + 1").value == "2"


def test_half_of_a_surrogate_pair(shared_kernel):
    for code in ("\ud83d", 'print("\ude00")'):
        escaped = json.dumps({"code": code, "cursor_pos": 1, "detail_level": 0}).encode()
        session = shared_kernel.client.session
        for kind in ("execute_request", "complete_request", "inspect_request"):
            message = session.msg(kind, {})
            frames = session.serialize(message)
            frames[-1] = escaped
            frames[1] = session.sign(frames[2:])
            shared_kernel.client.shell_channel.socket.send_multipart(frames)
            reply = shared_kernel.client.get_shell_msg(timeout=LIMIT)
            assert reply["content"]["status"] in ("ok", "error")
    assert shared_kernel.ok("1 + 1").value == "2"


@pytest.mark.parametrize("cursor", [-1, -(10**9), 6, 10**6, 2**62, None])
def test_a_cursor_outside_the_code(shared_kernel, cursor):
    reply = shared_kernel.ask("complete_request", code="print", cursor_pos=cursor)
    assert reply["status"] == "ok"
    assert 0 <= reply["cursor_start"] <= reply["cursor_end"] <= 5
    reply = shared_kernel.ask("inspect_request", code="print", cursor_pos=cursor, detail_level=0)
    assert reply["status"] == "ok"


@pytest.mark.parametrize("cursor", ["3", 2.5, 10**30, [1], {"a": 1}])
def test_a_cursor_that_is_no_number_of_characters(shared_kernel, cursor):
    for kind in ("complete_request", "inspect_request"):
        reply = shared_kernel.ask(kind, code="print", cursor_pos=cursor)
        assert reply["status"] in ("ok", "error")
    assert shared_kernel.ok("1 + 1").value == "2"


def test_characters_outside_the_basic_plane_before_the_cursor(shared_kernel):
    # One character to Python is one Unicode scalar, which is how Jupyter counts.
    for before in ("🐦", "👩‍👩‍👧‍👦", "🇩🇪", "e\u0301", "𝒳", "\u200b"):
        code = f'let quoted = "{before}"; quoted.isEmp'
        reply = shared_kernel.ask("complete_request", code=code, cursor_pos=len(code))
        assert reply["matches"] == ["isEmpty"], before
        assert code[reply["cursor_start"]:reply["cursor_end"]] == "isEmp"
        data = shared_kernel.ask(
            "inspect_request", code=code + "ty", cursor_pos=len(code), detail_level=0)
        assert "isEmpty" in data["data"]["text/plain"]


# MARK: Places


@pytest.mark.parametrize("name", ["with some spaces", "Schwärme 🐦🏽", "quote's \"and\" $HOME `x`", "-O", "a;b&c"])
def test_a_working_folder_with_any_name(start_kernel, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "data file.txt").write_text("seven")
    kernel = start_kernel(cwd=folder)
    code = 'import Foundation\ntry String(contentsOfFile: "data file.txt", encoding: .utf8)'
    assert kernel.ok(code).value == '"seven"'
    reply = kernel.ask("complete_request", code='"data', cursor_pos=5)
    assert reply["matches"] == ["data file.txt"]


@pytest.mark.parametrize("name", ["with some spaces", "Schwärme 🐦🏽", "quote's"])
def test_a_folder_for_temporary_files_with_any_name(start_kernel, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    kernel = start_kernel(TMPDIR=str(folder))
    kernel.ok("let temporaryName = [1]")
    assert kernel.ok("temporaryName.count").value == "1"
    reply = kernel.ask("complete_request", code="temporaryName.rev", cursor_pos=17)
    assert reply["matches"] == ["reverse", "reversed"]


def check_at_work(kernel):
    kernel.ok("let atWork = [1]")
    assert kernel.ok("atWork.count").value == "1"
    reply = kernel.ask("complete_request", code="atWork.rev", cursor_pos=10)
    assert reply["matches"] == ["reverse", "reversed"]
    assert kernel.fails("[1][2]").error["ename"]
    assert kernel.ask("history_request", hist_access_type="tail", n=1, raw=True, output=False)


def test_a_home_that_cannot_be_written(start_kernel):
    # Not even the superuser can make a file there.
    check_at_work(start_kernel(HOME="/proc", IPYTHONDIR="/proc", XDG_DATA_HOME="/proc"))


def test_a_home_that_does_not_exist(start_kernel, tmp_path):
    check_at_work(start_kernel(HOME=str(tmp_path / "nowhere" / "home")))


def test_no_home(start_kernel):
    check_at_work(start_kernel(without=("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")))


def test_a_folder_for_temporary_files_that_is_full(start_kernel, small_disk):
    folder = small_disk(64)
    filler = fill(folder)
    kernel = start_kernel(TMPDIR=str(folder))
    result = kernel.fails("let full = 1")
    assert "TMPDIR" in result.trace or "No space left" in result.trace
    assert kernel.ask("complete_request", code="prin", cursor_pos=4)["status"] == "ok"
    filler.unlink()
    # With room again it goes on without a restart.
    end = time.monotonic() + LIMIT
    while (result := kernel.run("let roomy = 1\nroomy")).status != "ok":
        assert time.monotonic() < end, result.trace
        time.sleep(0.5)
    assert result.value == "1"
    kernel.close()
