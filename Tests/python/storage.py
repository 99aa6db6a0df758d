"""An S3 server for tests (moto's), and servers of ours that keep artifacts there."""

import json
import os
import re
import subprocess
import sys

import boto3
import mlflow
import pytest

from session import LIMIT
from tracked import CLI

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


class Storage:
    """An S3 server of its own with the bucket `runs`, and a user who may use it."""

    def __init__(self, errors, unsigned=4):
        # The four calls below need no signature, all others do; moto knows none that is part of an address.
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], stdout=subprocess.DEVNULL,
            stderr=open(errors, "w"), env=os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": str(unsigned)})
        self.url = self.address(errors)
        keys = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nothing", "region_name": "us-east-1",
                "endpoint_url": self.url}
        iam = boto3.client("iam", **keys)
        iam.create_user(UserName="logger")
        iam.put_user_policy(UserName="logger", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        key = iam.create_access_key(UserName="logger")["AccessKey"]
        boto3.client("s3", **keys).create_bucket(Bucket="runs")
        keys |= {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        self.client = boto3.client("s3", **keys)
        self.environment = {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
            "MLFLOW_S3_ENDPOINT_URL": self.url, "AWS_REGION": "us-east-1", "NO_PROXY": "127.0.0.1"}

    def address(self, errors):
        for _ in range(int(LIMIT * 20)):
            found = re.search(r"http://127\.0\.0\.1:\d+", open(errors).read())
            if found:
                return found[0]
            assert self.process.poll() is None, open(errors).read()
            try:
                self.process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
        raise AssertionError("moto's server did not start")

    def keys(self, folder):
        found = self.client.list_objects_v2(Bucket="runs", Prefix=folder + "/").get("Contents", [])
        return {item["Key"]: item["Size"] for item in found}

    def stop(self):
        self.process.kill()
        self.process.wait(LIMIT)


@pytest.fixture(scope="module")
def storage(tmp_path_factory):
    server = Storage(tmp_path_factory.mktemp("s3") / "errors")
    yield server
    server.stop()


@pytest.fixture
def place(request):
    """A folder of the bucket for one test."""
    return request.node.name


@pytest.fixture
def serve(storage, place, tmp_path, monkeypatch):
    """Starts servers of the test's store with artifacts in the bucket; gives their address and process."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    started = []

    def call(**environment):
        process = subprocess.Popen(
            [CLI, "serve", "--port", "0", "--store", tmp_path / "tracking.db", "--artifacts", f"s3://runs/{place}"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={"PATH": "/usr/bin:/bin"} | storage.environment | environment)
        started.append(process)
        line = process.stdout.readline()
        if not line:
            return process.communicate(timeout=LIMIT)[1], process
        return re.search(r"http\S+", line)[0], process

    yield call
    mlflow.set_tracking_uri(None)
    for process in started:
        process.kill()
        process.communicate(timeout=LIMIT)
