"""Models that Swift logged, as MLflow's unmodified Python client finds them, in a file and over HTTP."""

import pathlib

import mlflow
import numpy as np
from mlflow.models import Model

from tracked import cli, runner, served


def check(client, run, model, tmp_path):
    """The model `model` of `run` is whole for MLflow's client."""
    assert client.get_model_version_by_alias("digits", "champion").source == f"models:/{model}"
    version = client.get_model_version("digits", "1")
    assert (version.run_id, version.source, version.aliases) == (run, f"models:/{model}", ["champion"])
    experiment = client.get_experiment_by_name("from-swift").experiment_id
    found = mlflow.search_logged_models(
        [experiment], filter_string="metrics.accuracy > 0.8 AND params.depth = '3'", output_format="list")
    assert [shown.model_id for shown in found] == [model]
    shown = client.get_logged_model(model)
    assert (shown.name, shown.model_type, shown.source_run_id, shown.status) == ("net", "classifier", run, "READY")
    assert shown.tags["team"] == "vision" and shown.params == {"depth": "3"}
    metrics = {metric.key: metric for metric in shown.metrics}
    assert (metrics["accuracy"].value, metrics["accuracy"].step, metrics["recall"].value) == (0.9, 2, 0.75)
    assert (metrics["recall"].dataset_name, metrics["recall"].dataset_digest) == ("test", "abc")
    outputs = client.get_run(run).outputs.model_outputs
    assert [(output.model_id, output.step) for output in outputs] == [(model, 2)]
    for uri in ("models:/digits@champion", "models:/digits/1", "models:/digits/latest", f"models:/{model}"):
        place = pathlib.Path(mlflow.artifacts.download_artifacts(uri, dst_path=str(tmp_path / uri.replace("/", "_"))))
        assert (place / "weights.bin").read_bytes() == b"\0\1weights", uri
        assert (place / "deep" / "config é.json").read_text() == "{}"
    loaded = Model.load(str(place))
    assert (loaded.model_id, loaded.run_id, list(loaded.flavors)) == (model, run, ["martlet"])
    assert loaded.signature.inputs.inputs[0].shape == (-1, 64) and loaded.signature.outputs.inputs[0].type == "float32"
    assert mlflow.models.get_model_info("models:/digits@champion").model_id == model


def test_a_model_in_a_file_is_whole_for_mlflows_client(model_files, tmp_path):
    store = tmp_path / "tracking.db"
    run, model, versions = runner("model", store, model_files)[0].split()
    assert versions == "[1]"
    with served(store) as client:
        check(client, run, model, tmp_path)


def test_a_model_that_went_over_http_is_whole_for_mlflows_client(model_files, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with served(tmp_path / "tracking.db") as client:
        uri = mlflow.get_tracking_uri()
        run, model, versions = runner("model", uri, model_files)[0].split()
        assert versions == "[1]"
        check(client, run, model, tmp_path)
        # And back: what the client logged, Swift reads.
        made = mlflow.initialize_logged_model(name="theirs", model_type="x", experiment_id=client.get_run(run).info.experiment_id)
        client.log_model_artifacts(made.model_id, str(model_files))
        client.finalize_logged_model(made.model_id, "READY")
        client.create_model_version("digits", f"models:/{made.model_id}", model_id=made.model_id)
        lines = runner("load", uri, "models:/digits/2", tmp_path / "swift")
        assert not pathlib.Path(lines[0]).exists()
        assert lines[1].strip() == "deep/config é.json weights.bin"
        assert (tmp_path / "swift" / "weights.bin").read_bytes() == b"\0\1weights"


def test_track_cli_copies_models(model_files, tmp_path):
    store = tmp_path / "tracking.db"
    runner("model", store, model_files)
    target = tmp_path / "copy"
    assert cli("models", "get", "digits@champion", "--output", target, store=store) == f"Copied digits version 1 to {target} (3 files)\n"
    assert (target / "weights.bin").read_bytes() == b"\0\1weights" and (target / "MLmodel").exists()
    for reference in ("digits", "digits/1", "models:/digits/latest"):
        cli("models", "get", reference, "--output", target, store=store)
    assert "no version 7" in cli("models", "get", "digits/7", "--output", target, store=store, status=1)
    assert "digits@best" in cli("models", "get", "digits/best", "--output", target, store=store, status=1)
    assert "takes one MODEL" in cli("models", "get", store=store, status=64)
    assert "belongs to models get" in cli("models", "digits", "--output", target, store=store, status=64)


def test_mlflow_predicts_with_a_network_from_swift(kernel, tmp_path):
    store = tmp_path / "tracking.db"
    kernel.ok(
        "import Martlet\n"
        f'let run = try Run.start(experiment: "networks", in: TrackingStore("{store}"))\n'
        "let net = Sequential { Linear(4, 8); ReLU(); Linear(8, 3) }\n"
        "let x = Tensor<Float>([[1, 2, 3, 4], [4, 3, 2, 1]])\n"
        'try run.log(model: net, name: "net", registeredAs: "net", alias: "champion", example: x) { net($0) }\n'
        "try run.end()"
    )
    expected = np.array([float(word) for word in kernel.ok("net(x).scalars").value.strip("[]").split(",")])
    with served(store):
        model = mlflow.pyfunc.load_model("models:/net@champion")
        found = model.predict(np.array([[1, 2, 3, 4], [4, 3, 2, 1]], dtype=np.float32))["output"]
        assert model.metadata.signature.inputs.inputs[0].shape == (-1, 4)
    np.testing.assert_allclose(found, expected.reshape(2, 3), rtol=1e-5)
