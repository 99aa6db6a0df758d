"""`track-cli serve` as a service: TLS, figures, logs, limits and its end."""

import datetime
import ipaddress
import json
import re
import signal
import socket
import subprocess
import threading
import time

import mlflow
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from servers import API, call, serve, track  # noqa: F401 (fixtures, too)
from session import LIMIT


def test_martlet_serves_as_track_cli_does(martlet, tmp_path):
    """`martlet serve` takes the same options and serves the same store."""
    command = lambda *words: subprocess.run([martlet, "serve", *words], capture_output=True, text=True, timeout=LIMIT)
    help_text = command("--help").stdout
    assert all(len(line) <= 80 for line in help_text.splitlines()), help_text
    other = subprocess.run([martlet.with_name("track-cli"), "serve", "--help"], capture_output=True, text=True, timeout=LIMIT).stdout
    options = lambda text: set(re.findall(r"^ +(--[a-z-]+)", text, re.M)) - {"--format"}
    assert options(help_text) == options(other) and "--tls-cert" in help_text
    assert "serve" in subprocess.run([martlet, "--help"], capture_output=True, text=True, timeout=LIMIT).stdout
    refused = command("--port", "70000")
    assert refused.returncode == 64 and "65535" in refused.stderr and "martlet serve --help" in refused.stderr
    process = subprocess.Popen([martlet, "serve", "--port", "0", "--store", tmp_path / "tracking.db"], stdout=subprocess.PIPE, text=True)
    try:
        uri = re.search(r"http\S+", process.stdout.readline())[0]
        assert call(uri, "experiments/create", name="of martlet").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LIMIT) == 0 and "Stopped." in process.stdout.read()
    finally:
        process.kill()
        process.communicate(timeout=LIMIT)


def certificate_for_localhost(folder):
    """The files of a certificate that signs itself, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
                   .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                   .not_valid_after(now + datetime.timedelta(days=2)).add_extension(names, critical=False)
                   .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256()))
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return folder / "cert.pem", folder / "key.pem"


def test_tls_with_the_real_client(serve, tmp_path, monkeypatch):
    certificate, key = certificate_for_localhost(tmp_path)
    uri, _, _ = serve("--tls-cert", certificate, "--tls-key", key)
    assert uri.startswith("https://")
    with pytest.raises(requests.exceptions.SSLError):
        requests.get(f"{uri}/health", timeout=LIMIT)
    monkeypatch.setenv("MLFLOW_TRACKING_SERVER_CERT_PATH", str(certificate))
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    client.log_metric(run, "m", 2)
    client.log_text(run, "x" * 300_000, "large.txt")
    assert client.get_run(run).data.metrics == {"m": 2}


def test_wrong_certificates_are_named(track, tmp_path):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate\n")
    assert "PEM" in track("serve", "--port", "0", "--tls-cert", str(wrong), "--tls-key", str(wrong), status=1)
    assert "cannot be read" in track("serve", "--port", "0", "--tls-cert", "/nonexistent", "--tls-key", str(wrong), status=1)
    assert "go together" in track("serve", "--tls-cert", str(wrong), status=64)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6(serve):
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    uri, _, _ = serve("--host", "::1")
    assert uri.startswith("http://[::1]:")
    assert mlflow.MlflowClient(uri).create_run("0").info.run_id


def test_prometheus_figures(serve):
    uri, _, _ = serve()
    for _ in range(3):
        call(uri, "runs/create", experiment_id="0")
    requests.get(f"{uri}/nowhere/{'x' * 50}", timeout=LIMIT)
    answer = requests.get(f"{uri}/metrics", timeout=LIMIT)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples = {}
    for line in answer.text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? [-+.\w]+', line), line
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            samples[name] = float(value)
    assert samples['martlet_http_requests_total{method="POST",route="runs/create",status="200"}'] == 3
    assert samples['martlet_http_requests_total{method="GET",route="other",status="404"}'] == 1
    assert samples['martlet_http_request_duration_seconds_count{route="runs/create"}'] == 3
    assert samples['martlet_http_request_duration_seconds_bucket{route="runs/create",le="+Inf"}'] == 3
    assert samples['martlet_runs{status="RUNNING"}'] == 3 and samples["martlet_store_bytes"] > 0
    assert "nowhere" not in answer.text


def test_logs_have_an_entry_with_an_id_for_each_request(serve):
    uri, process, errors = serve("--log-format", "json")
    trace = "0af7651916cd43dd8448eb211c80319c"
    sent = requests.get(f"{uri}/health", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"}, timeout=LIMIT)
    named = requests.get(f"{uri}/health", headers={"X-Request-Id": "mine-1"}, timeout=LIMIT)
    odd = requests.get(f"{uri}/a%0Ab?token=secret", headers={"X-Request-Id": 'a" b'}, timeout=LIMIT)
    big = requests.post(f"{uri}{API}/runs/create", data=b"x" * 2_000_000, timeout=LIMIT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT) == 0
    lines = [json.loads(line) for line in open(errors)]
    assert [(line["path"], line["status"]) for line in lines] == [
        ("/health", 200), ("/health", 200), ("/a\nb", 404), (f"{API}/runs/create", 413)]
    assert lines[0]["trace_id"] == lines[0]["request_id"] == sent.headers["X-Request-Id"] == trace
    assert lines[1]["request_id"] == named.headers["X-Request-Id"] == "mine-1"
    assert [line["request_id"] for line in lines[2:]] == [odd.headers["X-Request-Id"], big.headers["X-Request-Id"]]
    assert '"' not in odd.headers["X-Request-Id"] and "secret" not in open(errors).read()


def test_it_ends_also_when_it_is_told_to_at_once(serve):
    for _ in range(40):
        _, process, _ = serve()
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0


def test_requests_that_trickle_in_are_cut_off(serve):
    uri, _, _ = serve("--timeout", "1")
    port = int(uri.rsplit(":", 1)[1])
    for text in (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ",
                 b"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as raw:
            raw.sendall(text)
            end = time.monotonic() + LIMIT
            raw.settimeout(0.2)
            while time.monotonic() < end:  # A byte now and then, so that the connection is never silent.
                try:
                    if raw.recv(1000) == b"":
                        break
                except TimeoutError:
                    pass
                except ConnectionError:
                    break
                try:
                    raw.sendall(b"x")
                except ConnectionError:
                    break
            else:
                pytest.fail("it may trickle for ever")
    assert requests.get(f"{uri}/health", timeout=LIMIT).text == "OK"


def test_wrong_lengths_and_half_closed_connections(serve):
    uri, _, _ = serve("--timeout", "5")
    port = int(uri.rsplit(":", 1)[1])
    body = b'{"experiment_id": "0"}'
    head = (b"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\n")

    def answer(text):
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as raw:
            raw.sendall(text)
            raw.shutdown(socket.SHUT_WR)
            received = b""
            try:
                while piece := raw.recv(65536):
                    received += piece
            except ConnectionError:
                pass
            return received

    # Who sends all and closes that half is answered; who closes in the middle makes no run.
    assert answer(head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)).startswith(b"HTTP/1.1 200")
    assert b"200 OK" not in answer(head + b"Content-Length: %d\r\n\r\n%s" % (len(body) + 5, body))
    for lengths in (b"Content-Length: -1\r\n", b"Content-Length: x\r\n", b"Content-Length: 99999999999999999999999\r\n",
                    b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"):
        received = answer(head + lengths + b"\r\n" + body)
        assert received == b"" or received.split(b" ")[1][:1] == b"4", received[:100]
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert answer(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks).startswith(b"HTTP/1.1 200")
    found = call(uri, "runs/search", experiment_ids=["0"]).json()["runs"]
    assert len(found) == 2


def test_requests_in_flight_are_answered_at_the_end(serve):
    uri, process, _ = serve()
    port = int(uri.rsplit(":", 1)[1])
    run = call(uri, "runs/create", experiment_id="0").json()["run"]["info"]["run_id"]
    body = json.dumps({"run_id": run, "metrics": [{"key": "m", "value": k, "timestamp": k, "step": k} for k in range(1000)]}).encode()
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as raw:
        raw.sendall(b"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(body))
        assert raw.recv(1000).startswith(b"HTTP/1.1 100")  # It is being received.
        process.send_signal(signal.SIGTERM)
        ended = threading.Event()
        threading.Thread(target=lambda: (process.wait(LIMIT), ended.set()), daemon=True).start()
        # It listens no more, and waits for this one.
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=LIMIT).close()
                time.sleep(0.01)
            except ConnectionError:
                break
        assert not ended.is_set()
        raw.sendall(body)
        assert raw.recv(1000).startswith(b"HTTP/1.1 200")
    assert ended.wait(LIMIT) and process.returncode == 0


def test_limits_are_options(serve, track):
    uri, _, _ = serve("--max-body", "2048", "--allowed-hosts", "tracker.example")
    headers = {"Content-Type": "application/json"}
    assert requests.post(f"{uri}{API}/runs/create", data=b" " * 3000, headers=headers, timeout=LIMIT).status_code == 413
    assert requests.get(f"{uri}/health", headers={"Host": "tracker.example"}, timeout=LIMIT).status_code == 200
    assert requests.get(f"{uri}/health", headers={"Host": "evil.example"}, timeout=LIMIT).status_code == 403
    assert "--timeout" in track("serve", "--timeout", "0", status=64)


def test_artifacts_in_a_folder_of_their_own(serve, tmp_path, monkeypatch):
    uri, _, _ = serve("--artifacts", f"file://{tmp_path}/elsewhere")
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    mlflow.set_tracking_uri(uri)
    try:
        client.log_text(run, "hello", "a.txt")
        assert mlflow.artifacts.load_text(f"runs:/{run}/a.txt") == "hello"
    finally:
        mlflow.set_tracking_uri(None)
    assert any(p.read_bytes() == b"hello" for p in (tmp_path / "elsewhere").rglob("*") if p.is_file())
    assert not (tmp_path / "tracking.db.artifacts").exists()


def test_events_tell_of_a_run_until_it_ends(serve):
    uri, process, _ = serve()
    run = call(uri, "runs/create", experiment_id="0").json()["run"]["info"]["run_id"]
    call(uri, "runs/log-metric", run_id=run, key="loss", value=0.5, timestamp=1, step=0)

    def events(answer):
        name = None
        for line in answer.iter_lines(decode_unicode=True):
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))

    with requests.get(f"{uri}/api/2.0/martlet/runs/events", params={"run_id": run}, stream=True, timeout=LIMIT) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        told = events(answer)
        assert next(told)[1]["points"][0]["value"] == 0.5
        name, info = next(told)
        assert name == "status" and info["status"] == "RUNNING" and info["run_id"] == run
        for step in (1, 2):
            call(uri, "runs/log-metric", run_id=run, key="loss", value=step * 0.1, timestamp=1, step=step)
        steps = []
        while steps != [1, 2]:
            name, metric = next(told)
            assert name == "metric" and metric["key"] == "loss"
            steps += [point["step"] for point in metric["points"]]
        call(uri, "runs/update", run_id=run, status="FINISHED", end_time=5)
        assert [(name, info["status"]) for name, info in told] == [("status", "FINISHED")]  # And then it ends.
    other = call(uri, "runs/create", experiment_id="0").json()["run"]["info"]["run_id"]
    with requests.get(f"{uri}/api/2.0/martlet/runs/events", params={"run_id": other}, stream=True, timeout=LIMIT) as answer:
        assert next(events(answer))[0] == "status"
        process.send_signal(signal.SIGTERM)  # Streams do not keep the server.
        assert process.wait(LIMIT) == 0
