"""`martlet doctor`: every fault is found, and says what to do."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def doctor(martlet, kernelspec, tmp_path):
    def call(*arguments, **environment):
        bin = pathlib.Path(sys.executable).parent
        base = {
            "PATH": f"{bin}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "JUPYTER_PATH": str(kernelspec.parents[1]),
            "TRACKING_URI": str(tmp_path / "tracking.db"),
        }
        return subprocess.run(
            [martlet, "doctor", *arguments], env=base | environment, cwd=tmp_path,
            capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL,
        )

    return call


def finding(answer, subject):
    """The verdict about a subject, and all that is said about it."""
    lines = answer.stdout.splitlines()
    for index, line in enumerate(lines):
        words = line.split()
        if len(words) > 1 and line[8:].startswith(subject):
            rest = [next for next in lines[index + 1:index + 2] if next.startswith(" " * 8)]
            return words[0], "\n".join([line, *rest])
    raise AssertionError(f"nothing about {subject}:\n{answer.stdout}{answer.stderr}")


def test_a_machine_in_order_has_no_fault(doctor):
    answer = doctor()
    assert answer.returncode == 0, answer.stdout + answer.stderr
    for subject in (
        "toolchain", "linker", "libzmq", "SQLite", "OpenBLAS", "libcrypto", "zlib", "worker", "library",
        "modules", "Jupyter", "kernelspec", "store", "disk",
    ):
        verdict, text = finding(answer, subject)
        assert verdict == "ok", text
    assert answer.stdout.splitlines()[-1].startswith("No fault found")


def test_a_missing_toolchain(doctor):
    answer = doctor(MARTLET_TOOLCHAIN="/nowhere/usr")
    assert answer.returncode == 1
    verdict, text = finding(answer, "toolchain")
    assert verdict == "fault"
    assert "/nowhere/usr" in text and "swift.org" in text


def test_a_toolchain_of_another_version(doctor, other_toolchain):
    answer = doctor(MARTLET_TOOLCHAIN=str(other_toolchain))
    assert answer.returncode == 1
    verdict, text = finding(answer, "toolchain")
    assert verdict == "fault"
    assert "5.9.2" in text


def test_no_jupyter_and_no_linker(doctor, martlet, tmp_path):
    answer = doctor(PATH=str(tmp_path))
    assert finding(answer, "linker")[0] in ("fault", "ok")  # The toolchain may bring ld.lld.
    if not (ROOT / ".venv").exists():
        assert finding(answer, "Jupyter")[0] == "fault"


def test_a_kernelspec_that_starts_nothing(doctor, kernelspec, tmp_path):
    folder = tmp_path / "jupyter/kernels/swift"
    folder.mkdir(parents=True)
    broken = json.loads((kernelspec / "kernel.json").read_text())
    broken["argv"][0] = "/moved/away/martlet-kernel"
    (folder / "kernel.json").write_text(json.dumps(broken))
    answer = doctor(JUPYTER_PATH=str(tmp_path / "jupyter"))
    assert answer.returncode == 1
    verdict, text = finding(answer, "kernelspec")
    assert verdict == "fault"
    assert "/moved/away/martlet-kernel" in text and "kernel install" in text


def test_a_kernelspec_that_is_not_json(doctor, tmp_path):
    folder = tmp_path / "jupyter/kernels/swift"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text("{")
    answer = doctor(JUPYTER_PATH=str(tmp_path / "jupyter"))
    assert answer.returncode == 1
    assert "not a JSON object" in finding(answer, "kernelspec")[1]


def test_a_store_that_is_none(doctor, tmp_path):
    (tmp_path / "notes.db").write_text("these are not runs " * 100)
    answer = doctor(TRACKING_URI=str(tmp_path / "notes.db"))
    assert answer.returncode == 1
    verdict, text = finding(answer, "store")
    assert verdict == "fault"
    assert "notes.db" in text and "TRACKING_URI" in text
    assert (tmp_path / "notes.db").read_text().startswith("these are not runs")


def test_a_store_elsewhere_than_in_a_file(doctor):
    answer = doctor(TRACKING_URI="postgresql://host/db")
    assert answer.returncode == 1
    assert finding(answer, "store")[0] == "fault"


def test_a_store_that_may_not_be_written(doctor):
    answer = doctor(TRACKING_URI="/proc/tracking.db")
    assert answer.returncode == 1
    assert finding(answer, "store")[0] == "fault"


def test_looking_makes_no_store(doctor, tmp_path):
    doctor()
    assert not list(tmp_path.glob("tracking.db*"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "cannot"),
        ("no JSON", "JSON"),
        ('{"transport": "tcp"}', "ip"),
        ('{"transport": "tcp", "ip": "127.0.0.1", "key": "", "shell_port": "x"}', "shell_port"),
    ],
)
def test_a_connection_file_at_fault(doctor, tmp_path, text, expected):
    file = tmp_path / "connection.json"
    if text is not None:
        file.write_text(text)
    answer = doctor("--connection-file", str(file))
    assert answer.returncode == 1
    verdict, said = finding(answer, "connection")
    assert verdict == "fault"
    assert expected in said


def test_an_unknown_option_is_refused(doctor):
    answer = doctor("--thorough")
    assert answer.returncode == 64
    assert "--thorough" in answer.stderr
