"""A cell that takes more memory than there is, under a limit that the system itself enforces."""

import os
import pathlib
import time

import psutil
import pytest

LIMIT_MIB = 700


@pytest.fixture
def memory_group():
    """A control group with a limit of memory; for those who may make one."""
    root = pathlib.Path("/sys/fs/cgroup")
    name = f"martlet-test-{os.getpid()}"
    for group, limit in (
        (root / "memory" / name, "memory.limit_in_bytes"),
        (root / name, "memory.max"),
    ):
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / limit).exists():
            break
        group.rmdir()
    else:
        pytest.skip("no control group for memory can be made here")
    (group / limit).write_text(f"{LIMIT_MIB}M")
    yield group
    end = time.monotonic() + 30
    while (group / "cgroup.procs").read_text():
        assert time.monotonic() < end, "processes of the kernel are left"
        time.sleep(0.1)
    group.rmdir()


def test_the_system_kills_a_cell_that_takes_too_much(memory_group, start_kernel):
    kernel = start_kernel()
    kernel.ok("let kept = 41")
    root = psutil.Process(kernel.pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            (memory_group / "cgroup.procs").write_text(str(process.pid))
        except ProcessLookupError:
            continue
    result = kernel.fails(
        "var held: [[UInt8]] = []\n"
        "while true { held.append([UInt8](repeating: 1, count: 1 << 24)) }"
    )
    assert result.error["ename"] == "WorkerEnded"
    assert "out of memory" in result.error["evalue"]
    assert "%replay" in result.error["evalue"]
    assert "Replayed 1 cell" in kernel.ok("%replay").stream()
    assert kernel.ok("kept + 1").value == "42"
