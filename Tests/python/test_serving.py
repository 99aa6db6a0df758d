"""`track-cli serve` as a service: accounts and roles, TLS, figures, logs, limits and its end."""

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
from mlflow.exceptions import MlflowException

from session import LIMIT

API = "/api/2.0/mlflow"


@pytest.fixture
def track(martlet, tmp_path):
    """Runs track-cli on a store in the test's folder; gives its output, or its error if that is expected."""

    def call(*words, status=0):
        answer = subprocess.run([martlet.with_name("track-cli"), *words, "--store", tmp_path / "tracking.db"],
                                capture_output=True, text=True, timeout=LIMIT)
        assert answer.returncode == status, answer.stderr
        return answer.stderr if status else answer.stdout.strip()

    return call


@pytest.fixture
def serve(martlet, tmp_path):
    """Starts servers; gives their address, process, and the file of their standard error."""
    started = []

    def call(*options, **environment):
        errors = open(tmp_path / f"errors-{len(started)}", "w+")
        process = subprocess.Popen(
            [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", tmp_path / "tracking.db", *options],
            stdout=subprocess.PIPE, stderr=errors, text=True, env={"PATH": "/usr/bin:/bin"} | environment)
        started.append((process, errors))
        line = process.stdout.readline()
        assert line, open(errors.name).read()
        return re.search(r"http\S+", line)[0], process, errors.name

    yield call
    for process, errors in started:
        process.kill()
        process.communicate(timeout=LIMIT)
        errors.close()


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def call(uri, path, token=None, **body):
    return requests.post(f"{uri}{API}/{path}", json=body, headers=bearer(token) if token else {}, timeout=LIMIT)


@pytest.fixture
def team(track, serve, tmp_path):
    """A server with accounts: the admin's token, the one of a colleague without roles, and the address."""
    admin = track("accounts", "add", "admin", "--role", "manage")
    colleague = track("accounts", "add", "colleague")
    uri, _, _ = serve("--accounts", tmp_path / "accounts.db")
    return uri, admin, colleague


def test_strangers_learn_nothing(team, track):
    uri, admin, _ = team
    other = track("accounts", "token", "admin", "--label", "old")
    track("accounts", "revoke", other.split("_")[1])
    wrong = [{}, bearer("x"), bearer(admin[:-1] + ("0" if admin[-1] != "0" else "1")), bearer(other), {"Authorization": "Basic !!!"},
             bearer("mrt_000000000000_" + 64 * "0"), {"Authorization": admin}]
    texts = set()
    for headers in wrong:
        answer = requests.get(f"{uri}{API}/experiments/get?experiment_id=0", headers=headers, timeout=LIMIT)
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Basic"), headers
        texts.add(answer.text)
    for name, token in (("admin", "x"), ("nobody", admin), ("nobody", "x")):
        answer = requests.get(f"{uri}{API}/experiments/get?experiment_id=0", auth=(name, token), timeout=LIMIT)
        assert answer.status_code == 401
        texts.add(answer.text)
    assert len(texts) == 1, "the answers tell names from tokens"
    assert requests.get(f"{uri}/health", timeout=LIMIT).text == "OK"
    assert requests.get(f"{uri}/metrics", timeout=LIMIT).status_code == 401
    # Nor may a stranger fill the disk: the answer comes before the body.
    with socket.create_connection(("127.0.0.1", int(uri.rsplit(":", 1)[1])), timeout=LIMIT) as raw:
        raw.sendall(f"PUT /api/2.0/mlflow-artifacts/artifacts/0/{32 * 'a'}/artifacts/x HTTP/1.1\r\nHost: localhost\r\n"
                    "Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n".encode())
        assert raw.recv(1000).startswith(b"HTTP/1.1 401")


def test_only_digests_of_tokens_are_kept(team, tmp_path):
    _, admin, _ = team
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("accounts.db*"))
    assert admin.encode() not in stored and admin.split("_")[2].encode() not in stored
    assert bytes.fromhex(admin.split("_")[2]) not in stored
    assert (tmp_path / "accounts.db").stat().st_mode & 0o077 == 0


def test_expired_tokens_end(team, track, tmp_path):
    import sqlite3

    uri, _, _ = team
    token = track("accounts", "token", "admin", "--expires", "1")
    assert requests.get(f"{uri}/metrics", headers=bearer(token), timeout=LIMIT).status_code == 200
    with sqlite3.connect(tmp_path / "accounts.db") as accounts:
        accounts.execute("UPDATE tokens SET expires_ms = 1 WHERE id = ?", (token.split("_")[1],))
    assert requests.get(f"{uri}/metrics", headers=bearer(token), timeout=LIMIT).status_code == 401


def test_roles_hold_and_hide(team, track):
    uri, admin, colleague = team
    secret = call(uri, "experiments/create", admin, name="secret").json()["experiment_id"]
    run = call(uri, "runs/create", admin, experiment_id=secret).json()["run"]["info"]["run_id"]
    call(uri, "runs/log-metric", admin, run_id=run, key="m", value=1, timestamp=1)

    def get(path, **query):
        return requests.get(f"{uri}{API}/{path}", params=query, headers=bearer(colleague), timeout=LIMIT)

    # Without a role it is as if it were not there, to the letter.
    for hidden, absent in (
        (get("runs/get", run_id=run), get("runs/get", run_id=32 * "a")),
        (get("experiments/get", experiment_id=secret), get("experiments/get", experiment_id="999")),
        (get("experiments/get-by-name", experiment_name="secret"), get("experiments/get-by-name", experiment_name="none")),
        (get("metrics/get-history", run_id=run, metric_key="m"), get("metrics/get-history", run_id=32 * "a", metric_key="m")),
        (call(uri, "runs/log-metric", colleague, run_id=run, key="m", value=1, timestamp=1),
         call(uri, "runs/log-metric", colleague, run_id=32 * "a", key="m", value=1, timestamp=1)),
        (get("artifacts/list", run_id=run), get("artifacts/list", run_id=32 * "a")),
    ):
        names = {run: "R", 32 * "a": "R", f"id={secret} ": "E", "id=999 ": "E", "'secret'": "N", "'none'": "N"}
        texts = []
        for answer in (hidden, absent):
            text = answer.text
            for name, stand_in in names.items():
                text = text.replace(name, stand_in)
            texts.append((answer.status_code, text))
        assert texts[0] == texts[1]
    assert call(uri, "experiments/search", colleague, max_results=10).json() == {}
    assert call(uri, "runs/search", colleague, experiment_ids=[secret]).json() == {}
    assert requests.get(f"{uri}/metrics", headers=bearer(colleague), timeout=LIMIT).status_code == 403

    track("accounts", "grant", "colleague", "read", "-e", "secret")
    assert get("runs/get", run_id=run).status_code == 200
    assert [e["name"] for e in call(uri, "experiments/search", colleague, max_results=10).json()["experiments"]] == ["secret"]
    assert len(call(uri, "runs/search", colleague, experiment_ids=[secret]).json()["runs"]) == 1
    for path, body in (("runs/log-metric", {"run_id": run, "key": "m", "value": 2, "timestamp": 2}), ("runs/delete", {"run_id": run}),
                       ("experiments/update", {"experiment_id": secret, "new_name": "x"})):
        answer = call(uri, path, colleague, **body)
        assert answer.status_code == 403 and answer.json()["error_code"] == "PERMISSION_DENIED"
    file = f"{uri}/api/2.0/mlflow-artifacts/artifacts/{secret}/{run}/artifacts/a.txt"
    assert requests.put(file, data=b"x", headers=bearer(colleague), timeout=LIMIT).status_code == 403

    track("accounts", "grant", "colleague", "edit", "-e", "secret")
    assert call(uri, "runs/log-metric", colleague, run_id=run, key="m", value=2, timestamp=2).status_code == 200
    assert requests.put(file, data=b"x", headers=bearer(colleague), timeout=LIMIT).status_code == 200
    assert call(uri, "runs/delete", colleague, run_id=run).status_code == 403
    # Whoever makes an experiment manages it; removing the account ends it all.
    own = call(uri, "experiments/create", colleague, name="own").json()["experiment_id"]
    assert call(uri, "experiments/delete", colleague, experiment_id=own).status_code == 200
    track("accounts", "remove", "colleague")
    assert get("runs/get", run_id=run).status_code == 401


def test_roles_hold_for_models_histories_and_pages(team, track):
    uri, admin, colleague = team
    secret = call(uri, "experiments/create", admin, name="secret").json()["experiment_id"]
    run = call(uri, "runs/create", admin, experiment_id=secret).json()["run"]["info"]["run_id"]
    call(uri, "runs/log-metric", admin, run_id=run, key="m", value=1, timestamp=1)
    model = call(uri, "logged-models", admin, experiment_id=secret, name="net").json()["model"]["info"]["model_id"]
    call(uri, "registered-models/create", admin, name="net")
    query = "query Q($r: String) { mlflowGetRun(input: {runId: $r}) { apiError { code } run { info { runName } modelVersions { name } } } }"

    def send(method, path, root=API, **body):
        fields = {"params": body} if method == "GET" else {"json": body}
        return requests.request(method, f"{uri}{root}/{path}", headers=bearer(colleague), timeout=LIMIT, **fields)

    def graphql():
        return send("POST", "graphql", root="", query=query, variables={"r": run}).json()["data"]["mlflowGetRun"]

    def upload():
        return requests.post(f"{uri}/ajax-api/2.0/mlflow/upload-artifact", params={"run_uuid": run, "path": "a.txt"}, data=b"x",
                             headers=bearer(colleague), timeout=LIMIT).status_code

    def file(method):
        return requests.request(method, f"{uri}/api/2.0/mlflow-artifacts/artifacts/{secret}/models/{model}/artifacts/w.bin",
                                data=b"x" if method == "PUT" else None, headers=bearer(colleague), timeout=LIMIT).status_code

    seen = ("GET", f"logged-models/{model}"), ("GET", f"logged-models/{model}/artifacts/directories")
    edits = ("PATCH", f"logged-models/{model}/tags"), ("POST", f"logged-models/{model}/params")
    for method, path in seen + edits + (("DELETE", f"logged-models/{model}"),):
        answer, absent = send(method, path), send(method, path.replace(model, "m-" + 32 * "a"))
        assert answer.status_code == absent.status_code == 404, (path, answer.text)
        assert answer.text.replace(model, "M") == absent.text.replace("m-" + 32 * "a", "M")
    assert send("POST", "logged-models/search", experiment_ids=[secret]).json() == {}
    assert send("POST", "logged-models", experiment_id=secret).status_code == 404
    for path, ids in (("get-history-bulk", "run_id"), ("get-history-bulk-interval", "run_ids")):
        assert not send("GET", f"metrics/{path}", metric_key="m", **{ids: run}).json().get("metrics")
    assert send("POST", "experiments/search-datasets", experiment_ids=[secret]).json() == {}
    assert graphql()["apiError"]["code"] == "RESOURCE_DOES_NOT_EXIST"
    assert (upload(), file("PUT"), file("GET")) == (404, 404, 404)
    # Registered models belong to no experiment.
    for method, path in (("GET", "registered-models/search"), ("POST", "registered-models/create"), ("GET", "model-versions/search"),
                         ("DELETE", "registered-models/delete"), ("POST", "registered-models/alias")):
        assert send(method, path, name="net").status_code == 403, path
    assert send("GET", "get-artifact?name=net&version=1&path=a", root="/model-versions").status_code == 403

    track("accounts", "grant", "colleague", "read", "-e", "secret")
    for method, path in seen:
        assert send(method, path).status_code == 200
    assert len(send("POST", "logged-models/search", experiment_ids=[secret]).json()["models"]) == 1
    assert len(send("GET", "metrics/get-history-bulk", metric_key="m", run_id=run).json()["metrics"]) == 1
    assert graphql()["run"]["info"]["runName"] and graphql()["run"]["modelVersions"] == []
    for method, path in edits:
        assert send(method, path, tags=[], params=[]).status_code == 403
    assert (upload(), file("PUT"), file("GET")) == (403, 403, 404)

    track("accounts", "grant", "colleague", "edit", "-e", "secret")
    for method, path in edits:
        assert send(method, path, tags=[], params=[]).status_code == 200
    assert (upload(), file("PUT"), file("GET"), file("DELETE")) == (200, 200, 200, 403)
    assert send("DELETE", f"logged-models/{model}").status_code == 403


def test_mlflows_client_logs_in(team, monkeypatch):
    uri, admin, _ = team
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    client = mlflow.MlflowClient(uri)
    with pytest.raises(MlflowException):
        client.search_experiments()
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
    monkeypatch.setenv("MLFLOW_TRACKING_PASSWORD", admin)
    run = client.create_run("0").info.run_id
    client.log_text(run, "hello", "a.txt")
    assert [f.path for f in client.list_artifacts(run)] == ["a.txt"]
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME")
    monkeypatch.delenv("MLFLOW_TRACKING_PASSWORD")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", admin)
    client.log_metric(run, "m", 1)
    assert client.get_run(run).data.metrics == {"m": 1}


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


def test_other_machines_need_accounts(track):
    assert "--accounts" in track("serve", "--host", "0.0.0.0", "--port", "0", status=64)
    assert "--no-auth" in track("serve", "--host", "::", "--port", "0", "--no-auth", status=64)
    assert "no file of accounts" in track("serve", "--accounts", "/nonexistent/a.db", "--port", "0", status=1)


def test_no_auth_opens_this_machine(track, serve, tmp_path):
    track("accounts", "add", "admin")
    uri, _, _ = serve("--accounts", tmp_path / "accounts.db", NO_AUTH="1")
    assert requests.get(f"{uri}{API}/experiments/get?experiment_id=0", timeout=LIMIT).status_code == 200


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
