"""Servers of `track-cli serve`, alone or with accounts, for the tests of what they do for a team."""

import os
import re
import subprocess

import pytest
import requests

from session import LIMIT

API = "/api/2.0/mlflow"


@pytest.fixture
def track(martlet, tmp_path):
    """Runs track-cli on a store in the test's folder; gives its output, or its error if that is expected."""

    def call(*words, status=0):
        answer = subprocess.run([martlet.with_name("track-cli"), *words, "--store", tmp_path / "tracking.db"],
                                capture_output=True, text=True, timeout=LIMIT)
        assert answer.returncode == status, answer.stderr
        return answer.stderr if status else answer.stdout.strip()

    return call


@pytest.fixture
def serve(martlet, tmp_path):
    """Starts servers; gives their address, process, and the file of their standard error."""
    started = []

    def call(*options, **environment):
        errors = open(tmp_path / f"errors-{len(started)}", "w+")
        process = subprocess.Popen(
            [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", tmp_path / "tracking.db", *options],
            stdout=subprocess.PIPE, stderr=errors, text=True, env={"PATH": "/usr/bin:/bin"} | environment)
        started.append((process, errors))
        line = process.stdout.readline()
        assert line, open(errors.name).read()
        return re.search(r"http\S+", line)[0], process, errors.name

    yield call
    for process, errors in started:
        process.kill()
        process.communicate(timeout=LIMIT)
        errors.close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where track-cli keeps temporary files; nothing may be left there."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    yield place
    assert os.listdir(place) == [] and not os.path.exists(tmp_path / "state"), "something was left"


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def call(uri, path, token=None, **body):
    return requests.post(f"{uri}{API}/{path}", json=body, headers=bearer(token) if token else {}, timeout=LIMIT)


@pytest.fixture
def team(track, serve, tmp_path):
    """A server with accounts: the admin's token, the one of a colleague without roles, and the address."""
    admin = track("accounts", "add", "admin", "--role", "manage")
    colleague = track("accounts", "add", "colleague")
    uri, _, _ = serve("--accounts", tmp_path / "accounts.db")
    return uri, admin, colleague
