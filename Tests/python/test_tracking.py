"""Tracking from cells, seen by track-cli."""

import contextlib
import json
import math
import sqlite3


from conftest import fill


def details(track, reference):
    return json.loads(track("show", reference, "--format", "json"))


def test_a_cell_logs_params_metrics_tags_and_artifacts(kernel, track, tmp_path):
    (tmp_path / "notes.txt").write_text("kept")
    kernel.ok("import Martlet")
    kernel.ok(
        'let run = try Run.start(experiment: "first", name: "cell")\n'
        'try run.logParams(["lr": 0.5, "layers": 3])\n'
        'for step in 0..<5 { try run.logMetric("loss", 1 / Double(step + 1), step: step) }\n'
        'try run.setTag("kind", "test")\n'
        'try run.logArtifact("notes.txt")'
    )
    # Nothing has been ended: what was logged is there all the same.
    shown = details(track, "cell")
    assert shown["status"] == "RUNNING"
    assert shown["params"] == {"lr": "0.5", "layers": "3"}
    kernel.ok("try run.end()")
    assert details(track, "latest")["status"] == "FINISHED"
    points = json.loads(track("metrics", "cell", "loss", "--format", "json"))
    text = json.dumps(points)
    assert all(str(value) in text for value in (0.5, 0.25, 0.2))
    assert "notes.txt" in track("artifacts", "cell")


def test_a_run_that_throws_is_failed(kernel, track):
    kernel.ok("import Martlet")
    kernel.fails(
        'try Run.with(experiment: "first", name: "bad") { run in\n'
        '  try run.logMetric("loss", 1)\n  throw CancellationError()\n}'
    )
    kernel.fails(
        "struct Broken: Error {}\n"
        'try Run.with(experiment: "first", name: "worse") { _ in throw Broken() }'
    )
    assert details(track, "bad")["status"] == "KILLED"
    assert details(track, "worse")["status"] == "FAILED"


def test_a_run_of_a_killed_worker_does_not_run_for_ever(kernel, track):
    kernel.ok('import Martlet\nlet run = try Run.start(experiment: "first", name: "lost")')
    kernel.ok('try run.logMetric("loss", 0.25)')
    kernel.worker().kill()
    kernel.run("1")
    shown = details(track, "lost")
    assert shown["status"] == "KILLED"
    assert "0.25" in json.dumps(shown["metrics"])


def test_nan_and_infinity_are_kept(kernel, track):
    kernel.ok(
        'import Martlet\nlet run = try Run.start(experiment: "first", name: "odd")\n'
        'try run.logMetric("m", .nan, step: 0)\n'
        'try run.logMetric("m", .infinity, step: 1)\n'
        'try run.logMetric("m", 2.5, step: 2)\ntry run.end()'
    )
    text = track("metrics", "odd", "m", "--format", "json")
    values = json.dumps(json.loads(text))
    assert '"NaN"' in values and '"Infinity"' in values and "2.5" in values


def test_two_kernels_log_to_one_store_at_once(start_kernel, track, store):
    first, second = start_kernel(), start_kernel()
    code = (
        'import Martlet\nlet run = try Run.start(experiment: "both", name: "NAME")\n'
        'for step in 0..<300 {{ try run.logMetric("m", Double(step), step: step) }}\n'
        "try run.end()"
    ).replace("{{", "{").replace("}}", "}")
    ids = [
        (session, session.send(code.replace("NAME", name)))
        for session, name in ((first, "one"), (second, "two"))
    ]
    for session, message_id in ids:
        result = session.collect(message_id)
        assert result.status == "ok", result.trace
    for name in ("one", "two"):
        rows = track("metrics", name, "m", "--format", "csv").strip().splitlines()
        assert len(rows) == 301
    compared = json.loads(track("compare", "latest", "latest~1", "--format", "json"))
    assert {run["name"] for run in compared["runs"]} == {"one", "two"}
    assert all(run["metrics"]["m"] for run in compared["runs"])


def test_tensors_compute_what_numpy_would(shared_kernel):
    shared_kernel.ok("import Martlet")
    result = shared_kernel.ok(
        "let logits = Tensor<Double>([[1, 2, 3]])\nsoftmax(logits, axis: 1)[scalar: 0, 2]"
    )
    expected = math.exp(3) / sum(math.exp(n) for n in (1, 2, 3))
    assert abs(float(result.value) - expected) < 1e-12


def test_names_of_the_library_are_not_ambiguous_in_a_cell(kernel):
    kernel.ok("import Martlet")
    assert kernel.ok('let curves: [Series] = [Series("a", y: [1, 2])]\ncurves.count').value == "1"
    assert "2, 2" in kernel.ok("Tensor<Float>([[1, 2], [3, 4]])").value


def test_a_full_disk_throws_in_the_cell_and_loses_nothing(start_kernel, small_disk, track):
    disk = small_disk(2048)
    store = disk / "tracking.db"
    kernel = start_kernel(TRACKING_URI=str(store))
    kernel.ok('import Martlet\nlet run = try Run.start(experiment: "first", name: "full")')
    kernel.ok('try run.logMetric("loss", 0.75, step: 0)')
    big = 'try run.logArtifact(text: String(repeating: "x", count: 8 << 20), as: "big.txt")'
    assert "is full; what this call logged was not stored" in kernel.fails(big).error["evalue"]

    filler = fill(disk)
    many = 'for step in 1..<100_000 { try run.logMetric("loss", 0.5, step: step) }'
    said = kernel.fails(many).error["evalue"]
    assert "full" in said and str(store) in said

    filler.unlink()
    kernel.ok('try run.logMetric("loss", 0.25, step: 200_000)\ntry run.end()')
    shown = json.loads(track("show", "full", "--format", "json", store=store))
    assert shown["status"] == "FINISHED"
    points = json.loads(track("metrics", "full", "loss", "--format", "json", store=store))
    text = json.dumps(points)
    assert "0.75" in text and "0.25" in text
    with contextlib.closing(sqlite3.connect(store)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_files_of_a_loaded_model_do_not_outlive_a_killed_worker_for_long(start_kernel, tmp_path):
    places = tmp_path / "temporary"
    places.mkdir()
    kernel = start_kernel(TMPDIR=str(places))

    def folders():
        return sorted(path for path in places.iterdir() if path.name.startswith("martlet-model-"))

    kernel.ok("""
        import Martlet
        try Run.with(experiment: "models") { run in
          try run.logArtifact(text: "weights", as: "model/weights.bin")
          _ = try run.store.registerModel("net", from: run, path: "model")
        }
        """)
    load = 'import Martlet\nlet files = try LoadedModel("models:/net/1").files'
    kernel.ok(load)
    first = folders()
    assert len(first) == 1 and (first[0] / "weights.bin").read_text() == "weights"
    kernel.fails("import Glibc\nkill(getpid(), SIGKILL)")
    kernel.ok(load)
    assert len(folders()) == 1 and folders() != first
