"""What others may send or set up wrongly: messages, connection files, ports, toolchains, disks."""

import hashlib
import hmac
import json
import socket
import subprocess
import uuid

import pytest
import zmq

from connections import connection

LIMIT = 90


# MARK: Messages


class Wire:
    """A socket that sends whatever frames it is given."""

    def __init__(self, session, channel="shell"):
        self.info = session.client.get_connection_info()
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(f"tcp://{self.info['ip']}:{self.info[channel + '_port']}")

    def sign(self, parts):
        key = self.info["key"]
        key = key if isinstance(key, bytes) else key.encode()
        return hmac.new(key, b"".join(parts), hashlib.sha256).hexdigest().encode()

    def parts(self, kind, content, **header):
        head = {
            "msg_id": uuid.uuid4().hex, "session": "wire", "username": "t",
            "date": "2024-01-01T00:00:00Z", "msg_type": kind, "version": "5.4",
        } | header
        head = {key: value for key, value in head.items() if value is not None}
        return [json.dumps(part).encode() for part in (head, {}, {}, content)]

    def send(self, parts, signature=None):
        signature = self.sign(parts) if signature is None else signature
        self.socket.send_multipart([b"<IDS|MSG>", signature, *parts])

    def answer(self, seconds):
        if not self.socket.poll(seconds * 1000):
            return None
        frames = self.socket.recv_multipart()
        at = frames.index(b"<IDS|MSG>")
        assert frames[at + 1] == self.sign(frames[at + 2:at + 6])
        return [json.loads(frame) for frame in frames[at + 2:at + 6]]

    def close(self):
        self.socket.close()
        self.context.term()


@pytest.fixture
def wire(shared_kernel):
    wire = Wire(shared_kernel)
    yield wire
    wire.close()


def test_a_well_signed_message_is_answered(wire):
    wire.send(wire.parts("kernel_info_request", {}))
    header, _, _, content = wire.answer(LIMIT)
    assert header["msg_type"] == "kernel_info_reply"
    assert content["status"] == "ok"


def broken_messages():
    def unsigned(wire):
        wire.send(wire.parts("kernel_info_request", {}), signature=b"")

    def badly_signed(wire):
        parts = wire.parts("kernel_info_request", {})
        wire.send(parts, signature=b"0" * 64)

    def changed_after_signing(wire):
        parts = wire.parts("execute_request", {"code": "1"})
        signature = wire.sign(parts)
        parts[3] = parts[3].replace(b'"1"', b'"2"')
        wire.send(parts, signature=signature)

    def truncated(wire):
        parts = wire.parts("kernel_info_request", {})
        wire.socket.send_multipart([b"<IDS|MSG>", wire.sign(parts), *parts[:2]])

    def without_delimiter(wire):
        wire.socket.send_multipart([b"hello", b"kernel"])

    def one_empty_frame(wire):
        wire.socket.send_multipart([b""])

    def header_not_json(wire):
        parts = [b"{no json", b"{}", b"{}", b"{}"]
        wire.send(parts)

    def content_not_json(wire):
        parts = wire.parts("kernel_info_request", {})
        parts[3] = b"\xff\xfe"
        wire.send(parts)

    def without_type(wire):
        wire.send(wire.parts("kernel_info_request", {}, msg_type=None))

    def of_unknown_type(wire):
        wire.send(wire.parts("make_coffee_request", {}))

    def without_code(wire):
        wire.send(wire.parts("execute_request", {"silent": False}))

    def with_code_of_a_wrong_type(wire):
        wire.send(wire.parts("execute_request", {"code": 3}))

    return [value for value in locals().values() if callable(value)]


# Whoever sends these is known, and gets an error; the others could be anybody.
ANSWERED = {"content_not_json", "without_code", "with_code_of_a_wrong_type"}


@pytest.mark.parametrize("send", broken_messages(), ids=lambda send: send.__name__)
def test_a_broken_message_gets_an_error_or_nothing_and_the_kernel_lives_on(
    wire, shared_kernel, send
):
    send(wire)
    # A good message behind it is answered, and what came before it was no success.
    good = wire.parts("kernel_info_request", {})
    wire.send(good)
    identity = json.loads(good[0])["msg_id"]
    errors = []
    while True:
        answer = wire.answer(LIMIT)
        assert answer is not None, "the kernel does not answer any more"
        header, parent, _, content = answer
        if parent.get("msg_id") == identity:
            break
        errors.append((content["status"], content.get("ename")))
    expected = [("error", "MalformedMessage")] if send.__name__ in ANSWERED else []
    assert errors == expected
    assert shared_kernel.ok("1 + 1").value == "2"


def test_a_replayed_message_runs_once(wire, shared_kernel):
    shared_kernel.ok("var replays = 0")
    parts = wire.parts("execute_request", {"code": "replays += 1", "silent": False})
    for _ in range(3):
        wire.send(parts)
    assert wire.answer(LIMIT)[3]["status"] == "ok"
    wire.send(wire.parts("kernel_info_request", {}))
    assert wire.answer(LIMIT)[0]["msg_type"] == "kernel_info_reply"
    assert shared_kernel.ok("replays").value == "1"


# MARK: Connection files and ports


@pytest.fixture(params=["martlet", "martlet-kernel"])
def start(request, martlet, tmp_path):
    """Starts the command, or what Jupyter calls, with a connection file; it has to end."""
    command = {
        "martlet": [martlet, "kernel"],
        "martlet-kernel": [martlet.with_name("martlet-kernel")],
    }[request.param]

    def call(text, **options):
        file = tmp_path / "connection.json"
        if text is not None:
            file.write_text(text)
        return subprocess.run(
            [*command, "--connection-file", file],
            capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL, **options,
        )

    return call


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "connection.json"),
        ("", "JSON"),
        ("not json", "JSON"),
        ("[]", "JSON"),
        *[
            (json.dumps(connection(**{key: None})), key)
            for key in ("shell_port", "control_port", "stdin_port", "iopub_port", "hb_port",
                        "transport", "ip", "key")
        ],
        (json.dumps(connection(transport="pigeon")), "pigeon"),
        (json.dumps(connection(signature_scheme="hmac-md5")), "hmac-md5"),
        (json.dumps(connection(shell_port=0)), "shell_port"),
        (json.dumps(connection(shell_port="many")), "shell_port"),
    ],
)
def test_a_connection_file_at_fault_ends_the_kernel_with_a_clear_error(start, text, expected):
    answer = start(text)
    assert answer.returncode not in (0, -6, -11)
    assert expected in answer.stderr
    assert len(answer.stderr.splitlines()) <= 5


def test_a_port_in_use_is_named(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = start(json.dumps(connection(iopub_port=port)))
    assert answer.returncode not in (0, -6, -11)
    assert str(port) in answer.stderr


def test_no_connection_file_is_a_usage_error(martlet):
    launcher = martlet.with_name("martlet-kernel")
    for command in ([martlet, "kernel"], [martlet, "kernel", "--connection-file"], [launcher],
                    [launcher, "--connection-file"], [launcher, "--connection-file="]):
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=LIMIT,
            stdin=subprocess.DEVNULL,
        )
        assert answer.returncode == 64
        assert "connection-file" in answer.stderr


# MARK: Toolchains


def test_a_missing_toolchain_is_told_by_the_first_cell(start_kernel):
    kernel = start_kernel(MARTLET_TOOLCHAIN="/nowhere/usr")
    result = kernel.fails("1 + 1")
    assert "/nowhere/usr" in result.trace
    assert "swift.org" in result.trace
    assert kernel.ask("kernel_info_request")["status"] == "ok"


def test_a_toolchain_of_another_version_is_told_by_the_first_cell(start_kernel, other_toolchain):
    kernel = start_kernel(MARTLET_TOOLCHAIN=str(other_toolchain))
    result = kernel.fails("1 + 1")
    assert "5.9.2" in result.trace and "6.3" in result.trace


def test_without_binutils_the_linker_of_the_toolchain_serves(
    start_kernel, tmp_path, toolchain_root
):
    kernel = start_kernel(PATH=str(tmp_path), MARTLET_TOOLCHAIN=str(toolchain_root))
    assert kernel.ok("let kept = 41").status == "ok"
    assert kernel.ok("kept + 1").value == "42"


def test_without_any_linker_the_first_cell_says_what_to_install(
    start_kernel, tmp_path, toolchain_root
):
    (tmp_path / "usr" / "bin").mkdir(parents=True)
    (tmp_path / "usr" / "lib").symlink_to(toolchain_root / "lib")
    frontend = tmp_path / "usr" / "bin" / "swift-frontend"
    frontend.symlink_to(toolchain_root / "bin" / "swift-frontend")
    kernel = start_kernel(PATH=str(tmp_path), MARTLET_TOOLCHAIN=str(tmp_path / "usr"))
    result = kernel.fails("1 + 1")
    assert "no linker was found" in result.trace and "binutils" in result.trace


# MARK: Disks


def test_a_folder_for_temporary_files_that_is_missing(start_kernel):
    kernel = start_kernel(TMPDIR="/nowhere/tmp")
    result = kernel.fails("1 + 1")
    assert "TMPDIR" in result.trace and "/nowhere/tmp" in result.trace
    assert kernel.ask("kernel_info_request")["status"] == "ok"


@pytest.mark.parametrize("uri", ["/proc/tracking.db", "postgresql://host/db"])
def test_a_store_that_cannot_be_written_throws_in_the_cell(start_kernel, uri):
    kernel = start_kernel(TRACKING_URI=uri)
    result = kernel.fails('import Martlet\nlet run = try Run.start(experiment: "x")')
    assert "TrackingError" in result.error["ename"]
    assert "TRACKING_URI" in result.error["evalue"] or uri in result.error["evalue"]
    assert kernel.ok("1 + 1").value == "2"
