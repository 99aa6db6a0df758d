"""MLflow's unmodified Python client against `track-cli serve`, and whatever else speaks HTTP."""

import json
import math
import os
import re
import signal
import socket
import subprocess
import threading

import mlflow
import pytest
import requests
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from session import LIMIT


@pytest.fixture
def serve(martlet, tmp_path):
    """Starts servers; gives their address and process."""
    processes = []

    def call(store=tmp_path / "tracking.db"):
        process = subprocess.Popen(
            [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", store], stdout=subprocess.PIPE, text=True)
        processes.append(process)
        return re.search(r"http\S+", process.stdout.readline())[0], process

    yield call
    for process in processes:
        process.kill()
        process.communicate(timeout=LIMIT)


@pytest.fixture
def client(serve, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    uri, _ = serve()
    mlflow.set_tracking_uri(uri)
    yield mlflow.MlflowClient(uri)
    mlflow.set_tracking_uri(None)


@pytest.fixture
def run(client):
    return client.create_run("0").info.run_id


def refused(code, call, *arguments, **options):
    with pytest.raises(MlflowException) as caught:
        call(*arguments, **options)
    assert caught.value.error_code == code, caught.value
    return str(caught.value)


def test_experiments_live_and_die(client):
    assert client.get_experiment("0").name == "Default"
    first = client.create_experiment("first", tags={"team": "vision"})
    shown = client.get_experiment_by_name("first")
    assert shown.experiment_id == first and shown.tags == {"team": "vision"}
    assert shown.lifecycle_stage == "active" and shown.creation_time > 1.7e12
    assert client.get_experiment_by_name("none") is None
    refused("RESOURCE_DOES_NOT_EXIST", client.get_experiment, "99")
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, "first")
    second = client.create_experiment("zweites 🐦 'x'")
    refused("BAD_REQUEST", client.rename_experiment, second, "first")
    client.rename_experiment(second, "second")
    client.set_experiment_tag(second, "team", "text")
    names = [e.name for e in client.search_experiments(order_by=["name"])]
    assert names == ["Default", "first", "second"]
    assert [e.name for e in client.search_experiments(filter_string="tags.team LIKE 'v%' OR name ILIKE 'SEC%'", order_by=["name DESC"])] == ["second", "first"]
    page = client.search_experiments(max_results=2, order_by=["name"])
    assert [e.name for e in page] == ["Default", "first"]
    assert [e.name for e in client.search_experiments(max_results=2, order_by=["name"], page_token=page.token)] == ["second"]
    run = client.create_run(first).info.run_id
    client.delete_experiment(first)
    assert client.get_experiment(first).lifecycle_stage == client.get_run(run).info.lifecycle_stage == "deleted"
    assert [e.name for e in client.search_experiments(view_type=ViewType.DELETED_ONLY)] == ["first"]
    refused("INVALID_PARAMETER_VALUE", client.create_run, first)
    client.restore_experiment(first)
    assert client.get_run(run).info.lifecycle_stage == "active"


def test_runs_are_logged_to_found_and_compared(client, track, tmp_path):
    mlflow.set_experiment("training")
    with mlflow.start_run(run_name="outer", tags={"kind": "test"}) as outer:
        mlflow.log_params({"lr": 0.1, "model": "cnn"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"nan": math.nan, "huge": math.inf}, step=-3)
        with mlflow.start_run(run_name="inner", nested=True) as inner:
            mlflow.log_metric("loss", 0.05)
    with pytest.raises(ZeroDivisionError):
        with mlflow.start_run(run_name="broken") as broken:
            mlflow.log_param("lr", 1 / 0)
    data = client.get_run(outer.info.run_id).data
    assert data.params == {"lr": "0.1", "model": "cnn"} and data.tags["kind"] == "test"
    assert data.metrics["loss"] == 0.2 and math.isnan(data.metrics["nan"]) and data.metrics["huge"] == math.inf
    history = client.get_metric_history(outer.info.run_id, "loss")
    assert [(m.step, m.value) for m in history] == [(s, 1 / (s + 1)) for s in range(5)]
    assert client.get_metric_history(outer.info.run_id, "none") == []
    assert client.get_run(inner.info.run_id).data.tags["mlflow.parentRunId"] == outer.info.run_id
    assert client.get_run(broken.info.run_id).info.status == "FAILED"
    experiment = [outer.info.experiment_id]

    def found(filter="", **options):
        return [r.info.run_name for r in client.search_runs(experiment, filter, **options)]

    assert found(order_by=["metrics.loss"]) == ["inner", "outer", "broken"]
    assert found("metrics.loss < 0.1 OR (attributes.status = 'FAILED' AND tags.`mlflow.runName` = 'broken')",
                 order_by=["run_name"]) == ["broken", "inner"]
    text = refused("INVALID_PARAMETER_VALUE", client.search_runs, experiment, "metrics.loss LIKE 3")
    assert "cannot be compared with LIKE" in text
    first = client.search_runs(experiment, max_results=2, order_by=["run_name"])
    rest = client.search_runs(experiment, max_results=2, order_by=["run_name"], page_token=first.token)
    assert [r.info.run_name for r in [*first, *rest]] == ["broken", "inner", "outer"] and not rest.token
    # The command line sees the same.
    shown = json.loads(track("show", "outer", "--format", "json", store=tmp_path / "tracking.db"))
    assert shown["status"] == "FINISHED" and shown["metrics"]["loss"]["min"] == 0.2


def test_params_are_written_once_and_batches_are_whole(client, run):
    client.log_param(run, "lr", 1)
    client.log_param(run, "lr", 1)
    assert "Changing param values is not allowed" in refused("INVALID_PARAMETER_VALUE", client.log_param, run, "lr", 2)
    refused("INVALID_PARAMETER_VALUE", client.log_batch, run, metrics=[Metric("m", 1, 1, 1)], params=[Param("lr", "3")], tags=[RunTag("t", "v")])
    data = client.get_run(run).data
    assert data.params == {"lr": "1"} and data.metrics == {} and "t" not in data.tags
    metrics = [Metric("m", float(i % 7), i, i) for i in range(1000)]
    client.log_batch(run, metrics=metrics)
    client.log_batch(run, metrics=metrics)  # As after a reply that was lost.
    assert len(client.get_metric_history(run, "m")) == 1000
    client.log_param(run, "long", "x" * 7000)
    assert len(client.get_run(run).data.params["long"]) == 6000
    client.set_tag(run, "mlflow.runName", "renamed")
    assert client.get_run(run).info.run_name == "renamed"
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_tag, run, "none")
    client.delete_run(run)
    refused("INVALID_PARAMETER_VALUE", client.log_metric, run, "m", 1)
    client.restore_run(run)
    client.set_terminated(run, "KILLED")
    assert client.get_run(run).info.status == "KILLED" and client.get_run(run).info.end_time
    refused("RESOURCE_DOES_NOT_EXIST", client.get_run, "f" * 32)


def test_data_sets_are_inputs_of_runs(client, run):
    dataset = Dataset("digits", "abc123", "local", '{"uri": "digits.csv"}', schema='{"columns": 65}')
    for _ in range(2):
        client.log_inputs(run, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    inputs = client.get_run(run).inputs.dataset_inputs
    assert [(i.dataset.name, i.dataset.digest, i.dataset.schema) for i in inputs] == [("digits", "abc123", '{"columns": 65}')]
    assert inputs[0].tags[0].value == "training"
    assert len(client.search_runs(["0"], "dataset.name = 'digits' AND dataset.context = 'training'")) == 1


def test_artifacts_go_and_come(client, run, tmp_path):
    folder = tmp_path / "files"
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "b" / "ü x's.txt").write_text("hello")
    (folder / "empty").write_bytes(b"")
    (folder / "large.bin").write_bytes(os.urandom(5_000_000))
    client.log_artifacts(run, folder, "data")
    client.log_artifact(run, folder / "large.bin")
    listed = {(f.path, f.is_dir, f.file_size) for f in client.list_artifacts(run)}
    assert listed == {("data", True, None), ("large.bin", False, 5_000_000)}
    assert [f.path for f in client.list_artifacts(run, "data/a/b")] == ["data/a/b/ü x's.txt"]
    got = client.download_artifacts(run, "data", str(tmp_path))
    assert (tmp_path / "data/a/b/ü x's.txt").read_text() == "hello" and os.path.getsize(f"{got}/empty") == 0
    assert (tmp_path / "data/large.bin").read_bytes() == (folder / "large.bin").read_bytes()
    get_artifact_repository(client.get_run(run).info.artifact_uri).delete_artifacts("data")
    assert [f.path for f in client.list_artifacts(run)] == ["large.bin"]
    # The contents are kept once, and nothing is left of uploads.
    kept = [p for p in (tmp_path / "tracking.db.artifacts").rglob("*") if p.is_file()]
    assert len(kept) == 3 and not list((tmp_path / "tracking.db.artifacts/incoming").iterdir())


def test_ranges_of_an_artifact(client, run, tmp_path):
    (tmp_path / "x.bin").write_bytes(bytes(range(100)))
    client.log_artifact(run, tmp_path / "x.bin")
    url = f"{mlflow.get_tracking_uri()}/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/x.bin"
    whole = requests.get(url, timeout=LIMIT)
    assert whole.content == bytes(range(100)) and whole.headers["Accept-Ranges"] == "bytes"
    assert whole.headers["X-Content-Type-Options"] == "nosniff" and "attachment" in whole.headers["Content-Disposition"]
    for header, status, content in [("bytes=2-4", 206, b"\2\3\4"), ("bytes=97-", 206, b"abc"), ("bytes=-2", 206, b"bc"),
                                    ("bytes=90-9999999999999999999", 200, None), ("bytes=100-", 416, b""), ("bytes=5-2", 200, None),
                                    ("bytes=0-0,5-6", 200, None), ("lines=1-2", 200, None), ("bytes=--", 200, None)]:
        answer = requests.get(url, headers={"Range": header}, timeout=LIMIT)
        assert (answer.status_code, answer.content) == (status, whole.content if content is None else content), header


@pytest.mark.parametrize("path", ["%2e%2e/%2e%2e/x", "..%2fx", "%252e%252e/x", "a/../../x", "./x", "a%5c..%5cx", "a%00b"])
def test_no_path_leads_out_of_a_run(client, run, path, tmp_path):
    url = f"{mlflow.get_tracking_uri()}/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/{path}"
    for method in ("GET", "PUT", "DELETE"):
        request = requests.Request(method, url, data=b"x").prepare()
        request.url = url  # requests would resolve it.
        answer = requests.Session().send(request, timeout=LIMIT)
        assert answer.status_code in (400, 404), (method, answer.text)
    assert {p.name for p in tmp_path.iterdir()} <= {"tracking.db", "tracking.db-wal", "tracking.db-shm", "tracking.db.artifacts"}


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"3", b'{"run_id": 3}', b'{"run_id": "x"}', b"\xff\xfe", b"[" * 100_000, b'{"run_id": []}',
    b'{"run_id": "%(run)s", "key": "m"}', b'{"run_id": "%(run)s", "key": "m", "value": "x", "timestamp": 1}',
    b'{"run_id": "%(run)s", "key": "m", "value": 1, "timestamp": -1}', b'{"run_id": "%(run)s", "key": "m", "value": 1, "timestamp": 1e300}',
    b'{"run_id": "%(run)s", "key": "", "value": 1, "timestamp": 1}', b'{"run_id": "%(run)s", "key": {}, "value": 1, "timestamp": 1}',
    b'{"run_id": "%(run)s", "key": "m", "value": 1, "timestamp": 1, "step": 0.5}',
])
def test_wrong_bodies_are_refused_and_change_nothing(client, run, body):
    answer = requests.post(f"{mlflow.get_tracking_uri()}/api/2.0/mlflow/runs/log-metric", data=body.replace(b"%(run)s", run.encode()),
                           headers={"Content-Type": "application/json"}, timeout=LIMIT)
    assert answer.status_code in (400, 404) and answer.json()["error_code"] and answer.json()["message"]
    assert client.get_run(run).data.metrics == {}


def test_numbers_as_texts_and_names_in_camel_case(client, run):
    answer = requests.post(f"{mlflow.get_tracking_uri()}/ajax-api/2.0/mlflow/runs/log-metric", timeout=LIMIT,
                           json={"runId": run, "key": "m", "value": "3.5", "timestamp": "7", "step": "5", "unknown": 1})
    assert answer.status_code == 200 and answer.json() == {}
    assert [(m.value, m.timestamp, m.step) for m in client.get_metric_history(run, "m")] == [(3.5, 7, 5)]


def test_wrong_requests(client, run):
    base = mlflow.get_tracking_uri()
    log = f"{base}/api/2.0/mlflow/runs/log-metric"
    assert requests.post(log, data=b"x" * 2_000_000, headers={"Content-Type": "application/json"}, timeout=LIMIT).status_code == 413
    assert requests.post(log, data=b"{}", headers={"Content-Type": "text/plain"}, timeout=LIMIT).status_code == 400
    other = requests.get(log, timeout=LIMIT)
    assert other.status_code == 405 and other.headers["Allow"] == "POST" and "POST, not GET" in other.json()["message"]
    assert requests.get(f"{base}/health", timeout=LIMIT).text == "OK"
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": "127.0.0.1.evil.example"}):
        assert requests.get(f"{base}/health", headers=headers, timeout=LIMIT).status_code == 403
    assert requests.get(f"{base}/health", headers={"Origin": "http://localhost:8888"}, timeout=LIMIT).status_code == 200
    # Half a request, and no HTTP at all: the next one is served.
    port = int(base.rsplit(":", 1)[1])
    for text in (b"POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{", b"\0\1\2\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000):
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as raw:
            try:
                raw.sendall(text)
            except OSError:
                pass  # It hung up in the middle, as it may.
    assert client.get_run(run).info.run_id == run


def test_many_clients_at_once_lose_nothing(client, run):
    log = f"{mlflow.get_tracking_uri()}/api/2.0/mlflow/runs/log-metric"
    statuses = []

    def work(number):
        with requests.Session() as session:
            for step in range(25):
                answer = session.post(log, json={"run_id": run, "key": f"m{number}", "value": step, "timestamp": step, "step": step}, timeout=LIMIT)
                statuses.append(answer.status_code)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 400
    assert all(len(client.get_metric_history(run, f"m{n}")) == 25 for n in range(16))


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_what_was_acknowledged_is_there_after_the_server(serve, end):
    uri, process = serve()
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    for step in range(20):
        client.log_metric(run, "m", step, step=step)
    process.send_signal(end)
    assert process.wait(timeout=LIMIT) == (0 if end != signal.SIGKILL else -signal.SIGKILL)
    again = mlflow.MlflowClient(serve()[0])
    assert len(again.get_metric_history(run, "m")) == 20


def test_a_port_in_use_is_named(martlet, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = subprocess.run([martlet.with_name("track-cli"), "serve", "--port", str(port), "--store", tmp_path / "t.db"],
                                capture_output=True, text=True, timeout=LIMIT)
    assert answer.returncode == 1 and f"127.0.0.1:{port}" in answer.stderr
