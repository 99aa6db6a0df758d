"""Control requests while the kernel is busy, what it uses, and what it leaves behind."""

import glob
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

def eventually(condition, limit=60):
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "that never came"
        time.sleep(0.05)


def long_cell():
    """A cell that takes long to compile because it is long."""
    return "\n".join(f"func f{n}(_ x: [Int]) -> [Int] {{ x.map {{ $0 + {n} }}.filter {{ $0 > 1 }} }}"
                     for n in range(2000))


def test_control_answers_while_a_cell_compiles(kernel):
    cell = kernel.send(long_cell())
    kernel.await_start(cell)
    for kind in ("kernel_info_request", "usage_request", "list_subshell_request"):
        assert kernel.ask_control(kind)["status"] == "ok"
    # The cell is still being compiled: its reply did not overtake the answers above.
    assert not kernel.client.shell_channel.msg_ready()
    kernel.manager.interrupt_kernel()
    assert kernel.collect(cell).error["ename"] == "KeyboardInterrupt"
    assert kernel.ok("1 + 1").value == "2"


@pytest.mark.parametrize("code", [long_cell(), 'print("running")\nwhile true {}'])
def test_an_interrupt_aborts_the_cells_that_wait(kernel, code):
    kernel.ok("var ran = 0")
    first = kernel.send(code, stop_on_error=False)
    rest = [kernel.send("ran += 1") for _ in range(3)]
    # Shell keeps its order, so after an answer in a subshell the cells above have come in.
    subshell = kernel.ask_control("create_subshell_request")["subshell_id"]
    assert kernel.ask("kernel_info_request", subshell=subshell)["status"] == "ok"
    kernel.await_start(first)
    if "running" in code:
        kernel.await_output("running")
    kernel.manager.interrupt_kernel()
    assert kernel.answer(first)["status"] == "error"
    assert [kernel.answer(cell)["status"] for cell in rest] == ["aborted"] * 3
    assert kernel.ok("ran").value == "0"


def test_sigint_interrupts_the_cell_as_the_message_does(kernel):
    """Frontends that know `interrupt_mode: signal` only, and Ctrl-C in a terminal, send it."""
    kernel.ok("var kept = 41")
    cell = kernel.send('print("on")\nwhile true { kept &+= 0 }')
    waiting = kernel.send("kept = 0")
    kernel.await_output("on")
    os.kill(kernel.pid, signal.SIGINT)
    assert kernel.answer(cell)["ename"] == "KeyboardInterrupt"
    assert kernel.answer(waiting)["status"] in ("aborted", "error")
    assert kernel.ok("kept + 1").value == "42"


def test_usage_is_that_of_the_kernel_and_its_worker(kernel):
    kernel.ok("var data = [UInt8](repeating: 1, count: 1)")
    before = kernel.ask_control("usage_request")
    assert before["pid"] == kernel.pid
    assert before["cpu_count"] == psutil.cpu_count()
    assert before["host_virtual_memory"]["total"] == psutil.virtual_memory().total
    assert set(psutil.virtual_memory()._asdict()) <= set(before["host_virtual_memory"])
    kernel.ok("data = [UInt8](repeating: 7, count: 300_000_000)\nvar s = 0\n"
              "for i in 0..<20_000_000 { s &+= i &* s &+ 1 }\nprint(s)")
    after = kernel.ask_control("usage_request")
    assert after["kernel_memory"] - before["kernel_memory"] > 250_000_000
    assert after["kernel_cpu"] > 1
    assert 0 <= after["host_cpu_percent"] <= 100


def test_the_debugger_is_refused_and_not_announced(kernel):
    assert kernel.ask_control("kernel_info_request")["supported_features"] == ["kernel subshells"]
    reply = kernel.ask_control(
        "debug_request", type="request", seq=1, command="initialize", arguments={}
    )
    assert reply["success"] is False and reply["status"] == "error"


def test_connect_request_tells_the_ports(kernel):
    info = kernel.client.get_connection_info()
    reply = kernel.ask("connect_request")
    for name in ("shell_port", "control_port", "stdin_port", "iopub_port", "hb_port"):
        assert reply[name] == info[name]


# MARK: What is left behind


def folders(parent):
    return set(glob.glob(f"{parent}/martlet-*"))


def test_sigterm_removes_all_temporary_files(start_kernel, tmp_path):
    (tmp_path / "t").mkdir()
    kernel = start_kernel(TMPDIR=str(tmp_path / "t"))
    kernel.ok("1")
    assert folders(tmp_path / "t")
    os.kill(kernel.pid, signal.SIGTERM)
    eventually(lambda: kernel.manager.provisioner.process.poll() is not None)
    eventually(lambda: not os.listdir(tmp_path / "t"))


def test_folders_of_killed_kernels_are_removed_and_those_of_living_ones_kept(
    start_kernel, tmp_path
):
    parent = tmp_path / "t"
    parent.mkdir()
    (parent / "martlet-session-mine").mkdir()  # No name that a kernel gives.
    living = start_kernel(TMPDIR=str(parent))
    living.ok("let a = 41")
    kept = folders(parent)
    killed = start_kernel(TMPDIR=str(parent))
    killed.ok("1")
    abandoned = folders(parent) - kept
    assert abandoned
    os.kill(killed.pid, signal.SIGKILL)
    killed.manager.provisioner.process.wait(timeout=30)
    assert abandoned <= folders(parent)
    later = start_kernel(TMPDIR=str(parent))
    later.ok("1")
    eventually(lambda: not abandoned & folders(parent))
    assert kept <= folders(parent)
    assert living.ok("a + 1").value == "42"


def test_the_kernel_ends_when_its_frontend_is_killed(kernelspec, tmp_path):
    script = (
        "from jupyter_client.manager import start_new_kernel\n"
        "manager, client = start_new_kernel(kernel_name='swift')\n"
        "print(manager.provisioner.pid, flush=True)\n"
        "input()\n"
    )
    frontend = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        cwd=tmp_path, env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    with frontend:
        kernel = psutil.Process(int(frontend.stdout.readline()))
        processes = [kernel, *kernel.children(recursive=True)]
        frontend.kill()
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not [each for each in alive if each.status() != psutil.STATUS_ZOMBIE]
    eventually(lambda: not folders(tmp_path))
