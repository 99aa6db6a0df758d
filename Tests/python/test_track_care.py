"""`track-cli sql`, `doctor`, `artifacts diff` and `runs --watch`."""

import json
import math
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import time

import pytest
from mlflow.entities import Metric, Param, RunTag

from session import LIMIT
from tracked import CLI, cli, served


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    store = tmp_path_factory.mktemp("care") / "tracking.db"
    with served(store) as client:
        for name, lr in (("slow", 0.001), ("fast", 0.1)):
            run = client.create_run("0", run_name=name, start_time=1_700_000_000_123).info.run_id
            client.log_batch(
                run, metrics=[Metric("loss", lr * step, 1_700_000_000_200 + step, step) for step in range(5)]
                + [Metric("odd", math.nan, 1, 0)],
                params=[Param("lr", str(lr)), Param("kind", "1e")], tags=[RunTag("team", "vision")])
            client.log_text(run, f"{name}\nshared\n", "notes/a.txt")
            client.log_text(run, "equal", "b.txt")
        client.log_text(run, "only here", "c.txt")
        client.set_terminated(run, end_time=1_700_000_002_123)
    return store


@pytest.fixture
def store(filled, tmp_path):
    shutil.copy(filled, tmp_path / "tracking.db")
    shutil.copytree(f"{filled}.artifacts", tmp_path / "tracking.db.artifacts")
    return tmp_path / "tracking.db"


def sql(query, *options, store, **changes):
    return json.loads(cli("sql", query, "--format", "json", *options, store=store, **changes))


def test_sql_answers_over_the_views(store):
    rows = sql(
        "SELECT runs.name, number AS lr, last FROM runs JOIN params USING (run_id) JOIN metrics USING (run_id)"
        " WHERE params.key = 'lr' AND metrics.key = 'loss' ORDER BY last DESC", store=store)
    assert rows == [{"name": "fast", "lr": 0.1, "last": 0.4}, {"name": "slow", "lr": 0.001, "last": 0.004}]
    assert sql("SELECT started, ended, seconds FROM runs WHERE name = 'fast'", store=store) == [
        {"started": "2023-11-14 22:13:20.123", "ended": "2023-11-14 22:13:22.123", "seconds": 2.0}]
    assert sql("SELECT value, number FROM params WHERE key = 'kind' LIMIT 1", store=store)[0]["value"] == "1e"
    assert sql("SELECT last, points FROM metrics WHERE key = 'odd' LIMIT 1", store=store) == [{"last": None, "points": 1}]
    assert sql("SELECT count(*) AS n, avg(value) AS mean FROM points WHERE key = 'loss'", store=store) == [
        {"n": 10, "mean": pytest.approx(0.101)}]
    described = json.loads(cli("sql", "--views", "--format", "json", store=store))
    for view in described:
        header = cli("sql", f"SELECT * FROM {view['view']} LIMIT 1", "--format", "csv", store=store).splitlines()[0]
        assert header.split(",") == view["columns"]
    assert {"runs", "params", "points", "datasets"} <= {view["view"] for view in described}


def test_sql_shows_tables_and_limits(store):
    text = cli("sql", "SELECT step, value FROM points WHERE key = 'loss' ORDER BY value", "-n", "2", store=store)
    assert text == "step  value\n   0      0\n   0      0\n\nThere are more than 2 rows; see them with --limit N or --all.\n"
    assert cli("sql", "SELECT 'a,b' AS x, NULL AS y, x'00ff' AS z", "--format", "csv", store=store) == 'x,y,z\n"a,b",,00ff\n'
    assert cli("sql", "-", input=b"SELECT 1 AS one", store=store) == "one\n  1\n"
    assert cli("sql", "PRAGMA table_info(runs)", store=store).startswith("cid")


@pytest.mark.parametrize("query", [
    "DELETE FROM main.runs", "UPDATE main.params SET value = 1", "DROP TABLE main.points", "CREATE TABLE x(y)",
    "ATTACH 'other.db' AS other", "PRAGMA query_only = OFF", "PRAGMA journal_mode = DELETE", "VACUUM INTO 'copy.db'",
    "BEGIN IMMEDIATE", "CREATE TEMP TABLE x(y)", "DROP VIEW temp.runs", "REINDEX", "SELECT load_extension('x')",
    "WITH x AS (SELECT 1) INSERT INTO main.tags SELECT 1, 'a', 'b'", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)",
])
def test_sql_only_reads(store, query, tmp_path):
    before = store.read_bytes()
    message = cli("sql", query, store=store, status=1)
    assert "can only read" in message or "load_extension" in message
    assert store.read_bytes() == before
    assert not (tmp_path / "other.db").exists() and not (tmp_path / "copy.db").exists()


def test_sql_says_what_is_wrong(store):
    assert "no such table: runz" in cli("sql", "SELECT * FROM runz", store=store, status=1)
    assert "one at a time" in cli("sql", "SELECT 1; DELETE FROM main.runs", store=store, status=1)
    assert "placeholders" in cli("sql", "SELECT ?", store=store, status=1)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    assert "longer than 1 second" in cli("sql", endless, "--timeout", "1", store=store, status=1)
    process = subprocess.Popen([CLI, "sql", endless, "--timeout", "0", "--store", store])
    time.sleep(0.3)  # Wherever it is by then, it has to end.
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=LIMIT) == -signal.SIGINT


def test_a_sound_store_is_sound(store):
    assert "is sound" in cli("doctor", store=store)
    assert json.loads(cli("doctor", "--quick", "--format", "json", store=store)) == {
        "store": str(store), "sound": True, "faults": []}


def faults(store, *options):
    answer = subprocess.run(
        [CLI, "doctor", "--format", "json", "--store", store, *options], capture_output=True, timeout=LIMIT)
    assert answer.returncode == 1 and answer.stderr == b""
    found = json.loads(answer.stdout)["faults"]
    assert all(fault["remedy"] for fault in found)
    return [fault["kind"] for fault in found]


def test_doctor_finds_artifacts_that_are_gone_or_changed(store):
    contents = sorted(path for path in (store.parent / "tracking.db.artifacts").rglob("*") if path.is_file())
    assert len(contents) == 4
    contents[0].unlink()
    changed = bytearray(contents[1].read_bytes())
    changed[0] ^= 1
    contents[1].write_bytes(changed)
    contents[2].write_bytes(b"")
    stray = contents[3].parent / ("f" * 64)
    stray.write_text("nobody's")
    assert sorted(faults(store)) == ["corrupt artifact", "corrupt artifact", "missing artifact", "orphan file"]
    assert sorted(faults(store, "--quick")) == ["corrupt artifact", "missing artifact", "orphan file"]


def test_files_of_nobody_do_no_harm_and_go_with_the_garbage(store):
    stray = store.parent / "tracking.db.artifacts" / "ff" / ("f" * 64)
    stray.parent.mkdir()
    stray.write_text("nobody's")
    text = cli("doctor", store=store)
    assert "orphan file: 1" in text and "track-cli gc" in text and "is sound" in text
    cli("gc", store=store)
    assert not stray.exists() and "orphan" not in cli("doctor", store=store)


def test_doctor_finds_and_mends_indexes_and_summaries(store):
    with sqlite3.connect(store) as database:
        database.execute("DROP INDEX runs_by_start")
        database.execute("UPDATE series SET point_count = 7, maximum = 99 WHERE key = 'loss'")
        database.execute("DELETE FROM points WHERE series = (SELECT min(id) FROM series) AND step = 4")
    database.close()
    assert faults(store) == ["missing object", "wrong summary", "wrong summary"]
    text = cli("doctor", "--fix", store=store)
    assert "Made 1 missing indexes and views, corrected 2 summaries." in text and "is sound" in text
    assert sql("SELECT points, maximum FROM metrics WHERE key = 'loss' ORDER BY points", store=store)[1] in (
        {"points": 5, "maximum": 0.4}, {"points": 5, "maximum": 0.004})


def test_doctor_finds_orphans_and_damage(store):
    with sqlite3.connect(store) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("INSERT INTO params VALUES (999, 'x', 'y')")
        database.execute("UPDATE runs SET parent_run_id = 'f00' WHERE name = 'fast'")
    database.close()
    assert faults(store) == ["orphan row", "orphan row"]
    data = bytearray(store.read_bytes())
    page = data.index(b"team")  # In a page of the table of tags.
    start = page // 4096 * 4096
    data[start:start + 4096] = os.urandom(4096)
    store.write_bytes(data)
    assert set(faults(store)) == {"damage"}


def test_artifacts_are_compared(store):
    assert cli("artifacts", "diff", "slow", "fast", "--format", "csv", store=store).splitlines()[1:] == [
        "added,c.txt,,9", "changed,notes/a.txt,12,12"]
    text = cli("artifacts", "diff", "slow", "fast", "notes/a.txt", store=store)
    assert "-slow\n+fast\n shared\n" in text
    assert "equal in both runs" in cli("artifacts", "diff", "slow", "fast", "b.txt", store=store)
    assert "are equal" in cli("artifacts", "diff", "slow", "slow", store=store)
    assert "has no artifact" in cli("artifacts", "diff", "slow", "fast", "none", store=store, status=1)
    assert "give two RUNs" in cli("artifacts", "diff", "slow", store=store, status=64)


def test_runs_are_watched(store):
    process = subprocess.Popen([CLI, "runs", "--watch", "--interval", "1", "--store", store], stdout=subprocess.PIPE)
    try:
        def until(word):
            seen, end = b"", time.monotonic() + LIMIT
            while word not in seen:
                assert select.select([process.stdout], [], [], end - time.monotonic())[0], seen
                seen += os.read(process.stdout.fileno(), 65536)
            return seen

        assert b"\x1b" not in until(b"fast")
        cli("delete", "fast", store=store)
        cli("restore", "fast", store=store)
        cli("tag", "slow", "x=y", store=store)
        with served(store) as client:
            client.create_run("0", run_name="newcomer")
            until(b"newcomer")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=LIMIT)
        process.stdout.close()
    assert "leave out --format" in cli("runs", "--watch", "--format", "json", store=store, status=64)
