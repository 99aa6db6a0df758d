"""The store when processes are killed, the power goes, or the disk is full: what was acknowledged is there."""

import collections
import json
import random
import shutil
import sqlite3
import subprocess
import time

from conftest import fill
from session import LIMIT
from tracked import RUNNER, cli, paused_runner, runner, start_runner


def whole_lines(path):
    """The lines that were written to their end before the process was killed."""
    return path.read_text().rpartition("\n")[0].splitlines()


def test_nothing_acknowledged_by_two_hundred_killed_processes_is_lost(tmp_path):
    store = tmp_path / "tracking.db"
    choice = random.Random(20_260_101)
    waiting = [f"w{number:03}" for number in range(200)]
    living = {}
    while waiting or living:
        while waiting and len(living) < 8:
            name = waiting.pop()
            process = start_runner("log", store, name, output=tmp_path / name)
            # One in five dies while it starts, the others when they have said so much, whatever that takes here.
            size = 0 if choice.random() < 0.2 else choice.randrange(1, 3000)
            earliest = time.monotonic() + (choice.uniform(0, 0.1) if size == 0 else 0)
            living[name] = (process, size, earliest, time.monotonic() + LIMIT)
        for name, (process, size, earliest, latest) in list(living.items()):
            assert time.monotonic() < latest and process.poll() is None, (tmp_path / name).read_text()[-300:]
            if time.monotonic() >= earliest and (tmp_path / name).stat().st_size >= size:
                process.kill()
                assert process.wait(timeout=LIMIT) == -9
                process.stdin.close()
                del living[name]
        time.sleep(0.002)

    with sqlite3.connect(store) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        rows = database.execute("SELECT id, name FROM runs").fetchall()
        points, params, tags, artifacts = (collections.defaultdict(dict) for _ in range(4))
        for name, key, step, value in database.execute(
                "SELECT r.name, s.key, p.step, p.value FROM points p JOIN series s ON s.id = p.series JOIN runs r ON r.id = s.run"):
            points[name][key, step] = value
        for found, table in ((params, "params"), (tags, "tags")):
            for name, key, value in database.execute(f"SELECT r.name, t.key, t.value FROM {table} t JOIN runs r ON r.id = t.run"):
                found[name][key] = value
        for name, path, digest in database.execute("SELECT r.name, a.path, a.sha256 FROM artifacts a JOIN runs r ON r.id = a.run"):
            artifacts[name][path] = (tmp_path / "tracking.db.artifacts" / digest[:2] / digest).read_text()
    database.close()
    acknowledged = collections.Counter()
    names = {name for _, name in rows}
    for name in (f"w{number:03}" for number in range(200)):
        latest, files = {}, {}
        for line in whole_lines(tmp_path / name):
            kind, *rest = line.split()
            acknowledged[kind] += 1
            if kind == "run":
                assert name in names
            elif kind == "metric":
                assert points[name][rest[0], int(rest[1])] == float(rest[2]), (name, line)
            elif kind == "param":
                assert params[name][rest[0]] == rest[1], (name, line)
            elif kind == "tag":
                latest[rest[0]] = int(rest[1])
            elif kind == "artifact":
                files[rest[0]] = int(rest[1])
        for key, value in latest.items():
            assert int(tags[name][key]) in (value, value + 1)
        for path, value in files.items():
            assert artifacts[name][path] in (f"contents {value}", f"contents {value + 21}")
        # Two values that were logged at once are both there or neither is.
        assert {step for key, step in points[name] if key == "a"} == {step for key, step in points[name] if key == "b"}
    assert acknowledged["run"] > 100 and acknowledged["metric"] > 1000 and acknowledged["artifact"] > 50, acknowledged
    assert "is sound" in cli("doctor", store=store)
    listed = json.loads(cli("runs", "--all", "--format", "json", store=store))
    assert {(item["status"], item["interrupted"]) for item in listed} == {("KILLED", True)}


def test_a_power_cut_leaves_whole_transactions(tmp_path):
    store = tmp_path / "tracking.db"
    frozen = tmp_path / "frozen.db"
    with paused_runner(store, 12):
        shutil.copy(store, frozen)
        shutil.copy(f"{store}-wal", f"{frozen}-wal")
    log = (tmp_path / "frozen.db-wal").read_bytes()
    # A frame has 24 bytes and a page; the size of the database is in the last frame of each transaction.
    page = int.from_bytes(log[8:12], "big")
    frames = [32 + number * (24 + page) for number in range((len(log) - 32) // (24 + page))]
    commits = [start + 24 + page for start in frames if int.from_bytes(log[start + 4:start + 8], "big")]
    salts = log[16:24]
    commits = [end for end in commits if log[end - page - 24 + 8:end - page - 24 + 16] == salts]
    assert len(commits) > 12
    seen = []
    begin, stop = commits[-3], commits[-1] + 1
    # The bytes within a page are alike: all of those around the frames' heads, and one in 64 of the others.
    lengths = sorted({length for length in range(begin, stop)
                      if length % 64 == 0 or any(-2 <= length - edge <= 26 for edge in frames + [stop - 1])})
    spans, first = [], lengths[0]
    for one, next_ in zip(lengths, lengths[1:] + [None]):
        if next_ != one + 1:
            spans.append((first, one + 1))
            first = next_
    workers = []
    for number in range(2):
        folder = tmp_path / f"copies{number}"
        folder.mkdir()
        arguments = [str(n) for span in spans[number::2] for n in span]
        workers.append(subprocess.Popen(
            [RUNNER, "truncated", frozen, folder, *arguments], stdout=subprocess.PIPE, text=True))
    for worker in workers:
        seen += worker.communicate(timeout=LIMIT)[0].splitlines()
        assert worker.returncode == 0, seen[-1]
    found = {}
    for line in seen:
        length, _, rest = line.partition(" ")
        counts = [int(number) for number in rest.replace("[", "").replace("]", "").replace(",", "").split()]
        assert len(counts) == 4 and len(set(counts)) == 1, line
        found[int(length)] = counts[0]
    assert len(found) == len(lengths) > 300
    for length, count in found.items():
        whole = sum(commit <= length for commit in commits)
        assert count == 12 - (len(commits) - whole), (length, count)


def test_a_flipped_bit_of_the_last_transaction_costs_no_other(tmp_path):
    store = tmp_path / "tracking.db"
    with paused_runner(store, 5):
        database, log = store.read_bytes(), bytearray((tmp_path / "tracking.db-wal").read_bytes())
    log[-100] ^= 4
    copy = tmp_path / "copy.db"
    copy.write_bytes(database)
    (tmp_path / "copy.db-wal").write_bytes(log)
    shown = json.loads(cli("metrics", "victim", "--format", "json", store=copy))
    assert shown["a"]["count"] == shown["b"]["count"] == 4


def test_files_of_limited_size_cost_only_what_did_not_fit(tmp_path):
    store = tmp_path / "tracking.db"
    lines = runner("limited", store, 600_000)
    logged = [line for line in lines if line.startswith("logged")]
    refused = [line for line in lines if line.startswith("refused")]
    assert len(refused) == 1 and "was not stored" in refused[0], lines[-3:]
    assert lines[-1] == "ended" and len(logged) > 10
    shown = json.loads(cli("show", "limited", "--format", "json", store=store))
    assert shown["metrics"]["loss"]["count"] == 100 * len(logged) and shown["metrics"]["after"]["count"] == 1
    assert shown["status"] == "FINISHED"
    assert "is sound" in cli("doctor", store=store)


def test_a_full_disk_harms_nothing(small_disk, tmp_path):
    disk = small_disk(20_000)
    store = disk / "tracking.db"
    runner("some", store, "before", 500)
    filler = fill(disk)
    answer = subprocess.run([RUNNER, "some", store, "during", "100000"], capture_output=True, text=True, timeout=LIMIT)
    assert answer.returncode == 3 and "full" in answer.stdout and "not stored" in answer.stdout, answer.stdout
    assert "before" in cli("runs", store=store)
    filler.unlink()
    runner("some", store, "after", 500)
    for name in ("before", "after"):
        assert json.loads(cli("show", name, "--format", "json", store=store))["metrics"]["loss"]["count"] == 500
    assert "is sound" in cli("doctor", store=store)
