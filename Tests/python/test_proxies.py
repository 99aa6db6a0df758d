"""Logging to a server that is reached through a proxy only."""

import contextlib
import http.client
import http.server
import threading
import urllib.parse

import mlflow
import pytest

from session import LIMIT
from tracked import runner, served

#: A host that no name server knows (RFC 2606).
HOST = "tracking.invalid"


class Proxy(http.server.BaseHTTPRequestHandler):
    """Sends requests on, those for HOST to this machine."""

    def forward(self):
        target = urllib.parse.urlsplit(self.path)
        self.server.seen.append(f"{self.command} {target.hostname} {target.path}")
        self.server.expecting += "Expect" in self.headers
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=LIMIT)
        headers = {key: value for key, value in self.headers.items() if key.lower() not in ("host", "proxy-connection")}
        connection.request(self.command, f"{target.path}?{target.query}".rstrip("?"), body, headers)
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type") or "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.seen, server.expecting = [], 0
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """Sets the variables that name a proxy."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_runs_arrive_through_a_proxy(environment, model_files, tmp_path):
    with served(tmp_path / "tracking.db") as client, proxy() as between:
        port = urllib.parse.urlsplit(mlflow.get_tracking_uri()).port
        environment.setenv("http_proxy", f"http://127.0.0.1:{between.server_port}")
        run, *_ = runner("model", f"http://{HOST}:{port}", model_files)[0].split()
        environment.delenv("http_proxy")
        assert client.get_run(run).info.status == "FINISHED"
    assert f"POST {HOST} /api/2.0/mlflow/runs/create" in between.seen
    assert any(line.startswith(f"PUT {HOST} /api/2.0/mlflow-artifacts/") for line in between.seen)
    # This proxy does not know the header, and libcurl would wait for a second before each small body.
    assert between.expecting == 0


def test_hosts_of_no_proxy_are_asked_directly(environment, model_files, tmp_path):
    with served(tmp_path / "tracking.db"), proxy() as between:
        environment.setenv("http_proxy", f"http://127.0.0.1:{between.server_port}")
        environment.setenv("no_proxy", "localhost,127.0.0.1")
        runner("model", mlflow.get_tracking_uri(), model_files)
    assert between.seen == []
