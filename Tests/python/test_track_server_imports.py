"""`track-cli import URL`, whole and in parts, and servers that misbehave."""

import contextlib
import http.server
import json
import os
import pty
import re
import subprocess
import threading
import time

import mlflow
import requests
from mlflow.entities import Metric

from servers import folder  # noqa: F401
from session import LIMIT
from test_track_transfer import imported, seen, write
from tracked import CLI, cli, served


def test_a_server_comes_over_whole(folder, tmp_path):
    there, here = tmp_path / "there.db", tmp_path / "here.db"
    with served(there) as client:
        run, child = write(client)
        client.log_batch(run, metrics=[Metric("long", float(s), s, s) for s in range(1000)])
        for start in range(1000, 27_000, 1000):
            client.log_batch(run, metrics=[Metric("long", float(s), s, s) for s in range(start, start + 1000)])
        # More than one page of each.
        for number in range(1001):
            client.create_run("0", run_name=f"many-{number}", start_time=number)
        client.create_registered_model("clf", tags={"a": "b"}, description="what")
        for number in range(101):
            client.create_model_version("clf", f"runs:/{run}/folder", run, description=f"v{number}", await_creation_for=0)
        client.set_registered_model_alias("clf", "best", "7")
        uri = mlflow.get_tracking_uri()
        model = mlflow.MlflowClient().create_logged_model(client.get_run(run).info.experiment_id, name="net", source_run_id=run, params={"depth": "3"})
        client.log_model_artifact(model.model_id, str(write_file(tmp_path / "m.txt", "model")))
        client.finalize_logged_model(model.model_id, "READY")
        before = {key: seen(client, key) for key in (run, child)}
        version = client.get_model_version("clf", "7")
        added, completed, present, left_out = imported(uri, store=here)
        assert (added, completed, present) == (1003, 0, 0) and set(left_out) == {"runs that are deleted"}
        assert imported(uri, store=here)[:3] == (0, 0, 1003)
        client.log_metric(child, "late", 1.0, step=3)
        client.log_text(child, "later", "later.txt")
        client.set_terminated(child)
        assert imported(uri, store=here)[:3] == (0, 1, 1002)
        before[child] = seen(client, child)
    with served(here) as client:
        for key, expected in before.items():
            assert seen(client, key) == expected
        assert len(client.get_metric_history(run, "long")) == 27_000
        assert len(client.search_model_versions("name = 'clf'", max_results=1000)) == 101
        assert client.get_model_version_by_alias("clf", "best").version == version.version
        assert client.get_registered_model("clf").tags == {"a": "b"}
        assert client.get_logged_model(model.model_id).params == {"depth": "3"}
        files = requests.get(f"{mlflow.get_tracking_uri()}/api/2.0/mlflow/logged-models/{model.model_id}/artifacts/directories", timeout=LIMIT)
        assert [file["path"] for file in files.json()["files"]] == ["m.txt"]
    cli("artifacts", "get", child, "later.txt", "-o", tmp_path / "later.txt", store=here)
    assert (tmp_path / "later.txt").read_text() == "later"
    assert "is sound" in cli("doctor", store=here)


def write_file(path, text):
    path.write_text(text)
    return path


@contextlib.contextmanager
def answering(answers, delay=0):
    """A server that gives `answers`, by the last words of their paths, whatever it is asked, each after some seconds."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            time.sleep(delay)
            path = self.path.split("?")[0].split("/mlflow/")[-1]
            status, body = answers.get(path, (404, "<h1>Not found</h1>"))
            body = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            self.send_header("Content-Length", len(body.encode()))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


EXPERIMENTS = (200, {"experiments": [{"experiment_id": "0", "name": "Default"}]})
RUN = {"info": {"run_id": "a" * 32, "run_name": "one", "experiment_id": "0", "status": "FINISHED", "start_time": "7", "end_time": 9},
       "data": {"metrics": [{"key": "loss", "value": "NaN", "step": "3", "timestamp": 5}]}}


def test_servers_that_misbehave(folder, tmp_path):
    assert "cannot help" in cli("runs", store="http://127.0.0.1:9", status=1)
    with answering({}) as uri:
        assert "is this a tracking server?" in cli("runs", store=uri, status=1)
        assert "is this a tracking server?" in cli("import", uri, store=tmp_path / "x.db", status=1)
    with answering({"experiments/search": (200, "no JSON {")}) as uri:
        assert cli("runs", store=uri) == "No runs yet.\n"
    with answering({"experiments/search": EXPERIMENTS, "runs/search": (500, {"error_code": "INTERNAL_ERROR", "message": "oh"})}) as uri:
        assert "oh" in cli("runs", store=uri, status=1)
    # Members of other types, and without names, are no runs.
    odd = {"runs": [RUN, {}, {"info": 7}, {"info": {"run_id": 5, "experiment_id": "0"}}, "text", {"info": {"run_id": "b" * 32, "experiment_id": "77"}, "data": []}]}
    with answering({"experiments/search": EXPERIMENTS, "runs/search": (200, odd)}) as uri:
        runs = json.loads(cli("runs", "--format", "json", "-c", "metrics.loss", store=uri))
        assert [(r["id"][0], r["experiment"], r["start_ms"], r["end_ms"]) for r in runs] == [("a", "Default", 7, 9), ("b", "77", 0, None)]
        assert runs[0]["metrics.loss"] == "NaN"
    # A server's word for where files go is not taken.
    for path in ("../../evil", "/etc/evil", "a/../b"):
        files = (200, {"files": [{"path": path, "is_dir": False, "file_size": 1}]})
        with answering({"experiments/search": EXPERIMENTS, "runs/get": (200, {"run": RUN}), "artifacts/list": files, "runs/search": (200, {})}) as uri:
            assert "it names a file" in cli("artifacts", "get", "a" * 32, "-o", tmp_path / "out", store=uri, status=1)
            assert not (tmp_path / "out").exists()
    # Nor is a folder within itself without end.
    loop = (200, {"files": [{"path": "a", "is_dir": True}]})
    with answering({"experiments/search": EXPERIMENTS, "runs/get": (200, {"run": RUN}), "artifacts/list": loop, "runs/search": (200, {}),
                    "metrics/get-history": (200, {"metrics": []})}) as uri:
        assert "it names a file \"a\"" in cli("show", "a" * 32, store=uri, status=1)


def test_artifacts_that_a_server_does_not_give_are_told(folder, tmp_path):
    store = tmp_path / "x.db"
    answers = {
        "experiments/search": EXPERIMENTS, "runs/search": (200, {"runs": [RUN]}), "registered-models/search": (200, {}),
        "metrics/get-history": (200, {"metrics": [{"key": "loss", "value": 0.5, "step": 3, "timestamp": 5}]}),
        "artifacts/list": (200, {"files": [{"path": "a.bin", "is_dir": False, "file_size": 1}]}),
    }
    with answering(answers) as uri:
        added, _, _, left_out = imported(uri, store=store)
    # It answers every search with that run, that of deleted ones as well.
    assert added == 1 and any("does not give" in reason and "404" in reason for reason in left_out)
    assert json.loads(cli("metrics", "one", "loss", "--format", "json", store=store)) == [{"step": 3, "time_ms": 5, "value": 0.5}]


def test_a_terminal_shows_how_far_an_import_is(folder, tmp_path):
    runs = [{"info": RUN["info"] | {"run_id": f"{number:032x}"}} for number in range(20)]
    answers = {"experiments/search": EXPERIMENTS, "runs/search": (200, {"runs": runs}), "artifacts/list": (200, {}), "registered-models/search": (200, {})}
    main, side = pty.openpty()
    with answering(answers, delay=0.03) as uri:
        answer = subprocess.run([CLI, "import", uri, "--store", tmp_path / "x.db"], stdout=subprocess.PIPE, stderr=side, text=True, timeout=LIMIT)
    os.close(side)
    shown = b""
    with contextlib.suppress(OSError):
        while part := os.read(main, 4096):
            shown += part
    os.close(main)
    assert answer.stdout.startswith("Imported 20 runs")
    assert re.search(rb"\r\x1b\[K\d+ runs, Default", shown) and shown.endswith(b"\r\x1b[K")
