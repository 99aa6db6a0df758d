"""Artifacts that MLflow's client sends in parts, and fetches, straight to and from a bucket (moto's)."""

import hashlib
import json
import random
from urllib.parse import parse_qsl, urlsplit

import boto3
import mlflow
import pytest
import requests
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from session import LIMIT
from storage import Storage, place, serve  # noqa: F401
from test_uploads import DAY, PROXY, Upload, left, refused
from tracked import cli, served

#: The smallest part that S3 takes, but for the last.
PART = 5 << 20


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    server = Storage(tmp_path_factory.mktemp("s3") / "errors", unsigned=10**9)
    yield server
    server.stop()


@pytest.fixture
def run(serve, monkeypatch):
    """A run, its client, the server's address and process."""
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", "1000")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", str(PART))
    uri, process = serve()
    client = mlflow.MlflowClient(uri)
    return client.create_run("0").info.run_id, client, uri, process


def uploads(storage):
    return {u["Key"]: u["UploadId"] for u in storage.client.list_multipart_uploads(Bucket="runs").get("Uploads", [])}


def signature(storage, method, url):
    """The signature that the AWS SDK gives a request."""
    fields = dict(parse_qsl(urlsplit(url).query))
    request = AWSRequest(method, url.split("&X-Amz-Signature=")[0])
    request.context["timestamp"] = fields["X-Amz-Date"]
    keys = Credentials(storage.environment["AWS_ACCESS_KEY_ID"], storage.environment["AWS_SECRET_ACCESS_KEY"])
    auth = S3SigV4QueryAuth(keys, "s3", "us-east-1")
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


def test_mlflows_client_goes_straight_to_the_bucket(run, storage, place, tmp_path, monkeypatch):
    run, client, uri, _ = run
    data = random.Random(3).randbytes(1000) * (2 * PART // 1000) + b"and the rest" * 100
    (tmp_path / "größe & maß.bin").write_bytes(data)
    calls = []
    send = requests.Session.send
    monkeypatch.setattr(requests.Session, "send", lambda self, r, **o: (calls.append((r.method, r.url)), send(self, r, **o))[1])
    client.log_artifact(run, str(tmp_path / "größe & maß.bin"), "deep")
    sent = [url for method, url in calls if method == "PUT"]
    assert len(sent) == 3 and all(url.startswith(storage.url) for url in sent)
    for url in sent:
        assert dict(parse_qsl(urlsplit(url).query))["X-Amz-Signature"] == signature(storage, "PUT", url)
    digest = hashlib.sha256(data).hexdigest()
    assert storage.keys(place) == {f"{place}/{digest[:2]}/{digest}": len(data)} and uploads(storage) == {}
    assert [name.split("/")[1] for name in left(tmp_path)] == ["done", "upload.json"]
    # Again, as another artifact: the contents are there already.
    client.log_artifact(run, str(tmp_path / "größe & maß.bin"))
    assert len(storage.keys(place)) == 1 and uploads(storage) == {}
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD", "true")
    calls.clear()
    (tmp_path / "got").mkdir()
    got = client.download_artifacts(run, "deep/größe & maß.bin", str(tmp_path / "got"))
    assert open(got, "rb").read() == data
    fetched = [url for _, url in calls if url.startswith(storage.url)]
    assert fetched and not any(PROXY + "/0" in url for _, url in calls)
    assert dict(parse_qsl(urlsplit(fetched[0]).query))["X-Amz-Signature"] == signature(storage, "GET", fetched[0])
    answer = requests.get(f"{uri}/api/2.0/mlflow-artifacts/presigned/0/{run}/artifacts/deep/größe & maß.bin", timeout=LIMIT).json()
    assert answer["file_size"] == len(data) and answer["headers"] == {}
    assert "filename*=UTF-8''gr%C3%B6%C3%9Fe%20%26%20ma%C3%9F.bin" in requests.get(answer["url"], timeout=LIMIT).headers["Content-Disposition"]
    refused(requests.get(f"{uri}/api/2.0/mlflow-artifacts/presigned/0/{run}/artifacts/none", timeout=LIMIT),
            "There is no artifact", 404, "RESOURCE_DOES_NOT_EXIST")


def test_wrong_parts(run, storage, place, tmp_path):
    run, client, uri, _ = run
    parts = [b"a" * PART, b"b" * 100]
    upload = Upload(uri, run, 2)
    tags = [(2, upload.send(2, parts[1]).headers["ETag"])]
    refused(upload.complete([(1, '"0"'), *tags]), "InvalidPart")
    tags = [(1, upload.send(1, b"a" * 100).headers["ETag"]), *tags]
    refused(upload.complete(tags), "at least 5 MiB: raise MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE")
    tags[0] = (1, upload.send(1, parts[0]).headers["ETag"])
    refused(upload.complete(tags[::-1]), "in order")
    refused(upload.complete(tags[:1]), "it has 2 parts, and 1 are listed")
    refused(upload.complete([tags[0], (2, '"&<x>')]), "InvalidPart")
    # The server takes no parts that are the bucket's.
    path = f"{uri}/api/2.0/martlet/uploads/{upload.id}/1"
    assert requests.put(path, b"x", headers={"X-Martlet-Upload": ""}, timeout=LIMIT).status_code == 403
    assert client.list_artifacts(run) == [] and storage.keys(place) == {}
    for _ in range(2):
        assert upload.complete(tags).json() == {}
    assert requests.get(f"{uri}{PROXY}/0/{run}/artifacts/data.bin", timeout=LIMIT).content == b"".join(parts)
    aborted = Upload(uri, run, 2)
    aborted.send(1, b"x")
    assert aborted.abort().json() == {} and uploads(storage) == {}
    assert len(storage.keys(place)) == 1 and len(left(tmp_path)) == 2


def test_killed_servers_leave_nothing_half(run, serve, storage, place, tmp_path):
    run, client, uri, process = run
    content = b"whole" * 100
    first, second = Upload(uri, run, 1), Upload(uri, run, 1, name="second")
    tags = [[(1, upload.send(1, content).headers["ETag"])] for upload in (first, second)]
    process.kill()
    process.wait(LIMIT)
    # As if it had been killed when the bucket had put the parts together.
    key = f"{place}/incoming/{second.id}"
    storage.client.complete_multipart_upload(
        Bucket="runs", Key=key, UploadId=uploads(storage)[key],
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tags[1][0][1]}]})
    uri, _ = serve()
    client = mlflow.MlflowClient(uri)
    assert client.list_artifacts(run) == []
    for upload, parts in zip((first, second), tags):
        upload.uri = uri
        assert upload.complete(parts).json() == {}
    assert [(f.path, f.file_size) for f in client.list_artifacts(run)] == [("data.bin", 500), ("second", 500)]
    digest = hashlib.sha256(content).hexdigest()
    assert storage.keys(place) == {f"{place}/{digest[:2]}/{digest}": 500} and uploads(storage) == {}


def test_what_is_left_in_the_bucket_is_garbage(run, storage, place, tmp_path):
    run, client, uri, _ = run
    old, young = Upload(uri, run, 2), Upload(uri, run, 1)
    old.send(1, b"never ended")
    file = tmp_path / f"tracking.db.artifacts/incoming/{old.id}.upload/upload.json"
    about = json.loads(file.read_text())
    file.write_text(json.dumps(about | {"created_ms": about["created_ms"] - DAY - 1}))
    # Processes were killed while they sent parts (moto says of all uploads that they began in 2010), and others have uploads, too.
    digest = hashlib.sha256(b"killed").hexdigest()
    ours = {f"{place}/{digest[:2]}/{digest}", f"{place}/incoming/{'0' * 32}"}
    theirs = set(uploads(storage)) - {f"{place}/incoming/{old.id}", f"{place}/incoming/{young.id}"}
    theirs |= {f"{place}/incoming/mine", f"{place}/aa/{digest}", f"{place}/large.zip", f"{place}x/{digest[:2]}/{digest}", digest}
    for key in ours | theirs - set(uploads(storage)):
        storage.client.create_multipart_upload(Bucket="runs", Key=key)

    def gc(*words):
        return cli("gc", *words, store=tmp_path / "tracking.db", **storage.environment, TRACKING_ARTIFACTS=f"s3://runs/{place}")

    before = uploads(storage)
    assert json.loads(gc("--dry-run", "--format", "json"))["uploads"] == 3
    assert uploads(storage) == before
    assert "3 unfinished uploads" in gc()
    kept = f"{place}/incoming/{young.id}"
    assert set(uploads(storage)) == theirs | {kept}
    tag = young.send(1, b"young").headers["ETag"]
    assert young.complete([(1, tag)]).ok and [f.path for f in client.list_artifacts(run)] == ["data.bin"]
    assert "0 files" in gc() and set(uploads(storage)) == theirs


def test_keys_that_may_not_list_uploads(tmp_path):
    limited = Storage(tmp_path / "errors", unsigned=5)
    try:
        keys = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing", "region_name": "us-east-1"}
        actions = ["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}
        boto3.client("iam", endpoint_url=limited.url, **keys).put_user_policy(
            UserName="logger", PolicyName="all", PolicyDocument=json.dumps(policy))
        with served(tmp_path / "tracking.db") as client:
            client.delete_run(client.create_run("0").info.run_id)
        said = cli("gc", store=tmp_path / "tracking.db", **limited.environment, TRACKING_ARTIFACTS="s3://runs/x")
    finally:
        limited.stop()
    # What can be removed is, and the rest is told.
    assert "Removed 1 run" in said and "were not looked for" in said and "s3:ListBucketMultipartUploads" in said, said
