"""The history of cells, which kernels share and which outlives them."""

import os
import signal
import sqlite3
import time

import pytest


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
def start(start_kernel, file):
    return lambda **environment: start_kernel(**{"MARTLET_HISTORY": str(file)} | environment)


def tail(kernel, n=100, output=False):
    reply = kernel.ask(
        "history_request", hist_access_type="tail", n=n, output=output, raw=True
    )
    assert reply["status"] == "ok"
    return [tuple(entry) for entry in reply["history"]]


def lines_of(kernel, **content):
    reply = kernel.ask("history_request", raw=True, **({"output": False} | content))
    assert reply["status"] == "ok"
    return [tuple(entry) for entry in reply["history"]]


def test_a_later_kernel_sees_the_cells_of_an_earlier_one(start, file):
    first = start()
    first.ok("let a = 1")
    first.ok("a + 1")
    first.run("let wrong: Int = true")
    first.ok("3", store_history=False)
    first.ok("4", silent=True)
    first.manager.shutdown_kernel(now=False)

    second = start()
    second.ok("5")
    assert tail(second) == [
        (1, 1, "let a = 1"), (1, 2, "a + 1"), (1, 3, "let wrong: Int = true"), (2, 1, "5"),
    ]
    assert tail(second, n=2, output=True) == [
        (1, 3, ["let wrong: Int = true", None]), (2, 1, ["5", "5"]),
    ]
    ranged = dict(hist_access_type="range", start=1)
    assert lines_of(second, session=0, **ranged) == [(2, 1, "5")]
    assert lines_of(second, session=-1, stop=3, **ranged) == [(1, 1, "let a = 1"), (1, 2, "a + 1")]
    assert lines_of(second, session=1, stop=2, **ranged) == [(1, 1, "let a = 1")]
    second.ok("let a = 1")
    search = dict(hist_access_type="search", pattern="let a*")
    assert lines_of(second, **search) == [(1, 1, "let a = 1"), (2, 2, "let a = 1")]
    assert lines_of(second, unique=True, **search) == [(2, 2, "let a = 1")]
    assert lines_of(second, n=1, **search) == [(2, 2, "let a = 1")]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_restart_begins_a_new_session(start):
    kernel = start()
    kernel.ok("1")
    kernel.manager.restart_kernel(now=False)
    kernel.client.wait_for_ready(timeout=90)
    kernel.ok("2")
    assert tail(kernel) == [(1, 1, "1"), (2, 1, "2")]


def test_what_was_answered_survives_a_killed_kernel(start):
    kernel = start()
    kernel.ok("let kept = 1")
    assert len(tail(kernel)) == 1
    os.kill(kernel.pid, signal.SIGKILL)
    assert tail(start()) == [(1, 1, "let kept = 1")]


def test_two_kernels_share_the_file_while_both_run(start):
    first, second = start(), start()
    ids = [(kernel, kernel.send(f"{n}")) for n in range(5) for kernel in (first, second)]
    for kernel, message_id in ids:
        kernel.collect(message_id)
    entries = tail(first)
    assert entries == tail(second)
    for session in (1, 2):
        assert [entry[1:] for entry in entries if entry[0] == session] == [
            (n + 1, f"{n}") for n in range(5)
        ]


def test_a_locked_file_delays_no_cell(start, file):
    start().ok("1")
    other = sqlite3.connect(file, timeout=60)
    other.execute("BEGIN IMMEDIATE")
    kernel = start()
    begin = time.monotonic()
    for n in range(5):
        kernel.ok(f"{n}")
    # The kernel waits ten seconds for the lock, on a thread that no cell needs.
    assert time.monotonic() - begin < 9
    other.rollback()
    other.close()
    assert len(tail(kernel)) == 6


# MARK: Files that cannot be used


def remembers(kernel):
    kernel.ok("let a = 1")
    assert kernel.ok("a + 1").value == "2"
    assert [entry[1:] for entry in tail(kernel)] == [(1, "let a = 1"), (2, "a + 1")]


@pytest.mark.parametrize(
    "environment",
    [
        {"MARTLET_HISTORY": "/proc/history.sqlite"},
        {"MARTLET_HISTORY": ":memory:"},
        {"MARTLET_HISTORY": None, "HOME": None, "XDG_DATA_HOME": None},
        {"MARTLET_HISTORY": None, "XDG_DATA_HOME": "/proc/nobody"},
    ],
    ids=["unwritable", "memory", "no home", "read-only data folder"],
)
def test_without_a_file_the_session_is_kept_in_memory(start, file, environment):
    remembers(start(**environment))
    assert not file.exists()


def test_a_damaged_file_is_left_as_it_is(start, file):
    file.parent.mkdir()
    file.write_bytes(b"damaged" * 1000)
    remembers(start())
    assert file.read_bytes() == b"damaged" * 1000


def test_a_file_damaged_while_the_kernel_runs_harms_no_cell(start, file):
    kernel = start()
    remembers(kernel)
    for path in file.parent.iterdir():
        size = path.stat().st_size
        with open(path, "r+b") as damaged:
            damaged.write(b"x" * size)
    kernel.ok("let b = 2")
    assert tail(kernel)[-1][1:] == (3, "let b = 2")


def test_a_full_disk_harms_no_cell(start, small_disk):
    kernel = start(MARTLET_HISTORY=str(small_disk(256) / "history.sqlite"))
    text = "x" * 50_000
    for n in range(12):
        assert kernel.ok(f'let t{n} = "{text}"; t{n}.count').value == "50000"
    assert [entry[1] for entry in tail(kernel)] == list(range(1, 13))
