"""Stores filled by MLflow's client, and track-cli with all that it says, for the tests of the command line."""

import contextlib
import os
import re
import subprocess
import time

import mlflow

from conftest import BIN
from session import LIMIT

CLI = BIN / "track-cli"
#: A process that logs (Tests/TrackingRunner).
RUNNER = BIN / "TrackingRunner"


def start_runner(*arguments, output):
    """Starts the runner, whose lines go to the file `output`: a pipe that nobody reads would stop it."""
    with open(output, "wb") as file:
        return subprocess.Popen(
            [RUNNER, *map(str, arguments)], stdin=subprocess.PIPE, stdout=file, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def paused_runner(store, transactions):
    """A process that has logged some transactions to `store` and goes no further; at the end it is killed."""
    output = f"{store}-out"
    process = start_runner("pause", store, transactions, output=output)
    try:
        end = time.monotonic() + LIMIT
        while "paused" not in open(output).read():
            assert time.monotonic() < end and process.poll() is None
            time.sleep(0.01)
        yield
    finally:
        process.kill()
        process.wait(timeout=LIMIT)
        process.stdin.close()


def runner(*arguments):
    """The lines of the runner when it has ended."""
    answer = subprocess.run(
        [RUNNER, *map(str, arguments)], capture_output=True, text=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
    assert answer.returncode == 0, answer.stdout
    return answer.stdout.splitlines()


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
