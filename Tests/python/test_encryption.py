"""CURVE encryption of the transport, with the client of Jupyter that speaks it."""

import json
import subprocess

import pytest
import zmq
import zmq.utils.monitor

import test_bad_input

CHANNELS = ("shell", "control", "stdin", "iopub", "hb")


@pytest.fixture
def encrypted(start_kernel):
    kernel = start_kernel(manager_options={"transport_encryption": "required"})
    assert kernel.client.curve_publickey
    return kernel


def test_the_kernelspec_says_that_the_kernel_encrypts(kernelspec):
    spec = json.loads((kernelspec / "kernel.json").read_text())
    assert spec["metadata"]["supported_encryption"] == ["curve"]


def test_an_encrypted_session_is_like_any_other(encrypted):
    encrypted.ok("let a = 41")
    assert encrypted.ok('print("text")\na + 1').value == "42"
    assert encrypted.ask_control("kernel_info_request")["status"] == "ok"
    assert encrypted.ok("readLine() ?? \"\"", answers=["ada"]).value.strip('"') == "ada"
    assert encrypted.client.is_alive()
    result, _ = encrypted.interrupt_during('print("on")\nwhile true {}', when="stream")
    assert result.error["ename"] == "KeyboardInterrupt"
    encrypted.manager.restart_kernel(now=False)
    encrypted.client.wait_for_ready(timeout=90)
    assert encrypted.ok("1 + 1").value == "2"


@pytest.mark.parametrize("keys", ["none", "another server's"])
def test_a_client_with_a_wrong_key_gets_nothing(encrypted, keys):
    info = encrypted.client.get_connection_info()
    context = zmq.Context()
    refused = {}
    for channel in CHANNELS:
        kind = {"iopub": zmq.SUB, "hb": zmq.REQ}.get(channel, zmq.DEALER)
        sock = context.socket(kind)
        sock.linger = 0
        if keys != "none":
            sock.curve_publickey, sock.curve_secretkey = zmq.curve_keypair()
            sock.curve_serverkey, _ = zmq.curve_keypair()
        if kind == zmq.SUB:
            sock.subscribe(b"")
        monitor = sock.get_monitor_socket()
        sock.connect(f"tcp://{info['ip']}:{info[channel + '_port']}")
        if kind != zmq.SUB:
            sock.send(b"hello")
        refused[channel] = (sock, monitor)
    try:
        for channel, (sock, monitor) in refused.items():
            # The kernel ends the connection during the handshake, which never succeeds.
            events = set()
            while zmq.Event.DISCONNECTED not in events:
                assert monitor.poll(30_000), f"{channel}: only {events}"
                events.add(zmq.utils.monitor.recv_monitor_message(monitor)["event"])
            assert zmq.Event.HANDSHAKE_SUCCEEDED not in events
        encrypted.ok('print("published")')
        for channel, (sock, _) in refused.items():
            assert not sock.poll(0), f"{channel} got a message"
    finally:
        context.destroy(linger=0)


def pair():
    public, secret = zmq.curve_keypair()
    return {"curve_publickey": public.decode(), "curve_secretkey": secret.decode()}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({**pair(), "curve_secretkey": None}, "curve_secretkey"),
        ({**pair(), "curve_publickey": None}, "curve_publickey"),
        ({**pair(), "curve_publickey": "short"}, "curve_publickey"),
        ({**pair(), "curve_secretkey": "~" * 40}, "curve_secretkey"),
        ({**pair(), "curve_secretkey": 5}, "curve_secretkey"),
        ({**pair(), "curve_publickey": pair()["curve_publickey"]}, "belong together"),
        ({**pair(), "curve_secretkey": "#" * 40}, "belong together"),
    ],
)
def test_keys_at_fault_end_the_kernel_with_a_clear_error(martlet, tmp_path, keys, expected):
    file = tmp_path / "connection.json"
    file.write_text(json.dumps(test_bad_input.connection(**keys)))
    answer = subprocess.run(
        [martlet, "kernel", "--connection-file", file],
        capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode not in (0, -6, -11)
    assert expected in answer.stderr
    assert len(answer.stderr.splitlines()) <= 5
    if isinstance(keys["curve_secretkey"], str):
        assert keys["curve_secretkey"] not in answer.stderr
