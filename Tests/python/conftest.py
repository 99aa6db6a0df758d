"""The kernel under test: the release build, installed into a folder that Jupyter searches."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = ROOT / ".build" / "release"

from session import Session  # noqa: E402


def pytest_configure(config):
    # The tests have stores of their own, and no toolchain but the one of the build.
    for name in ("TRACKING_URI", "MARTLET_RUN_ID", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_NAME", "MLFLOW_TRACKING_URI"):
        os.environ.pop(name, None)
    # MLflow's client counts its calls on a thread that changes the environment, where others' reads of it then fail now and then.
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    # Nor do their cells enter the history of whoever runs them.
    config.history_folder = tempfile.TemporaryDirectory(prefix="history-")
    os.environ["MARTLET_HISTORY"] = os.path.join(config.history_folder.name, "history.sqlite")


def pytest_unconfigure(config):
    config.history_folder.cleanup()


@pytest.fixture(scope="session")
def martlet():
    """The path of the command under test."""
    program = BIN / "martlet"
    assert program.exists(), f"{program} is missing; build it first: make build"
    return program


@pytest.fixture(scope="session")
def kernelspec(martlet, tmp_path_factory):
    """Installs the kernel where jupyter_client finds it before any other; gives its folder."""
    prefix = tmp_path_factory.mktemp("prefix")
    subprocess.run(
        [martlet, "kernel", "install", "--prefix", prefix],
        check=True, timeout=90, stdin=subprocess.DEVNULL,
    )
    before = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = str(prefix / "share" / "jupyter")
    yield prefix / "share" / "jupyter" / "kernels" / "swift"
    if before is None:
        del os.environ["JUPYTER_PATH"]
    else:
        os.environ["JUPYTER_PATH"] = before


@pytest.fixture
def store(tmp_path):
    """A store that does not exist yet."""
    return tmp_path / "tracking.db"


@pytest.fixture
def start_kernel(kernelspec, tmp_path, store):
    """A function that starts kernels, in a folder and an environment; all are shut down after the
    test."""
    sessions = []

    def start(manager_options={}, cwd=tmp_path, without=(), **environment):
        changed = os.environ | {"TRACKING_URI": str(store)} | environment
        env = {
            name: value
            for name, value in changed.items()
            if value is not None and name not in without
        }
        session = Session(cwd=cwd, env=env, **manager_options)
        sessions.append(session)
        return session

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def kernel(start_kernel):
    """A fresh kernel, in a folder of its own."""
    return start_kernel()


@pytest.fixture(scope="module")
def shared_kernel(kernelspec, tmp_path_factory):
    """One kernel for all tests of a module that leave it in order."""
    folder = tmp_path_factory.mktemp("shared")
    session = Session(cwd=folder, env=os.environ | {"TRACKING_URI": str(folder / "tracking.db")})
    yield session
    session.close()


@pytest.fixture
def track(store):
    """Runs track-cli on the test's store and gives its standard output."""

    def run(*arguments, store=store):
        answer = subprocess.run(
            [BIN / "track-cli", *arguments, "--store", store],
            capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    return run


@pytest.fixture
def other_toolchain(tmp_path):
    """A toolchain's folder whose compiler says that it is Swift 5.9.2."""
    root = tmp_path / "swift-5.9.2" / "usr"
    (root / "bin").mkdir(parents=True)
    for name in ("swift", "swiftc", "swift-frontend"):
        program = root / "bin" / name
        program.write_text("#!/bin/sh\necho 'Swift version 5.9.2 (swift-5.9.2-RELEASE)'\n")
        program.chmod(0o755)
    return root


@pytest.fixture
def model_files(tmp_path):
    """A folder with the files of a model."""
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (folder / "weights.bin").write_bytes(b"\0\1weights")
    (folder / "deep" / "config é.json").write_text("{}")
    return folder


@pytest.fixture
def toolchain_root():
    """The usr folder of the toolchain that these tests use."""
    chosen = os.environ.get("MARTLET_TOOLCHAIN")
    return pathlib.Path(chosen) if chosen else pathlib.Path(shutil.which("swift")).resolve().parent.parent


@pytest.fixture
def small_disk(tmp_path):
    """A function that gives a folder on a file system of its own, of so many KiB.

    The superuser mounts it here. Others may in a user namespace, where a process that waits keeps it.
    """
    undo = []

    def mount(kibibytes):
        folder = tmp_path / f"disk{len(undo)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kibibytes}k", "tmpfs", str(folder)]
        if subprocess.run(command, capture_output=True, timeout=30).returncode == 0:
            undo.append(lambda: subprocess.run(["umount", "-l", folder], timeout=30, check=True))
            return folder
        keeper = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c",
             '"$@" && echo mounted && exec cat', "sh", *command],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )

        def end():
            keeper.stdin.close()
            keeper.wait(timeout=30)
            keeper.stdout.close()

        undo.append(end)
        if keeper.stdout.readline() != b"mounted\n":
            pytest.skip("this system lets nobody mount a file system small enough to be full")
        return pathlib.Path(f"/proc/{keeper.pid}/root{folder}")

    yield mount
    for step in undo:
        step()


def fill(folder):
    """Writes a file until there is no room; gives its path."""
    path = folder / "filler"
    with open(path, "wb", buffering=0) as file:
        with pytest.raises(OSError):
            while True:
                file.write(b"x" * 4_096)
    return path
