"""Stores filled by MLflow's client, and track-cli with all that it says, for the tests of the command line."""

import contextlib
import os
import re
import subprocess

import mlflow

from conftest import BIN
from session import LIMIT

CLI = BIN / "track-cli"


@contextlib.contextmanager
def served(store):
    """MLflow's client of a server of `store`, which ends afterwards."""
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
    process = subprocess.Popen(
        [CLI, "serve", "--port", "0", "--store", store], stdout=subprocess.PIPE, text=True)
    try:
        uri = re.search(r"http\S+", process.stdout.readline())[0]
        mlflow.set_tracking_uri(uri)
        yield mlflow.MlflowClient(uri)
    finally:
        mlflow.set_tracking_uri(None)
        process.terminate()
        process.communicate(timeout=LIMIT)


def cli(*arguments, store=None, status=0, input=None, **environment):
    """What track-cli prints; where it is to fail, what it says about that."""
    words = [CLI, *map(str, arguments)] + (["--store", str(store)] if store else [])
    env = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR", "LC_ALL")}
    env |= {"LANG": "C.UTF-8"} | environment
    answer = subprocess.run(
        words, capture_output=True, timeout=LIMIT, env=env, input=input or b"")
    assert answer.returncode == status, (answer.stdout, answer.stderr)
    if status:
        assert answer.stdout == b"", "a failure belongs on standard error alone"
        return answer.stderr.decode()
    assert answer.stderr == b""
    return answer.stdout.decode()
