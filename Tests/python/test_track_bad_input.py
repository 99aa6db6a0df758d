"""The store with files that are not what they should be, odd names and numbers, and many writers."""

import json
import os
import random
import sqlite3
import subprocess
import threading

import pytest

from conftest import BIN
from session import LIMIT
from tracked import cli, runner, start_runner


@pytest.fixture
def sound(tmp_path):
    store = tmp_path / "sound.db"
    runner("some", store, "kept", 2000)
    connection = sqlite3.connect(store)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return store


def test_truncated_and_scribbled_stores_give_an_error_or_what_is_left(sound, tmp_path):
    """Whatever a file holds, the program ends by itself, with an error that says so or with an answer."""
    data = sound.read_bytes()
    choice = random.Random(1)
    broken = tmp_path / "broken.db"
    lengths = [0, 1, 99, 512, 4096, 4097, len(data) // 2, len(data) - 4096, len(data) - 1]
    cases = [data[:length] for length in lengths]
    for _ in range(6):
        scribbled = bytearray(data)
        for _ in range(20):
            scribbled[choice.randrange(100, len(data))] = choice.randrange(256)
        cases.append(bytes(scribbled))
    words = ("damaged", "not an SQLite database", "not a tracking store", "it is empty", "failed", "no run matches", "has no metric")
    for contents in cases:
        broken.write_bytes(contents)
        for ending in ("-wal", "-shm"):
            broken.with_name(broken.name + ending).unlink(missing_ok=True)
        for command in (["runs"], ["metrics", "kept", "loss"], ["doctor"]):
            answer = subprocess.run(
                [BIN / "track-cli", *command, "--store", broken], capture_output=True, text=True, timeout=LIMIT, errors="replace")
            assert answer.returncode in (0, 1), (len(contents), command, answer.returncode, answer.stderr)
            if answer.returncode and command != ["doctor"]:
                assert any(word in answer.stderr for word in words), (len(contents), command, answer.stderr)


def test_a_writer_waits_for_a_lock(sound, tmp_path):
    other = sqlite3.connect(sound, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    process = start_runner("some", sound, "patient", 3, output=tmp_path / "out")
    assert "kept" in cli("runs", store=sound)  # Who reads does not wait.
    assert process.poll() is None
    other.execute("COMMIT")
    other.close()
    assert process.wait(timeout=LIMIT) == 0
    process.stdin.close()
    assert "patient" in cli("runs", store=sound)


def test_stores_of_others_are_left_as_they_are(tmp_path):
    newer = tmp_path / "newer.db"
    runner("some", newer, "old", 1)
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE mine (x)")
    connection.close()
    text = tmp_path / "text.db"
    text.write_text("just a text, which is longer than the hundred bytes of the head of a database " * 3)
    for path, words in ((newer, "version 999"), (foreign, "not a tracking store"), (text, "not an SQLite database")):
        before = path.read_bytes()
        for command in (["runs"], ["doctor"], ["gc"], ["sql", "SELECT 1"], ["tag", "old", "a=b"]):
            assert words in cli(*command, store=path, status=1)
        assert path.read_bytes() == before


LONG = "x" * 10_000
NAMES = ["'", '"; DROP TABLE runs; --', "a/b", "../../etc/passwd", "/etc/passwd", "a\nb", "🐦 Ünïcode", LONG, "\x1b[31m", ".", " ", "%s%n",
         "a,b", "=cmd()", "<script>", "a\\b", "latest", "--help", "\u202eabc"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_odd_names_are_kept_or_refused_with_a_reason(name, tmp_path):
    store = tmp_path / "tracking.db"
    lines = runner("names", store, name)
    outcomes = {}
    for line in lines:
        outcome, _, rest = line.partition(" ")
        outcomes[rest.partition(":")[0]] = outcome
        assert outcome == "taken" or "cannot be" in rest or "no artifact can be logged" in rest, rest
    assert set(outcomes) == {"run", "experiment", "param", "metric", "tag", "artifact"}
    plain = json.loads(cli("show", "plain", "--format", "json", store=store))
    for what, section in (("param", "params"), ("metric", "metrics"), ("tag", "tags")):
        assert (outcomes[what] == "taken") == (name in plain[section])
    if outcomes["run"] == "taken":
        listed = json.loads(cli("runs", "-e", "odd names", "--format", "json", store=store))
        assert [item["name"] for item in listed] == [name]
    for command in (["runs"], ["experiments"], ["show", "plain"], ["metrics", "plain"], ["artifacts", "plain"]):
        text = cli(*command, store=store)
        assert "\x1b" not in text and "\u202e" not in text
    if name in ("../../etc/passwd", "/etc/passwd", ".", "a\nb"):
        assert outcomes["artifact"] == "refused"
    inside = [path for path in (tmp_path / "tracking.db.artifacts").rglob("*") if path.is_file()]
    assert len(inside) == (outcomes["artifact"] == "taken") and all(len(path.name) == 64 for path in inside)
    assert "is sound" in cli("doctor", store=store)


def test_every_number_and_step_is_kept(tmp_path):
    store = tmp_path / "tracking.db"
    assert runner("values", store) == ["done"]
    values = [point["value"] for point in json.loads(cli("metrics", "values", "value", "--format", "json", store=store))]
    assert values == ["NaN", "Infinity", "-Infinity", 1e308, -1e308, 1.7976931348623157e308, 5e-324, 0, 0.1 + 0.2]
    steps = [point["step"] for point in json.loads(cli("metrics", "values", "step", "--format", "json", store=store))]
    assert steps == [-2**63, -1, 0, 2**63 - 1]
    for command in (["show", "values"], ["metrics", "values"], ["metrics", "values", "value"], ["metrics", "values", "-p"],
                    ["compare", "values", "-b", "values"]):
        answer = subprocess.run([BIN / "track-cli", *command, "--store", store], capture_output=True, timeout=LIMIT)
        assert answer.returncode in (0, 1), command


def test_times_far_away_are_kept(tmp_path):
    path = tmp_path / "runs.csv"
    far = [0, -62_167_219_200_000, 253_402_300_799_000, 9_000_000_000_000_000, 2**63 - 1, -2**63]
    path.write_text("name,start_ms,end_ms,metrics.x\n" + "".join(f"r{n},{time},{time},{n}\n" for n, time in enumerate(far)))
    store = tmp_path / "tracking.db"
    cli("import", path, store=store)
    listed = {item["name"]: item["start_ms"] for item in json.loads(cli("runs", "--all", "--format", "json", store=store))}
    assert listed == {f"r{n}": time for n, time in enumerate(far)}
    for n in range(len(far)):
        for command in (["show", f"r{n}"], ["metrics", f"r{n}", "x"], ["metrics", f"r{n}", "x", "-p", "-x", "time"]):
            assert cli(*command, store=store)
    assert cli("runs", store=store) and cli("compare", "r4", "r5", store=store)
    assert cli("sql", "SELECT * FROM runs", store=store)


def test_a_hundred_writers_at_once(tmp_path):
    store = tmp_path / "tracking.db"
    results = {}

    def write(number):
        results[number] = runner("some", store, f"writer{number}", 10)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results.get(number) == ["done"] for number in range(100))
    rows = json.loads(cli("sql", "SELECT status, count(*) AS n, (SELECT count(*) FROM points) AS points FROM runs GROUP BY status",
                          "--format", "json", store=store))
    assert rows == [{"status": "FINISHED", "n": 100, "points": 1000}]


def test_links_do_not_lead_artifacts_astray(tmp_path):
    store = tmp_path / "tracking.db"
    runner("names", store, "a/b")
    outside = tmp_path / "outside"
    outside.mkdir()
    os.symlink(outside, tmp_path / "a")
    os.symlink(tmp_path / "target", tmp_path / "link")
    assert "is there already" in cli("artifacts", "get", "plain", "a/b", "-o", tmp_path / "link", store=store, status=1)
    assert "->" in cli("artifacts", "get", "plain", "a/b", "-o", tmp_path / "link", "--force", store=store)
    assert not (tmp_path / "link").is_symlink() and not (tmp_path / "target").exists()
    assert (tmp_path / "link").is_file() and (tmp_path / "link").read_text() == "x"
