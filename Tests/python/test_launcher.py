"""`martlet-kernel`: the kernel's ports are open before the kernel has started."""

import json
import shutil
import socket
import stat
import subprocess
import sys

import psutil
import pytest

from connections import NAMES, connection
from session import LIMIT

# Tells with what it was started, and where its descriptors listen; ends with its input.
KERNEL = f"""#!{sys.executable}
import json, socket, sys
words = sys.argv[1:]
found = dict(pair.split("=") for pair in words[2].split(",")) if words[1] == "--listening" else {{}}
sockets = {{name: socket.socket(fileno=int(number)) for name, number in found.items()}}
print(json.dumps([words, {{
    name: [one.getsockname()[1], one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)]
    for name, one in sockets.items()}}]), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def launch(martlet, tmp_path):
    """Starts a copy of the launcher that finds a program of ours for `martlet`; gives what that tells."""
    folder = tmp_path / "b i n 🐦"
    folder.mkdir()
    launcher = folder / "martlet-kernel"
    shutil.copy(martlet.with_name("martlet-kernel"), launcher)
    program = folder / "martlet"
    program.write_text(KERNEL)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    started = []

    def call(*words):
        process = subprocess.Popen([launcher, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return json.loads(process.stdout.readline())

    yield call
    for process in started:
        process.communicate("", timeout=LIMIT)


@pytest.fixture
def file(tmp_path):
    """Writes a connection file; gives its path and ports."""

    def call(**changes):
        content = connection(**changes)
        ports = {name: content[f"{name}_port"] for name in NAMES}
        path = tmp_path / "connection.json"
        path.write_text(json.dumps(content))
        return str(path), ports

    return call


@pytest.mark.parametrize("form", [["--connection-file", "{}"], ["--connection-file={}"], ["x", "--connection-file", "{}", "y"]])
def test_every_port_accepts_connections_before_the_kernel_does_anything(launch, file, form):
    path, ports = file()
    words = [word.format(path) for word in form]
    arguments, sockets = launch(*words)
    assert arguments[:2] == ["kernel", "--listening"] and arguments[3:] == words
    assert sockets == {name: [port, 1] for name, port in ports.items()}
    for port in ports.values():
        socket.create_connection(("127.0.0.1", port), timeout=LIMIT).close()


def test_a_port_in_use_is_left_to_the_kernel(launch, file):
    path, ports = file()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports["iopub"]))
        taken.listen()
        _, sockets = launch("--connection-file", path)
    assert set(sockets) == set(NAMES) - {"iopub"}


@pytest.mark.parametrize("changes", [
    {"transport": "ipc"}, {"transport": 7}, {"ip": "::1"}, {"ip": "localhost"}, {"ip": None}, {"ip": "192.0.2.1"},
    {f"{name}_port": 0 for name in NAMES}, {f"{name}_port": -1 for name in NAMES},
    {f"{name}_port": 2**40 for name in NAMES}, {f"{name}_port": "many" for name in NAMES},
])
def test_what_it_cannot_do_is_left_to_the_kernel(launch, file, changes):
    path, _ = file(**changes)
    assert launch("--connection-file", path) == [["kernel", "--connection-file", path], {}]


@pytest.mark.parametrize("text", [None, "", "{", "[]", "\0", '{"ip": "127.0.0.1"', "[" * 100_000])
def test_a_file_that_it_cannot_read_is_left_to_the_kernel(launch, tmp_path, text):
    path = tmp_path / "connection.json"
    if text is not None:
        path.write_text(text)
    assert launch("--connection-file", str(path)) == [["kernel", "--connection-file", str(path)], {}]


def test_without_the_kernel_beside_it_says_so(martlet, tmp_path):
    launcher = shutil.copy(martlet.with_name("martlet-kernel"), tmp_path)
    answer = subprocess.run([launcher, "--help"], capture_output=True, text=True, timeout=LIMIT)
    assert answer.returncode == 71
    assert str(tmp_path / "martlet") in answer.stderr and "make build" in answer.stderr


@pytest.mark.parametrize(("value", "status", "expected"), [
    ("", 64, "--listening"), ("shell", 64, "shell=3"), ("shell=x", 64, "shell=x"), ("beak=3", 64, "beak=3"),
    ("shell=3,shell=4", 64, "shell=3,shell=4"), ("shell=0", 64, "shell=0"), ("shell=", 64, "shell="),
    ("shell=99", 1, "descriptor 99 is no socket that listens"),
])
def test_the_kernel_refuses_descriptors_that_are_none(martlet, file, value, status, expected):
    path, _ = file()
    answer = subprocess.run([martlet, "kernel", "--connection-file", path, f"--listening={value}"],
                            capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert answer.returncode == status
    assert expected in answer.stderr


def test_only_the_kernel_listens_and_not_what_it_starts(start_kernel):
    kernel = start_kernel()
    assert kernel.ok("1 + 1").value == "2"
    process = psutil.Process(kernel.pid)
    assert process.name() == "martlet"
    listening = [c for c in process.net_connections("tcp4") if c.status == psutil.CONN_LISTEN]
    assert {c.laddr.port for c in listening} == set(kernel.manager.ports)
    children = process.children(recursive=True)
    assert children
    for child in children:
        assert not [c for c in child.net_connections("tcp4") if c.status == psutil.CONN_LISTEN]
