"""Artifacts that MLflow's client sends in parts to `track-cli serve`, kept in a folder."""

import hashlib
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import time

import mlflow
import pytest
import requests

from session import LIMIT
from tracked import CLI, cli

MPU = "/api/2.0/mlflow-artifacts/mpu"
PROXY = "/api/2.0/mlflow-artifacts/artifacts"
HEADER = "X-Martlet-Upload"
DAY = 86_400_000


@pytest.fixture
def serve(tmp_path, monkeypatch):
    """Starts servers of the test's store; gives their address and process."""
    for name, value in (("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true"), ("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", "1000"),
                        ("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", "1000"), ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")):
        monkeypatch.setenv(name, value)
    started = []

    def call(*options):
        process = subprocess.Popen(
            [CLI, "serve", "--port", "0", "--store", tmp_path / "tracking.db", *map(str, options)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        started.append(process)
        return re.search(r"http\S+", process.stdout.readline())[0], process

    yield call
    mlflow.set_tracking_uri(None)
    for process in started:
        process.kill()
        process.communicate(timeout=LIMIT)


class Upload:
    """An upload in parts by plain requests."""

    def __init__(self, uri, run, count=3, folder="", name="/home/me/data.bin", experiment="0", **options):
        self.uri, self.path, self.name = uri, f"{experiment}/{run}/artifacts{folder}", name
        self.options = {"timeout": LIMIT} | options
        self.answer = self.call("create", num_parts=count)
        if self.answer.ok:
            self.id, self.credentials = self.answer.json()["upload_id"], self.answer.json()["credentials"]

    def call(self, name, path=None, **fields):
        return requests.post(f"{self.uri}{MPU}/{name}/{path or self.path}", json={"path": self.name} | fields, **self.options)

    def send(self, number, content, **changes):
        credential = self.credentials[number - 1] | changes
        return requests.put(credential["url"], content, headers=credential["headers"], timeout=LIMIT)

    def complete(self, tags, **changes):
        parts = [{"part_number": number, "etag": tag, "url": ""} for number, tag in tags]
        return self.call("complete", **({"upload_id": self.id, "parts": parts} | changes))

    def abort(self):
        return self.call("abort", upload_id=self.id)


def tag(content):
    return f'"{hashlib.sha256(content).hexdigest()}"'


def left(tmp_path):
    """The files of uploads and of what is being written; what was refused is removed soon after the answer."""
    incoming = tmp_path / "tracking.db.artifacts/incoming"
    end = time.monotonic() + 5
    while True:
        files = sorted(p.relative_to(incoming).as_posix() for p in incoming.rglob("*") if p.is_file())
        if all("/" in name for name in files) or time.monotonic() > end:
            return files
        time.sleep(0.02)


def refused(answer, text, status=400, code="INVALID_PARAMETER_VALUE"):
    assert answer.status_code == status and answer.json()["error_code"] == code, answer.text
    assert text in answer.json()["message"], answer.text


def test_mlflows_client_sends_parts(serve, tmp_path):
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    data = random.Random(1).randbytes(25_500)
    (tmp_path / "größe & maß.bin").write_bytes(data)
    (tmp_path / "one").write_bytes(data[:1000])
    client.log_artifact(run, str(tmp_path / "größe & maß.bin"), "deep/folder")
    client.log_artifact(run, str(tmp_path / "one"))
    assert [(f.path, f.file_size) for f in client.list_artifacts(run, "deep/folder")] == [("deep/folder/größe & maß.bin", 25_500)]
    (tmp_path / "got").mkdir()
    got = client.download_artifacts(run, "deep/folder/größe & maß.bin", str(tmp_path / "got"))
    assert open(got, "rb").read() == data
    digest = hashlib.sha256(data).hexdigest()
    assert (tmp_path / f"tracking.db.artifacts/{digest[:2]}/{digest}").read_bytes() == data
    # They were sent in parts: what stays is a note for each of the two, until they are garbage.
    assert [name.split("/")[1] for name in left(tmp_path)] == ["done", "upload.json"] * 2
    cli("doctor", store=tmp_path / "tracking.db")
    # Clients that were not told to ask do not send parts.
    information = requests.get(f"{uri}/api/3.0/mlflow/server-info", timeout=LIMIT).json()
    assert information["multipart_uploads_enabled"] is False


def test_a_client_that_fails_aborts(serve, tmp_path, monkeypatch):
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    (tmp_path / "file").write_bytes(bytes(5000))
    put, sent = requests.put, []

    def failing(url, **options):
        sent.append(url)
        if url.endswith("/3"):
            raise requests.ConnectionError("the cable")
        return put(url, **options)

    monkeypatch.setattr("mlflow.store.artifact.http_artifact_repo.requests.put", failing)
    with pytest.raises(mlflow.MlflowException, match="the cable"):
        client.log_artifact(run, str(tmp_path / "file"))
    assert len(sent) == 5 and client.list_artifacts(run) == [] and left(tmp_path) == []


def test_parts_in_any_order_again_and_wrong(serve, tmp_path):
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    parts = [b"a" * 3000, b"", b"c" * 10]
    tags = [(number + 1, tag(part)) for number, part in enumerate(parts)]
    upload = Upload(uri, run)
    assert [c["part_number"] for c in upload.credentials] == [1, 2, 3]
    assert all(c["url"].startswith(uri + "/api/2.0/martlet/uploads/") for c in upload.credentials)
    assert upload.send(3, parts[2]).headers["ETag"] == tag(parts[2])
    assert upload.send(1, b"another").headers["ETag"] == tag(b"another")
    refused(upload.complete(tags), "part 1 did not arrive with the ETag")
    for _ in range(2):
        assert upload.send(1, parts[0]).headers["ETag"] == tag(parts[0])
    assert upload.send(2, b"").headers["ETag"] == tag(b"")
    # What a part was before it was replaced is no part.
    refused(upload.complete([(1, tag(b"another")), *tags[1:]]), "part 1 did not arrive")
    refused(upload.complete(tags[::-1]), "in order")
    refused(upload.complete([tags[0], tags[0], tags[2]]), "in order")
    refused(upload.complete(tags[:2]), "it has 3 parts, and 2 are listed")
    refused(upload.complete([*tags, (4, tag(b""))]), "it has 3 parts, and 4 are listed")
    for wrong in ("", "../upload.json", '"' + "0" * 64 + '"', "x" * 3000):
        refused(upload.complete([*tags[:2], (3, wrong)]), "part 3 did not arrive")
    assert upload.complete(tags, parts="all").status_code == 400
    assert client.list_artifacts(run) == []
    assert upload.complete(tags).json() == {}
    # An answer may be lost, and asked for again.
    assert upload.complete(tags).json() == {}
    assert requests.get(f"{uri}{PROXY}/0/{run}/artifacts/data.bin", timeout=LIMIT).content == b"".join(parts)
    refused(upload.send(1, b"late"), "takes no parts any more")
    assert len(left(tmp_path)) == 2
    # Others replace the artifact, and nothing of an aborted one stays.
    other = Upload(uri, run, 1)
    assert other.send(1, b"new").ok and other.abort().json() == {}
    refused(other.complete([(1, tag(b"new"))]), "There is no upload", 404, "RESOURCE_DOES_NOT_EXIST")
    refused(other.abort(), "There is no upload", 404, "RESOURCE_DOES_NOT_EXIST")
    assert other.send(1, b"new").status_code == 403
    assert len(left(tmp_path)) == 2


def test_wrong_places_names_and_counts(serve, tmp_path):
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    for count in (0, -1, 10_001, 2**62):
        refused(Upload(uri, run, count).answer, f"1 to 10000 parts, not {count}")
    refused(Upload(uri, run, "many").answer, "num_parts")
    for folder in ("/%2e%2e", "/..%2f..%2f0", "/%252e%252e/x", "/a/%252e/b", "/a%5cb", "/%2500"):
        # Requests and its like make paths plain before they send them.
        connection = http.client.HTTPConnection(uri.removeprefix("http://"), timeout=LIMIT)
        connection.request("POST", f"{MPU}/create/0/{run}/artifacts{folder}", '{"path": "x"}', {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 400 and "Invalid path" in answer.read().decode(), folder
        connection.close()
    for name in ("..", "a/..", "a/", "", ".", "C:\\a\\..", "a%2fb"):
        assert Upload(uri, run, name=name).answer.status_code == 400, name
    for name in ("x" * 1001, "a\nb"):
        refused(Upload(uri, run, name=name).answer, "no artifact can be logged as")
    for wrong in ("0" * 32, run[:-1]):
        refused(Upload(uri, wrong).answer, "There is no artifact", 404, "RESOURCE_DOES_NOT_EXIST")
    refused(Upload(uri, run, experiment="7").answer, "There is no artifact", 404, "RESOURCE_DOES_NOT_EXIST")
    refused(Upload(uri, run, headers={"X-Forwarded-Host": "evil.example/x?"}).answer, "name no address")
    client.delete_run(run)
    refused(Upload(uri, run).answer, "was deleted")
    assert left(tmp_path) == []
    client.restore_run(run)
    upload = Upload(uri, run, 1, name="C:\\Users\\me\\data.bin")
    assert upload.credentials[0]["headers"].keys() == {HEADER}
    base = upload.credentials[0]["url"].removesuffix("/1")
    for url in (f"{base}/0", f"{base}/2", f"{base}/-1"):
        refused(upload.send(1, b"x", url=url), "it has parts 1 to 1")
    for url in (f"{base}/1/2", f"{base}/one", f"{base}", f"{base}/", base.replace(upload.id, "0" * 32) + "/1",
                base.replace(upload.id, f"..%2f{upload.id}") + "/1", base.replace(upload.id, upload.id.upper()) + "/1"):
        assert upload.send(1, b"x", url=url).status_code == 403, url
    for secret in ("", "0" * 64, upload.credentials[0]["headers"][HEADER][:-1]):
        refused(upload.send(1, b"x", headers={HEADER: secret}), HEADER, 403, "PERMISSION_DENIED")
    assert upload.send(1, b"x", headers={}).status_code == 403
    # Another run's upload is not this one's.
    other = client.create_run("0").info.run_id
    refused(upload.call("complete", f"0/{other}/artifacts", upload_id=upload.id, parts=[]), "There is no upload", 404, "RESOURCE_DOES_NOT_EXIST")
    refused(upload.complete([], upload_id="../" + upload.id), "There is no upload", 404, "RESOURCE_DOES_NOT_EXIST")
    assert upload.send(1, b"x").ok and upload.complete([(1, tag(b"x"))]).ok
    assert [f.path for f in client.list_artifacts(run)] == ["data.bin"]


def test_urls_behind_other_servers(serve):
    uri, _ = serve()
    run = mlflow.MlflowClient(uri).create_run("0").info.run_id

    def url(**headers):
        return Upload(uri, run, 1, headers={f"X-Forwarded-{k.title()}": v for k, v in headers.items()}).credentials[0]["url"]

    host = uri.removeprefix("http://")
    assert url(proto="https").startswith(f"https://{host}/api/2.0/martlet/")
    assert url(proto="https, http", host="mlflow.example.org:8443, inner", prefix="/team/").startswith(
        "https://mlflow.example.org:8443/team/api/2.0/martlet/")


def test_accounts(serve, tmp_path):
    accounts = tmp_path / "accounts.db"

    def account(*words):
        return cli("accounts", *words, "--accounts", accounts, store=tmp_path / "tracking.db")

    said = {"admin": account("add", "admin", "--role", "manage"), "ann": account("add", "ann"), "bob": account("add", "bob")}
    bearer = {name: {"Authorization": f"Bearer {re.search(r'mrt_[0-9a-f_]+', text)[0]}"} for name, text in said.items()}
    uri, _ = serve("--accounts", accounts)

    def post(path, **fields):
        return requests.post(f"{uri}/api/2.0/mlflow/{path}", json=fields, headers=bearer["admin"], timeout=LIMIT).json()

    experiment = post("experiments/create", name="theirs")["experiment_id"]
    run = post("runs/create", experiment_id=experiment)["run"]["info"]["run_id"]
    account("grant", "ann", "edit", "--experiment", "theirs")
    account("grant", "bob", "read", "--experiment", "theirs")

    def begin(name):
        return Upload(uri, run, 1, experiment=experiment, headers=bearer.get(name, {}))

    refused(begin("nobody").answer, "not authenticated", 401, "UNAUTHENTICATED")
    refused(begin("bob").answer, "may not edit", 403, "PERMISSION_DENIED")
    upload = begin("ann")
    # A part needs no account's token, which the client does not send to URLs that it is told.
    assert upload.send(1, b"first").ok
    assert upload.send(1, b"x", headers=bearer["admin"]).status_code == 403
    upload.options["headers"] = bearer["bob"]
    refused(upload.complete([(1, tag(b"first"))]), "may not edit", 403, "PERMISSION_DENIED")
    refused(upload.abort(), "may not edit", 403, "PERMISSION_DENIED")
    upload.options["headers"] = bearer["ann"]
    # Who may no longer log there cannot go on.
    account("grant", "ann", "read", "--experiment", "theirs")
    refused(upload.send(1, b"second"), "may not edit", 403, "PERMISSION_DENIED")
    refused(upload.complete([(1, tag(b"first"))]), "may not edit", 403, "PERMISSION_DENIED")
    account("grant", "ann", "edit", "--experiment", "theirs")
    assert upload.complete([(1, tag(b"first"))]).ok
    other = begin("ann")
    account("remove", "ann")
    refused(other.send(1, b"x"), "not authenticated", 401, "UNAUTHENTICATED")


def test_killed_servers_leave_nothing_half(serve, tmp_path):
    uri, process = serve()
    client = mlflow.MlflowClient(uri)
    run = client.create_run("0").info.run_id
    parts = [os.urandom(1 << 20) for _ in range(24)]
    tags = [(number + 1, tag(part)) for number, part in enumerate(parts)]
    port = int(uri.rsplit(":", 1)[1])
    upload = Upload(uri, run, 24)
    for number, part in enumerate(parts):
        upload.send(number + 1, part)
    # Killed while it completes: the artifact is there whole, or not at all, and the upload goes on.
    body = json.dumps({"path": upload.name, "upload_id": upload.id, "parts": [{"part_number": n, "etag": t} for n, t in tags]})
    with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connection:
        connection.sendall((f"POST {MPU}/complete/{upload.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                            f"Content-Length: {len(body)}\r\n\r\n{body}").encode())
        incoming = tmp_path / "tracking.db.artifacts/incoming"
        end = time.monotonic() + LIMIT
        while not any(p.is_file() for p in incoming.iterdir()) and not list(incoming.glob("*/done")):
            assert time.monotonic() < end
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT)
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    found = [(f.path, f.file_size) for f in client.list_artifacts(run)]
    assert found in ([], [("data.bin", 24 << 20)])
    upload.uri = uri
    assert upload.complete(tags).json() == {}
    assert requests.get(f"{uri}{PROXY}/0/{run}/artifacts/data.bin", timeout=LIMIT).content == b"".join(parts)
    # A part whose sending ends half-way is none.
    half = Upload(uri, run, 1)
    path = half.credentials[0]["url"].removeprefix(uri)
    with socket.create_connection(("127.0.0.1", int(uri.rsplit(":", 1)[1])), timeout=LIMIT) as connection:
        connection.sendall(f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{HEADER}: {half.credentials[0]['headers'][HEADER]}\r\n"
                           "Content-Length: 100\r\n\r\nhalf".encode())
    refused(half.complete([(1, tag(b"half"))]), "part 1 did not arrive")


def test_uploads_that_never_end_are_garbage(serve, tmp_path):
    uri, process = serve()
    run = mlflow.MlflowClient(uri).create_run("0").info.run_id
    old, young, done = Upload(uri, run, 2), Upload(uri, run, 2), Upload(uri, run, 1)
    assert old.send(1, b"12345").ok and young.send(1, b"123").ok
    assert done.send(1, b"done").ok and done.complete([(1, tag(b"done"))]).ok

    def age(upload):
        file = tmp_path / f"tracking.db.artifacts/incoming/{upload.id}.upload/upload.json"
        about = json.loads(file.read_text())
        assert upload.credentials[0]["headers"][HEADER] not in json.dumps(about)
        file.write_text(json.dumps(about | {"created_ms": about["created_ms"] - DAY - 1}))

    age(old)
    age(done)
    refused(old.send(2, b"late"), "takes no parts any more")
    before = left(tmp_path)
    trial = json.loads(cli("gc", "--dry-run", "--format", "json", store=tmp_path / "tracking.db"))
    assert (trial["uploads"], trial["bytes"]) == (1, 5) and left(tmp_path) == before
    assert "1 unfinished upload" in cli("gc", store=tmp_path / "tracking.db")
    assert {name.split(".")[0] for name in left(tmp_path)} == {young.id}
    assert young.send(2, b"").ok and young.complete([(1, tag(b"123")), (2, tag(b""))]).ok
    refused(old.abort(), "There is no upload", 404, "RESOURCE_DOES_NOT_EXIST")
    assert requests.get(f"{uri}{PROXY}/0/{run}/artifacts/data.bin", timeout=LIMIT).content == b"123"
