"""The frontends that people use, each as it comes: its own programs and its own message patterns."""

import json
import os
import pathlib
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

import nbformat
import pytest

LIMIT = 120
# The environment of the tests: its programs know the kernel's folder by JUPYTER_PATH.
PROGRAMS = pathlib.Path(sys.executable).parent


def notebook(*cells):
    """A notebook for the kernel with code cells of the given sources."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    made.metadata["kernelspec"] = {
        "name": "swift", "display_name": "Swift (Martlet)", "language": "swift"}
    return made


@pytest.fixture
def environment(kernelspec, store, tmp_path):
    """What programs of Jupyter need to find the kernel, and folders of their own."""
    folders = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    return os.environ | folders | {"TRACKING_URI": str(store), "NO_COLOR": "1"}


# MARK: The kernelspec


def png_size(path):
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR"
    return struct.unpack(">II", data[16:24])


def test_the_kernelspec_brings_its_logos(kernelspec):
    assert png_size(kernelspec / "logo-32x32.png") == (32, 32)
    assert png_size(kernelspec / "logo-64x64.png") == (64, 64)
    svg = (kernelspec / "logo-svg.svg").read_text()
    assert svg.lstrip().startswith("<svg") and "</svg>" in svg


def test_jupyter_lists_the_kernel_with_its_logos(environment):
    answer = subprocess.run(
        [PROGRAMS / "jupyter-kernelspec", "list", "--json"], env=environment,
        capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)["kernelspecs"]["swift"]
    assert found["spec"]["language"] == "swift"
    assert found["spec"]["interrupt_mode"] in ("message", "signal")
    files = {path.name for path in pathlib.Path(found["resource_dir"]).iterdir()}
    assert {"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"} <= files


def test_language_info_names_what_highlights_swift(shared_kernel):
    from pygments.lexers import get_lexer_by_name

    language = shared_kernel.ask("kernel_info_request")["language_info"]
    # JupyterLab looks a language up by its MIME type, then by its file extension, then by name.
    assert language["mimetype"] == "text/x-swift"
    assert language["codemirror_mode"] == "swift"
    assert language["file_extension"] == ".swift"
    assert language["nbconvert_exporter"] == "script"
    assert get_lexer_by_name(language["pygments_lexer"]).name == "Swift"


# MARK: nbclient and nbconvert


CELLS = (
    "let answer = 6 * 7",
    'func greet(_ name: String) -> String { "hello, \\(name)" }\nprint(greet("nbclient"))\nanswer',
)


def test_nbclient_executes_a_notebook(kernelspec, tmp_path):
    from nbclient import NotebookClient

    made = notebook(*CELLS, "[1][3]")
    client = NotebookClient(
        made, timeout=LIMIT, startup_timeout=LIMIT, kernel_name="swift", allow_errors=True,
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute()
    assert [cell.execution_count for cell in made.cells] == [1, 2, 3]
    first, second = made.cells[1].outputs
    assert first.text == "hello, nbclient\n"
    assert second.data["text/plain"] == "42"
    (error,) = made.cells[2].outputs
    assert error.output_type == "error" and "range" in error.evalue.lower()
    assert made.metadata.language_info["name"] == "swift"
    nbformat.validate(made)


def convert(environment, folder, *arguments, limit=2 * LIMIT):
    """Runs nbconvert in a folder."""
    return subprocess.run(
        [PROGRAMS / "jupyter-nbconvert", *arguments], env=environment, cwd=folder,
        capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL,
    )


def test_nbconvert_executes_a_notebook_and_highlights_it(environment, tmp_path):
    nbformat.write(notebook(*CELLS), tmp_path / "page.ipynb")
    answer = convert(
        environment, tmp_path, "--execute", "--to", "notebook", "--inplace", "page.ipynb")
    assert answer.returncode == 0, answer.stderr
    # It chooses the lexer by what the executed notebook says of the language.
    answer = convert(environment, tmp_path, "--to", "html", "page.ipynb")
    assert answer.returncode == 0, answer.stderr
    page = (tmp_path / "page.html").read_text()
    assert "hl-swift" in page and "hl-ipython" not in page
    # Pygments' classes: a keyword that declares, the name of a function, numbers, a string.
    assert re.search(r'<span class="kd">func</span>', page)
    assert re.search(r'<span class="nf">greet</span>', page)
    assert re.search(r'<span class="mi">6</span>', page)
    assert re.search(r'<span class="s2?">[^<]*hello, ', page)
    assert "hello, nbclient" in page


def test_nbconvert_executes_straight_to_a_page(environment, tmp_path):
    nbformat.write(notebook(*CELLS), tmp_path / "page.ipynb")
    answer = convert(environment, tmp_path, "--execute", "--to", "html", "page.ipynb")
    assert answer.returncode == 0, answer.stderr
    assert "hello, nbclient" in (tmp_path / "page.html").read_text()


def test_nbconvert_writes_a_script(environment, tmp_path):
    made = notebook(*CELLS)
    made.metadata["language_info"] = {"name": "swift", "file_extension": ".swift"}
    nbformat.write(made, tmp_path / "page.ipynb")
    answer = subprocess.run(
        [PROGRAMS / "jupyter-nbconvert", "--to", "script", "page.ipynb"], env=environment,
        cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    assert "let answer = 6 * 7" in (tmp_path / "page.swift").read_text()


def test_nbconvert_fails_with_the_cell_that_fails(environment, tmp_path):
    nbformat.write(notebook("1", "let wrong: Int = \"text\""), tmp_path / "page.ipynb")
    answer = subprocess.run(
        [PROGRAMS / "jupyter-nbconvert", "--execute", "--to", "notebook", "--stdout",
         "page.ipynb"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=2 * LIMIT,
        stdin=subprocess.DEVNULL,
    )
    assert answer.returncode != 0
    assert "let wrong" in answer.stderr


# MARK: jupyter console


def test_the_console_runs_cells_and_shows_help(environment, tmp_path):
    import pexpect

    console = pexpect.spawn(
        str(PROGRAMS / "jupyter-console"), ["--kernel", "swift", "--simple-prompt"],
        env=environment | {"TERM": "dumb", "PAGER": "cat"}, cwd=str(tmp_path), encoding="utf-8",
        timeout=LIMIT, dimensions=(40, 200),
    )
    try:
        console.expect(r"Martlet")
        console.expect(r"In ?\[1\]: ")
        console.sendline("let answer = 6 * 7; print(answer + 1)")
        console.expect(r"43\r?\n")
        console.expect(r"In ?\[2\]: ")
        console.sendline("answer")
        console.expect(r"Out\[2\]: 42")
        console.expect(r"In ?\[3\]: ")
        console.sendline("answer?")
        console.expect(r"let answer: Int")
        console.expect(r"cell 1, line 1")
        console.expect(r"In ?\[\d\]: ")
        console.sendline('let wrong: Int = "text"')
        console.expect(r"cannot convert")
        console.expect(r"In ?\[\d\]: ")
        console.sendeof()
        console.expect(r"exit")
        console.sendline("y")
        console.expect(pexpect.EOF)
    finally:
        console.close(force=True)


def test_jupyter_run_runs_a_file(environment, tmp_path):
    (tmp_path / "script.swift").write_text('print("ran as a file")\n')
    answer = subprocess.run(
        [PROGRAMS / "jupyter-run", "--kernel", "swift", "script.swift"], env=environment,
        cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    assert "ran as a file" in answer.stdout


# MARK: Servers


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def call(url, method="GET", content=None, token=None):
    """Sends a request and returns the decoded answer."""
    data = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", "application/json")
    if token:
        request.add_header("Authorization", f"token {token}")
    with urllib.request.urlopen(request, timeout=LIMIT) as answer:
        body = answer.read()
    return json.loads(body) if body else None


@pytest.fixture
def serve(environment, tmp_path):
    """Starts a server and gives its address once it answers; ends it after the test."""
    servers = []

    def start(program, *arguments):
        port = free_port()
        log = open(tmp_path / "server.log", "wb")
        server = subprocess.Popen(
            [PROGRAMS / program, *arguments, *[a.format(port=port) for a in PORTS[program]]],
            env=environment, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        servers.append((server, log))
        end = time.monotonic() + LIMIT
        while True:
            assert server.poll() is None, (tmp_path / "server.log").read_text()
            assert time.monotonic() < end, (tmp_path / "server.log").read_text()
            try:
                call(f"http://127.0.0.1:{port}/api", token="t")
                return port
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)

    yield start
    for server, log in servers:
        server.send_signal(signal.SIGINT)
        try:
            # Asked twice, Jupyter's servers stop without a question.
            server.wait(timeout=2)
        except subprocess.TimeoutExpired:
            server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


PORTS = {
    "jupyter-kernelgateway": [
        "--KernelGatewayApp.ip=127.0.0.1", "--KernelGatewayApp.port={port}",
        "--KernelGatewayApp.auth_token=t",
    ],
    "jupyter-notebook": [
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=t", "--no-browser", "--allow-root",
    ],
    "jupyter-lab": [
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port={port}", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=t", "--no-browser", "--allow-root",
    ],
}


def run_over_websocket(port, code):
    """Starts a kernel on a server, runs a cell, and gives what came back, by message type."""
    import websocket

    base = f"127.0.0.1:{port}/api/kernels"
    identity = call(f"http://{base}", "POST", {"name": "swift"}, token="t")["id"]
    connection = websocket.create_connection(
        f"ws://{base}/{identity}/channels?token=t", timeout=LIMIT)
    try:
        header = {
            "msg_id": "m1", "session": "s1", "username": "u", "msg_type": "execute_request",
            "version": "5.3", "date": "2024-01-01T00:00:00Z",
        }
        connection.send(json.dumps({
            "header": header, "parent_header": {}, "metadata": {}, "buffers": [],
            "channel": "shell", "content": {
                "code": code, "silent": False, "store_history": True, "user_expressions": {},
                "allow_stdin": False, "stop_on_error": True,
            },
        }))
        received = {}
        end = time.monotonic() + LIMIT
        while not {"execute_reply", "idle"} <= set(received):
            assert time.monotonic() < end, received
            message = json.loads(connection.recv())
            if message["parent_header"].get("msg_id") != "m1":
                continue
            content = message["content"]
            kind = message["msg_type"]
            received[content["execution_state"] if kind == "status" else kind] = content
        return received
    finally:
        connection.close()
        call(f"http://{base}/{identity}", "DELETE", token="t")


def test_the_kernel_gateway(serve):
    port = serve("jupyter-kernelgateway")
    received = run_over_websocket(port, 'print("through the gateway")\n6 * 7')
    assert received["execute_reply"]["status"] == "ok"
    assert received["stream"]["text"] == "through the gateway\n"
    assert received["execute_result"]["data"]["text/plain"] == "42"


@pytest.mark.parametrize("program", ["jupyter-notebook", "jupyter-lab"])
def test_a_server_offers_the_kernel_its_logos_and_runs_it(serve, program):
    port = serve(program)
    specs = call(f"http://127.0.0.1:{port}/api/kernelspecs", token="t")
    resources = specs["kernelspecs"]["swift"]["resources"]
    assert {"logo-32x32", "logo-64x64", "logo-svg"} <= set(resources)
    request = urllib.request.Request(f"http://127.0.0.1:{port}{resources['logo-svg']}")
    request.add_header("Authorization", "token t")
    with urllib.request.urlopen(request, timeout=LIMIT) as answer:
        assert b"<svg" in answer.read()
    received = run_over_websocket(port, "let served = [1, 2]\nserved.count")
    assert received["execute_result"]["data"]["text/plain"] == "2"


# MARK: VS Code


def test_the_messages_of_vs_code(start_kernel, tmp_path):
    """What its Jupyter extension sends to a kernel that is new to it, in its order."""
    kernel = start_kernel()
    # It asks several times over until it is answered, on shell and on control.
    for _ in range(3):
        message = kernel.client.session.msg("kernel_info_request", {})
        kernel.client.shell_channel.send(message)
    control = kernel.client.session.msg("kernel_info_request", {})
    kernel.client.control_channel.send(control)
    for _ in range(3):
        assert kernel.client.get_shell_msg(timeout=LIMIT)["msg_type"] == "kernel_info_reply"
    assert kernel.client.get_control_msg(timeout=LIMIT)["msg_type"] == "kernel_info_reply"

    # A silent request without code finds out whether the kernel is really there.
    silent = kernel.run("", silent=True, store_history=False, stop_on_error=False)
    assert silent.status == "ok"
    assert [m["msg_type"] for m in silent.messages] == ["status", "status"]

    # Cells carry the cell's identifier; nothing is asked on stdin unless a cell wants it.
    message = kernel.client.session.msg(
        "execute_request",
        {
            "code": "let inCode = [3, 1]\ninCode.count", "silent": False, "store_history": True,
            "user_expressions": {}, "allow_stdin": True, "stop_on_error": False,
        },
        metadata={"cellId": "vscode-notebook-cell:/folder/a%20b.ipynb#W0sZmlsZQ%3D%3D"},
    )
    kernel.client.shell_channel.send(message)
    result = kernel.collect(message["header"]["msg_id"])
    assert result.status == "ok" and result.value == "2"
    assert result.reply["execution_count"] == 1

    # While one types, completions overtake each other; each is answered, in order.
    code = "inCode.sor"
    sent = []
    for end in range(len("inCode."), len(code) + 1):
        message = kernel.client.session.msg(
            "complete_request", {"code": code[:end], "cursor_pos": end})
        kernel.client.shell_channel.send(message)
        sent.append(message["header"]["msg_id"])
    replies = [kernel.client.get_shell_msg(timeout=LIMIT) for _ in sent]
    assert [reply["parent_header"]["msg_id"] for reply in replies] == sent
    assert all("sorted" in reply["content"]["matches"] for reply in replies)
    hover = kernel.ask("inspect_request", code=code, cursor_pos=3, detail_level=0)
    assert hover["found"]

    # Its variable view runs silent cells, which leave no trace in history or counts.
    hidden = kernel.run("inCode.count", silent=True, store_history=False)
    assert hidden.status == "ok" and hidden.value is None
    assert kernel.ok("inCode.count").reply["execution_count"] == 2

    # An unknown comm target is closed; an interrupt and a shutdown come on control.
    message = kernel.client.session.msg(
        "comm_open", {"comm_id": "v1", "target_name": "jupyter.widget.unknown", "data": {}})
    kernel.client.shell_channel.send(message)
    message = kernel.client.session.msg("interrupt_request", {})
    kernel.client.control_channel.send(message)
    assert kernel.client.get_control_msg(timeout=LIMIT)["msg_type"] == "interrupt_reply"
    # An interrupt of an idle kernel stops nothing later.
    end = time.monotonic() + LIMIT
    while kernel.run("1 + 1").status != "ok":
        assert time.monotonic() < end
    message = kernel.client.session.msg("shutdown_request", {"restart": False})
    kernel.client.control_channel.send(message)
    assert kernel.client.get_control_msg(timeout=LIMIT)["msg_type"] == "shutdown_reply"
