"""Accounts, tokens and roles of `track-cli serve`."""

import socket

import mlflow
import pytest
import requests
from mlflow.exceptions import MlflowException

from servers import API, bearer, call, serve, team, track  # noqa: F401 (fixtures, too)
from session import LIMIT


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
        return send("POST", "graphql", root="", query=query, variables={"r": run}).json()

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
    assert graphql() == {"data": {"mlflowGetRun": None}, "errors": [f"Run with id={run} not found"]}
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
    shown = graphql()["data"]["mlflowGetRun"]["run"]
    assert shown["info"]["runName"] and shown["modelVersions"] == []
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


def test_other_machines_need_accounts(track):
    assert "--accounts" in track("serve", "--host", "0.0.0.0", "--port", "0", status=64)
    assert "--no-auth" in track("serve", "--host", "::", "--port", "0", "--no-auth", status=64)
    assert "no file of accounts" in track("serve", "--accounts", "/nonexistent/a.db", "--port", "0", status=1)


def test_no_auth_opens_this_machine(track, serve, tmp_path):
    track("accounts", "add", "admin")
    uri, _, _ = serve("--accounts", tmp_path / "accounts.db", NO_AUTH="1")
    assert requests.get(f"{uri}{API}/experiments/get?experiment_id=0", timeout=LIMIT).status_code == 200
