"""Artifacts in a bucket: MLflow's client and track-cli against moto's server, which checks signatures and permissions."""

import hashlib
import json
import os
import random
import signal
import socket
import subprocess

import mlflow
import requests

from session import LIMIT
from storage import Storage, place, serve, storage  # noqa: F401
from tracked import CLI, cli

PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def store_cli(storage, place, tmp_path, *words, status=0):
    return cli(*words, store=tmp_path / "tracking.db", status=status,
               **storage.environment, TRACKING_ARTIFACTS=f"s3://runs/{place}")


def new_run(uri):
    client = mlflow.MlflowClient(uri)
    return client, client.create_run("0").info


def test_client_logs_lists_and_downloads(serve, storage, place, tmp_path):
    uri, _ = serve()
    client, run = new_run(uri)
    text = tmp_path / "name with ünicode & 'quotes'.txt"
    text.write_bytes(b"0123456789" * 1000)
    (tmp_path / "deep").mkdir()
    (tmp_path / "empty").write_bytes(b"")
    client.log_artifact(run.run_id, text, "deep/folder")
    client.log_artifact(run.run_id, text)
    client.log_artifact(run.run_id, tmp_path / "empty")
    assert [(f.path, f.file_size) for f in client.list_artifacts(run.run_id, "deep/folder")] == [
        (f"deep/folder/{text.name}", 10000)]
    assert {f.path for f in client.list_artifacts(run.run_id)} == {"deep", "empty", text.name}
    got = client.download_artifacts(run.run_id, f"deep/folder/{text.name}", tmp_path)
    assert open(got, "rb").read() == text.read_bytes()
    assert open(client.download_artifacts(run.run_id, "empty", tmp_path / "deep"), "rb").read() == b""
    # Equal contents are there once, under their SHA-256.
    digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in (text, tmp_path / "empty")]
    assert storage.keys(place) == {f"{place}/{d[:2]}/{d}": size for d, size in zip(digests, (10000, 0))}
    # Nothing stays on the server's disk.
    assert list((tmp_path / "tracking.db.artifacts").rglob("*")) == [tmp_path / "tracking.db.artifacts/incoming"]


def test_ranges(serve, tmp_path):
    uri, _ = serve()
    client, run = new_run(uri)
    data = random.Random(1).randbytes(100_000)
    (tmp_path / "data").write_bytes(data)
    client.log_artifact(run.run_id, tmp_path / "data")
    url = f"{uri}{PROXY}/0/{run.run_id}/artifacts/data"
    for header, expected in (("bytes=0-0", data[:1]), ("bytes=500-99", None), ("bytes=10-2009", data[10:2010]),
                             ("bytes=-7", data[-7:]), ("bytes=99990-", data[99990:]), ("bytes=100000-", b"")):
        answer = requests.get(url, headers={"Range": header}, timeout=LIMIT)
        if expected is None:
            assert answer.status_code == 200 and answer.content == data
        elif not expected:
            assert answer.status_code == 416
        else:
            assert answer.status_code == 206 and answer.content == expected, header
    # What was made for an answer is gone with it.
    assert list((tmp_path / "tracking.db.artifacts/incoming").iterdir()) == []


def test_large_files_go_in_parts(serve, storage, place, tmp_path):
    uri, _ = serve()
    client, run = new_run(uri)
    size = (64 << 20) + 12345
    block = random.Random(2).randbytes(1 << 20)
    with open(tmp_path / "large", "wb") as file:
        for index in range(64):
            file.write(index.to_bytes(4, "big") + block[4:])
        file.write(block[:12345])
    client.log_artifact(run.run_id, tmp_path / "large")
    (key, found), = storage.keys(place).items()
    digest = hashlib.sha256((tmp_path / "large").read_bytes()).hexdigest()
    (tmp_path / "large").unlink()
    assert found == size and key.endswith(digest)
    # An ETag of parts ends with their number: four of 16 MiB, and the rest.
    assert storage.client.head_object(Bucket="runs", Key=key)["ETag"].endswith('-5"')
    got = client.download_artifacts(run.run_id, "large", tmp_path)
    with open(got, "rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == digest
    assert not storage.client.list_multipart_uploads(Bucket="runs").get("Uploads")


def test_commands(serve, storage, place, tmp_path):
    def track(*words, status=0):
        return store_cli(storage, place, tmp_path, *words, status=status)

    uri, process = serve()
    client, run = new_run(uri)
    for name in ("keep", "lose"):
        (tmp_path / name).write_text(name * 10)
        client.log_artifact(run.run_id, tmp_path / name)
    other = client.create_run("0").info
    (tmp_path / "rest").write_text("of a deleted run")
    client.log_artifact(other.run_id, tmp_path / "rest")
    client.log_artifact(other.run_id, tmp_path / "keep")
    process.terminate()
    process.communicate(timeout=LIMIT)
    # Others' objects in the folder are nobody's business.
    storage.client.put_object(Bucket="runs", Key=f"{place}/README", Body=b"ours")
    track("doctor")
    track("artifacts", "get", run.run_id, "keep", "--output", str(tmp_path / "out"))
    assert [p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file()] == ["keep" * 10] or \
        (tmp_path / "out").read_text() == "keep" * 10
    (listed,) = [a for a in json.loads(track("artifacts", run.run_id, "--format", "json")) if a["path"] == "keep"]
    assert listed["file"].startswith(f"s3://runs/{place}/")
    # Garbage goes, what another run shares stays.
    before = storage.keys(place)
    track("delete", other.run_id)
    track("gc", "--older-than", "0", "--dry-run")
    assert storage.keys(place) == before
    track("gc", "--older-than", "0")
    gone = set(before) - set(storage.keys(place))
    assert gone == {f"{place}/{d[:2]}/{d}" for d in [hashlib.sha256(b"of a deleted run").hexdigest()]}
    # What is damaged and what is lost is told.
    key = {name: hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("keep", "lose")}
    key = {name: f"{place}/{digest[:2]}/{digest}" for name, digest in key.items()}
    storage.client.delete_object(Bucket="runs", Key=key["lose"])
    storage.client.put_object(Bucket="runs", Key=key["keep"], Body=b"KEEP" * 10)
    answer = subprocess.run(
        [CLI, "doctor", "--store", tmp_path / "tracking.db"], capture_output=True, text=True, timeout=LIMIT,
        env=os.environ | storage.environment | {"TRACKING_ARTIFACTS": f"s3://runs/{place}"})
    assert answer.returncode == 1
    assert f"there is no s3://runs/{key['lose']}" in answer.stdout
    assert f"the SHA-256 of s3://runs/{key['keep']} is not its name" in answer.stdout
    assert f"Copy it back to its place in s3://runs/{place} from a backup" in " ".join(answer.stdout.split())


def test_wrong_settings(serve, storage, place, tmp_path):
    secret = "wrong/secret/that/nobody/may/see"
    error, process = serve(AWS_SECRET_ACCESS_KEY=secret)
    assert process.returncode == 1 and "s3://runs" in error
    assert "403 SignatureDoesNotMatch" in error and "AWS_SECRET_ACCESS_KEY" in error and secret not in error
    error, process = serve(AWS_ACCESS_KEY_ID="AKIANOBODY")
    assert process.returncode == 1 and "403 InvalidAccessKeyId" in error
    error, process = serve(AWS_ACCESS_KEY_ID="")
    assert process.returncode == 1 and "set AWS_ACCESS_KEY_ID" in error
    error, process = serve(MLFLOW_S3_ENDPOINT_URL="localhost")
    assert process.returncode == 1 and "MLFLOW_S3_ENDPOINT_URL is no URL" in error
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error, process = serve(MLFLOW_S3_ENDPOINT_URL=f"http://127.0.0.1:{unused.getsockname()[1]}")
    assert process.returncode == 1 and "cannot reach" in error
    error = cli("doctor", store=tmp_path / "tracking.db", status=1, **storage.environment,
                TRACKING_ARTIFACTS="s3://no-such-bucket")
    assert "s3://no-such-bucket" in error and "404 NoSuchBucket" in error and "make it" in error


def test_killed_while_receiving(serve, storage, place, tmp_path):
    uri, process = serve()
    client, run = new_run(uri)
    host, port = uri.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LIMIT) as connection:
        connection.sendall(
            f"PUT {PROXY}/0/{run.run_id}/artifacts/half HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\nhalf".encode())
        process.send_signal(signal.SIGKILL)
        process.wait(LIMIT)
    assert storage.keys(place) == {}
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    assert client.list_artifacts(run.run_id) == []
    (tmp_path / "half").write_text("whole")
    client.log_artifact(run.run_id, tmp_path / "half")
    assert len(storage.keys(place)) == 1
    store_cli(storage, place, tmp_path, "doctor")


def test_bucket_goes_away(tmp_path, serve, place):
    other = Storage(tmp_path / "errors")
    try:
        uri, _ = serve(**other.environment)
        client, run = new_run(uri)
        (tmp_path / "file").write_text("text")
        client.log_artifact(run.run_id, tmp_path / "file")
    finally:
        other.stop()
    (tmp_path / "file").write_text("later")
    url = f"{uri}{PROXY}/0/{run.run_id}/artifacts"
    answer = requests.put(f"{url}/new", data=b"later", timeout=LIMIT)
    assert answer.status_code == 500 and "cannot use s3://runs/" in answer.text and "cannot reach" in answer.text
    assert requests.get(f"{url}/file", timeout=LIMIT).status_code == 500
    # What was not kept is not listed, and the server goes on.
    assert [f.path for f in client.list_artifacts(run.run_id)] == ["file"]
    client.log_metric(run.run_id, "loss", 1)
