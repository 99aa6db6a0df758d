"""Logged and registered models in `track-cli export` and `import`: MLflow's stores both ways, and our own CSV."""

import contextlib
import csv
import json
import os
import pathlib

import mlflow
from mlflow.entities import Metric

from tracked import cli, runner, served
from test_track_transfer import database, imported


@contextlib.contextmanager
def kept_in(folder):
    """MLflow's client of a file store, which some of its calls find by the global settings only."""
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    mlflow.set_tracking_uri(f"file:{folder}")
    mlflow.set_registry_uri(f"file:{folder}")
    try:
        yield mlflow.MlflowClient()
    finally:
        mlflow.set_tracking_uri(None)
        mlflow.set_registry_uri(None)
        for name in ("MLFLOW_ALLOW_FILE_STORE", "MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI"):
            os.environ.pop(name, None)


def write(client, model_files):
    """A run with a logged model, and three versions of a registered one, of which the second is deleted."""
    experiment = client.create_experiment("models", tags={"team": "vision"})
    run = client.create_run(experiment, run_name="trained").info.run_id
    model = client.create_logged_model(
        experiment, name="net", source_run_id=run, tags={"a": "b"}, model_type="classifier",
        params={"depth": "3"}).model_id
    client.log_model_artifacts(model, str(model_files))
    client.log_batch(run, metrics=[
        Metric("acc", 0.9, 7, 2, model_id=model, dataset_name="test", dataset_digest="abc", run_id=run),
        Metric("odd", float("nan"), 8, 3, model_id=model, run_id=run)])
    client.finalize_logged_model(model, "READY")
    client.log_outputs(run, [mlflow.entities.LoggedModelOutput(model, 3)])
    client.log_inputs(run, models=[mlflow.entities.LoggedModelInput(model)])
    client.log_artifacts(run, str(model_files), "kept")
    client.create_registered_model("digits", tags={"team": "vision"}, description='Reads "digits":\nwell.')
    client.create_model_version("digits", f"models:/{model}", run_id=run, model_id=model, tags={"n": "1"}, description="first")
    client.create_model_version("digits", f"runs:/{run}/kept", run_id=run)
    client.create_model_version("digits", f"runs:/{run}/kept", run_id=run)
    client.delete_model_version("digits", "2")
    client.set_registered_model_alias("digits", "champion", "1")
    client.set_registered_model_alias("digits", "next", "3")
    return run, model


def seen(client, run, model):
    """What there is of it, for MLflow's client."""
    shown = client.get_logged_model(model)
    registered = client.get_registered_model("digits")
    versions = sorted(client.search_model_versions("name = 'digits'"), key=lambda version: int(version.version))
    record = client.get_run(run)
    return {
        "model": (shown.name, shown.model_type, shown.source_run_id, shown.status, shown.creation_timestamp,
                  shown.params, {k: v for k, v in shown.tags.items() if not k.startswith("mlflow.")}),
        "metrics": sorted((m.key, str(m.value), m.step, m.timestamp, m.run_id, m.dataset_name, m.dataset_digest)
                          for m in shown.metrics),
        "outputs": [(o.model_id, o.step) for o in record.outputs.model_outputs],
        "inputs": [i.model_id for i in record.inputs.model_inputs],
        "registered": (registered.description, registered.tags, registered.creation_timestamp,
                       {alias: int(version) for alias, version in registered.aliases.items()}),
        "versions": [(int(v.version), v.source, v.run_id, v.description or "", v.tags, v.creation_timestamp) for v in versions],
    }


def check(store, run, model, expected, tmp_path):
    with served(store) as ours:
        assert seen(ours, run, model) == expected
        for number, uri in enumerate(["models:/digits@champion", f"models:/{model}", "models:/digits@next"]):
            place = pathlib.Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path / f"{store.stem}-{number}")))
            assert (place / "weights.bin").read_bytes() == b"\0\1weights", uri
        # The number of the version that was deleted is not given again.
        assert ours.create_model_version("digits", f"runs:/{run}/kept", run_id=run).version == "4"


def test_models_of_a_file_store_come_over_and_go_back(model_files, tmp_path):
    folder = tmp_path / "mlruns"
    with kept_in(folder) as theirs:
        run, model = write(theirs, model_files)
        expected = seen(theirs, run, model)
    store = tmp_path / "first.db"
    assert imported(folder, store=store) == (1, 0, 0, {})
    assert imported(folder, store=store) == (0, 0, 1, {})
    with kept_in(folder) as theirs:
        theirs.set_registered_model_alias("digits", "late", "3")
    answer = json.loads(cli("import", folder, "--format", "json", store=store))
    assert (answer["registered_models"], answer["completed_models"]) == (0, 1)
    cli("models", "unalias", "digits", "late", store=store)
    assert cli("models", "get", "digits@champion", "--output", tmp_path / "got", store=store).endswith("(2 files)\n")
    # Back into MLflow's form, and from there into another store of ours.
    cli("export", "--to", "mlflow", "-o", tmp_path / "back", store=store)
    with kept_in(tmp_path / "back") as back:
        assert seen(back, run, model) == expected
        place = pathlib.Path(mlflow.artifacts.download_artifacts("models:/digits/1", dst_path=str(tmp_path / "theirs")))
    assert (place / "weights.bin").read_bytes() == b"\0\1weights"
    again = tmp_path / "again.db"
    assert imported(tmp_path / "back", store=again)[0] == 1
    check(again, run, model, expected, tmp_path)
    check(store, run, model, expected, tmp_path)


def test_models_go_through_csv(model_files, tmp_path):
    store = tmp_path / "tracking.db"
    with served(store) as ours:
        run, model = write(ours, model_files)
        expected = seen(ours, run, model)
    folder = tmp_path / "csv"
    cli("export", "--to", "csv", "-o", folder, "--artifacts", store=store)
    rows = list(csv.DictReader((folder / "model_versions.csv").open()))
    assert [(row["name"], row["version"], row["run_id"]) for row in rows] == [("digits", "1", run), ("digits", "3", run)]
    again = tmp_path / "again.db"
    assert imported(folder, store=again) == (1, 0, 0, {})
    assert imported(folder, store=again) == (0, 0, 1, {})
    check(again, run, model, expected, tmp_path)
    cli("export", "--to", "json", "-o", tmp_path / "all.json", run, store=store)
    shown = json.loads((tmp_path / "all.json").read_text())[0]
    assert [item["model_id"] for item in shown["logged_models"]] == [model]
    assert [item["version"] for item in shown["model_versions"]] == [1, 3]
    # Another store that has given the numbers already keeps its own.
    other = tmp_path / "other.db"
    runner("model", other, model_files)
    assert imported(folder, store=other)[3] == {
        "versions whose number another one has here, or had": ["digits version 1"]}
    assert [v["version"] for v in json.loads(cli("models", "digits", "--format", "json", store=other))["versions"]] == [3, 1]
    (folder / "registered_models.csv").write_text("name,description,created_ms,updated_ms,tags,aliases\na/b,,1,1,{},{}\n")
    assert "a/b" in str(imported(folder, store=tmp_path / "third.db")[3])
    (folder / "registered_models.csv").write_text("name,description,created_ms,updated_ms,tags,aliases\nx,,1,1,[,{}\n")
    assert "no JSON object" in cli("import", folder, store=tmp_path / "third.db", status=1)
    (folder / "logged_models.csv").write_text("model_id,run_id\nwrong,x\n")
    assert "no id of a logged model" in cli("import", folder, store=tmp_path / "third.db", status=1)


def test_models_of_a_database_come_over(model_files, tmp_path):
    path, connection = database(tmp_path, "mlflow_3_17")
    run = "611a510092db49c7ad6b6cd9e3a30b33"
    model, gone = "m-" + "a" * 32, "m-" + "b" * 32
    experiment = connection.execute("SELECT experiment_id FROM runs WHERE run_uuid = ?", [run]).fetchone()[0]
    connection.executescript((pathlib.Path(__file__).parent / "resources" / "mlflow_3_17_models.sql").read_text())
    for identity, stage in ((model, "active"), (gone, "deleted")):
        connection.execute("INSERT INTO logged_models VALUES (?, ?, 'net', ?, 5, 6, 2, ?, 'classifier', ?, NULL)",
                           [identity, experiment, str(model_files), stage, run])
    connection.executemany("INSERT INTO logged_model_metrics VALUES (?, ?, 7, 2, ?, ?, ?, NULL, ?, ?)", [
        (model, "acc", 0.9, experiment, run, "test", "abc"), (model, "odd", None, experiment, run, None, None),
        (model, "top", 1.7976931348623157e308, experiment, run, None, None)])
    connection.execute("INSERT INTO logged_model_params VALUES (?, ?, 'depth', '3')", [model, experiment])
    connection.execute("INSERT INTO logged_model_tags VALUES (?, ?, 'a', 'b')", [model, experiment])
    connection.execute("INSERT INTO inputs VALUES ('x', 'RUN_OUTPUT', ?, 'MODEL_OUTPUT', ?, 3)", [run, model])
    connection.executemany(
        "INSERT INTO model_versions VALUES ('m', ?, 1, 2, 'first', NULL, ?, ?, ?, 'READY', NULL, NULL, ?, 'default')", [
            (1, "Production", f"models:/{model}", run, str(model_files)), (2, "Deleted_Internal", "REDACTED", run, None),
            (3, "None", f"runs:/{run}/kept", run, None)])
    connection.execute("INSERT INTO model_version_tags VALUES ('n', '1', 'm', 1, 'default')")
    connection.execute("INSERT INTO registered_model_tags VALUES ('team', 'vision', 'm', 'default')")
    connection.execute("INSERT INTO registered_model_aliases VALUES ('champion', 1, 'm', 'default')")
    connection.commit()
    connection.close()
    store = tmp_path / "tracking.db"
    assert "logged models that are deleted" in imported(path, store=store)[3]
    shown = json.loads(cli("models", "m", "--format", "json", store=store))
    assert shown["aliases"] == {"champion": 1} and shown["tags"] == {"team": "vision"}
    assert [(v["version"], v["stage"], v["model_id"]) for v in shown["versions"]] == [(3, "None", None), (1, "Production", model)]
    assert imported(path, store=store)[:3] == (0, 0, 3)
    with served(store) as ours:
        found = ours.get_logged_model(model)
        metrics = {m.key: str(m.value) for m in found.metrics}
        assert metrics == {"acc": "0.9", "odd": "nan", "top": "inf"} and found.params == {"depth": "3"}
        assert [o.model_id for o in ours.get_run(run).outputs.model_outputs] == [model]
        place = pathlib.Path(mlflow.artifacts.download_artifacts("models:/m@champion", dst_path=str(tmp_path / "got")))
        assert (place / "weights.bin").exists()


def test_a_broken_store_of_models_says_what_is_wrong(model_files, tmp_path):
    folder = tmp_path / "mlruns"
    with kept_in(folder) as theirs:
        run, model = write(theirs, model_files)
    models = folder / "models" / "digits"
    (models / "aliases" / "next").write_text("third")
    (models / "version-3" / "meta.yaml").unlink()
    (folder / "models" / "empty").mkdir()
    logged = next(folder.glob(f"*/models/{model}"))
    (logged / "metrics" / "acc").write_text("half a line\n7 0.5 2 " + run + "\n")
    left_out = imported(folder, store=tmp_path / "tracking.db")[3]
    assert set(left_out) == {
        "aliases that name no version", "versions without a number", "registered models without a meta.yaml",
        "points that are no numbers"}
    assert cli("models", "get", "digits@champion", "--output", tmp_path / "got", store=tmp_path / "tracking.db")
