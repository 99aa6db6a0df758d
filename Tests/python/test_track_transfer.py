"""`track-cli export` and `import`: MLflow's stores both ways, CSV, JSON, and Parquet as pyarrow reads it."""

import csv
import json
import math
import os
import pathlib
import sqlite3

import mlflow
import pytest
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag

from tracked import cli, served

RESOURCES = pathlib.Path(__file__).parent / "resources"
EXPERIMENT = "a long name: with colons, \"quotes\" and more words than the eighty characters after which YAML folds 🐦"
ODD = [math.nan, math.inf, -math.inf, 1e308, -0.5]


def write(client):
    """What a team has in a store."""
    experiment = client.create_experiment(EXPERIMENT, tags={"team": "vision"})
    run = client.create_run(
        experiment, run_name="first: yes", start_time=1_700_000_000_000,
        tags={"mlflow.user": "ann", "mlflow.source.git.commit": "a" * 40}).info.run_id
    client.log_batch(
        run,
        metrics=[Metric("train/loss", 1 / (s + 1), 1_700_000_000_000 + s, s) for s in range(50)]
        + [Metric("odd", value, 1_700_000_000_000, step) for step, value in enumerate(ODD)]
        + [Metric("neg", 3.0, 5, -7)],
        params=[Param("lr", "0.1"), Param("text", 'two\nlines, and "quotes"')],
        tags=[RunTag("mlflow.note.content", "# Note\n\nText")])
    client.log_text(run, "hello", "folder/a.txt")
    client.log_inputs(run, [DatasetInput(
        Dataset("digits", "abc123", "local", '{"uri": "x.csv"}', schema='{"a": 1}', profile='{"n": 2}'),
        [InputTag("mlflow.data.context", "training")])])
    client.set_terminated(run, "FAILED", end_time=1_700_000_009_000)
    child = client.create_run(experiment, run_name="child", tags={"mlflow.parentRunId": run}).info.run_id
    client.delete_run(client.create_run(experiment, run_name="gone").info.run_id)
    return run, child


@pytest.fixture
def file_store(tmp_path, monkeypatch):
    """A folder that MLflow's own client writes, and that client."""
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return mlflow.MlflowClient(f"file:{tmp_path}/mlruns"), tmp_path / "mlruns"


def seen(client, run):
    """All that a client shows of a run."""
    shown = client.get_run(run)
    history = {
        key: [(m.step, m.timestamp, repr(m.value)) for m in sorted(client.get_metric_history(run, key), key=lambda m: m.step)]
        for key in shown.data.metrics}
    inputs = [(i.dataset.name, i.dataset.digest, i.dataset.schema, [(t.key, t.value) for t in i.tags])
              for i in (shown.inputs.dataset_inputs if shown.inputs else [])]
    info = shown.info
    return (info.run_name, info.status, info.start_time, info.end_time, shown.data.params, shown.data.tags, history, inputs,
            client.get_experiment(info.experiment_id).name)


def imported(*arguments, store):
    answer = json.loads(cli("import", *arguments, "--format", "json", store=store))
    return answer["added"], answer["completed"], answer["present"], {
        item["reason"]: item["subjects"] for item in answer["left_out"]}


def test_a_file_store_of_mlflows_comes_over_whole(file_store, tmp_path):
    client, folder = file_store
    run, child = write(client)
    os.symlink("/etc/passwd", folder / client.get_run(run).info.experiment_id / run / "artifacts" / "link")
    before = {key: seen(client, key) for key in (run, child)}
    store = tmp_path / "tracking.db"
    added, completed, present, left_out = imported(folder, store=store)
    assert (added, completed, present) == (2, 0, 0)
    assert set(left_out) == {"runs that are deleted", "links and special files"}
    with served(store) as ours:
        for key, expected in before.items():
            assert seen(ours, key) == expected
        assert ours.get_run(child).data.tags["mlflow.parentRunId"] == run
    assert cli("artifacts", "get", run, "folder/a.txt", "-o", tmp_path / "copy", store=store)
    assert (tmp_path / "copy").read_text() == "hello"
    assert imported(folder, store=store)[:3] == (0, 0, 2)
    client.log_metric(child, "late", 1.0, step=3)
    client.set_terminated(child)
    assert imported(folder, store=store)[:3] == (0, 1, 1)
    assert "FINISHED" in cli("show", child, store=store)


def test_mlflow_reads_what_is_exported(monkeypatch, tmp_path):
    store = tmp_path / "tracking.db"
    with served(store) as ours:
        run, child = write(ours)
        expected = {key: seen(ours, key) for key in (run, child)}
    assert cli("export", "--to", "mlflow", "-o", tmp_path / "mlruns", store=store) == f"Exported 2 runs to {tmp_path}/mlruns.\n"
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = mlflow.MlflowClient(f"file:{tmp_path}/mlruns")
    for key, shown in expected.items():
        assert seen(client, key) == shown
    assert [item.path for item in client.list_artifacts(run, "folder")] == ["folder/a.txt"]
    assert "is not empty" in cli("export", "-t", "mlflow", "-o", tmp_path / "mlruns", store=store, status=1)
    again = tmp_path / "again.db"
    assert imported(tmp_path / "mlruns", store=again)[0] == 2


def database(tmp_path, name):
    path = tmp_path / f"{name}.db"
    connection = sqlite3.connect(path)
    connection.executescript((RESOURCES / f"{name}.sql").read_text())
    return path, connection


def test_a_database_of_mlflows_comes_over(tmp_path):
    path, connection = database(tmp_path, "mlflow_3_17")
    connection.close()
    before = path.read_bytes()
    store = tmp_path / "tracking.db"
    added, _, _, left_out = imported(path, store=store)
    assert added == 3 and set(left_out) == {"runs that are deleted"}
    assert path.read_bytes() == before
    shown = json.loads(cli("show", "first: yes", "--format", "json", store=store))
    assert shown["status"] == "FAILED" and shown["params"]["text"] == 'two\nlines, and "quotes"'
    assert shown["datasets"] == [{
        "name": "digits", "digest": "abc123", "source_type": "local", "source": '{"uri":"x.csv"}', "context": "training"}]
    odd = json.loads(cli("metrics", "first: yes", "odd", "--format", "json", store=store))
    assert [point["value"] for point in odd] == ["NaN", "Infinity", "-Infinity", 1e308, -0.5]
    assert imported(path, store=store)[:3] == (0, 0, 3)


def test_a_database_of_the_first_mlflow_comes_over(tmp_path):
    path, connection = database(tmp_path, "mlflow_1_0")
    connection.executescript("""
        INSERT INTO experiments VALUES (0, 'Default', '', 'active');
        INSERT INTO runs (run_uuid, name, status, start_time, end_time, experiment_id, lifecycle_stage, user_id)
          VALUES ('0123456789abcdef0123456789abcdef', '', 'FINISHED', 1000, 2000, 0, 'active', 'bob');
        INSERT INTO metrics VALUES ('loss', 0.5, 1000, '0123456789abcdef0123456789abcdef');
        INSERT INTO metrics VALUES ('loss', 0.25, 1001, '0123456789abcdef0123456789abcdef');
    """)
    connection.close()
    store = tmp_path / "tracking.db"
    assert imported(path, store=store)[0] == 1
    points = json.loads(cli("metrics", "0123", "loss", "--format", "json", store=store))
    assert [(point["step"], point["value"]) for point in points] == [(0, 0.5), (0, 0.25)]


@pytest.fixture
def filled(tmp_path):
    store = tmp_path / "filled.db"
    with served(store) as client:
        run, child = write(client)
    return store, run, child


def test_parquet_holds_everything(filled, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    store, run, child = filled
    cli("export", "--to", "parquet", "-o", tmp_path / "out", "--artifacts", store=store)
    tables = {path.stem: parquet.read_table(path).to_pylist() for path in (tmp_path / "out").glob("*.parquet")}
    assert set(tables) == {
        "runs", "params", "tags", "points", "datasets", "artifacts", "run_models", "logged_models", "logged_model_metrics",
        "registered_models", "model_versions"}
    runs = {row["run_id"]: row for row in tables["runs"]}
    assert runs[run]["experiment"] == EXPERIMENT and runs[child]["parent_run_id"] == run
    assert runs[child]["end_ms"] is None and runs[run]["end_ms"].timestamp() == 1_700_000_009
    odd = [row["value"] for row in tables["points"] if row["key"] == "odd"]
    assert [repr(value) for value in sorted(odd, key=repr)] == sorted(map(repr, ODD))
    assert {row["key"]: row["value"] for row in tables["params"]} == {"lr": "0.1", "text": 'two\nlines, and "quotes"'}
    assert [row["step"] for row in tables["points"] if row["key"] == "neg"] == [-7]
    assert (tmp_path / "out/artifacts" / run / "folder/a.txt").read_text() == "hello"
    for path in (tmp_path / "out").glob("*.parquet"):
        metadata = parquet.ParquetFile(path).metadata
        assert metadata.num_row_groups == 0 or metadata.row_group(0).column(0).compression == "GZIP"
    # A store without a run gives files without a row.
    cli("delete", run, child, store=store)
    cli("export", "--to", "parquet", "-o", tmp_path / "none", store=store)
    assert parquet.read_table(tmp_path / "none/runs.parquet").num_rows == 0


def test_csv_and_json_come_back(filled, tmp_path):
    store, run, child = filled
    cli("export", "--to", "csv", "-o", tmp_path / "csv", "--artifacts", store=store)
    cli("export", "--to", "json", "-o", tmp_path / "all.json", store=store)
    document = {item["run_id"]: item for item in json.loads((tmp_path / "all.json").read_text())}
    assert len(document[run]["points"]) == 56 and document[run]["params"][0] == {"key": "lr", "value": "0.1"}
    again = tmp_path / "again.db"
    assert imported(tmp_path / "csv", store=again)[0] == 2
    for key in (run, child):
        first, second = (json.loads(cli("show", key, "--format", "json", store=place)) for place in (store, again))
        for shown in (first, second):
            del shown["experiment_id"], shown["duration_ms"]
        assert first == second
    assert imported(tmp_path / "csv", store=again)[:3] == (0, 0, 2)


def test_a_csv_of_runs_comes_over(tmp_path):
    path = tmp_path / "runs of others.csv"
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([
            ["name", "status", "start_time", "params.lr", "metrics.acc", "tags.note", "colour"],
            ["one", "FINISHED", "2023-11-14 22:13:20.500000+00:00", "0.1", "0.5", 'a "b",\nc', "red"],
            ["two", "", "", "", "nan", "", ""]])
    store = tmp_path / "tracking.db"
    added, _, _, left_out = imported(path, store=store)
    assert added == 2 and left_out == {"columns that are no params.X, metrics.X or tags.X": ["colour"]}
    shown = json.loads(cli("show", "one", "--format", "json", store=store))
    assert shown["start_ms"] == 1_700_000_000_500 and shown["tags"] == {"note": 'a "b",\nc'}
    assert shown["experiment"] == "runs of others" and shown["metrics"]["acc"]["last"] == 0.5
    assert imported(path, store=store)[:3] == (0, 0, 2)
    for text, message in (
        ('name,metrics.x\na,b\n', "is no number"), ('name\n"a', "ends within quotes"), ("name,x\n1\n", "1 fields instead of 2"),
        ("name,status\na,done\n", "is no status"), ("name,start_time\na,soon\n", "is no time"), ("", "has no rows"),
    ):
        path.write_text(text)
        assert message in cli("import", path, store=store, status=1)


def test_what_cannot_be_taken_over_is_refused(tmp_path, filled):
    store, run, _ = filled
    (tmp_path / "empty").mkdir()
    assert "neither a folder of MLflow's" in cli("import", tmp_path / "empty", store=store, status=1)
    assert "there is no" in cli("import", tmp_path / "nowhere", store=store, status=1)
    assert "none of MLflow's" in cli("import", store, store=tmp_path / "other.db", status=1)
    assert "give --to" in cli("export", "-o", "x", store=store, status=64)
    (tmp_path / "file").write_text("")
    assert "is a file" in cli("export", "--to", "csv", "-o", tmp_path / "file", store=store, status=1)
    assert "is there already" in cli("export", "--to", "json", "-o", tmp_path / "file", store=store, status=1)
    assert cli("export", run, "--to", "json", "-o", tmp_path / "file", "--force", store=store)
