"""The model registry and the logged models of MLflow's unmodified Python client, against `track-cli serve`."""

import json
import math
import re
import subprocess
import threading

import mlflow
import numpy as np
import pytest
import requests
from mlflow.entities import Dataset, DatasetInput, LoggedModelInput, LoggedModelOutput, LoggedModelStatus, Metric
from mlflow.exceptions import MlflowException

from session import LIMIT


@pytest.fixture(scope="module")
def uri(martlet, tmp_path_factory):
    """The address of a server; its store lasts as long as this file's tests."""
    store = tmp_path_factory.mktemp("registry") / "tracking.db"
    process = subprocess.Popen(
        [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", store], stdout=subprocess.PIPE, text=True)
    yield re.search(r"http\S+", process.stdout.readline())[0]
    process.kill()
    process.communicate(timeout=LIMIT)


@pytest.fixture
def client(uri, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    mlflow.set_tracking_uri(uri)
    yield mlflow.MlflowClient(uri)
    mlflow.set_tracking_uri(None)


@pytest.fixture
def name(client, request):
    """The name of a registered model without versions."""
    name = re.sub(r"[^\w]", "_", request.node.name)
    client.create_registered_model(name)
    yield name
    mlflow.end_run()


@pytest.fixture
def run(client):
    return client.create_run("0").info.run_id


def refused(code, call, *arguments, **options):
    with pytest.raises(MlflowException) as caught:
        call(*arguments, **options)
    assert caught.value.error_code == code, caught.value
    return str(caught.value)


def add(client, name, run, **options):
    return client.create_model_version(name, f"runs:/{run}/model", run, **options)


def test_registered_models_live_and_die(client):
    made = client.create_registered_model("life", tags={"team": "vision"}, description="reads *digits*")
    assert made.name == "life" and made.tags == {"team": "vision"} and made.description == "reads *digits*"
    assert made.creation_timestamp == made.last_updated_timestamp > 1.7e12 and made.latest_versions == []
    assert "Registered Model (name=life) already exists." in refused(
        "RESOURCE_ALREADY_EXISTS", client.create_registered_model, "life")
    assert "Registered Model with name=none not found" in refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "none")
    client.set_registered_model_tag("life", "team", "text")
    client.set_registered_model_tag("life", "more", "")
    client.delete_registered_model_tag("life", "nothing")
    assert client.get_registered_model("life").tags == {"team": "text", "more": ""}
    assert client.update_registered_model("life", "new").description == "new"
    client.create_registered_model("other")
    refused("RESOURCE_ALREADY_EXISTS", client.rename_registered_model, "life", "other")
    client.rename_registered_model("life", "lives 🐦 'on'")
    assert client.get_registered_model("lives 🐦 'on'").description == "new"
    for model in ("lives 🐦 'on'", "other"):
        client.delete_registered_model(model)
    refused("RESOURCE_DOES_NOT_EXIST", client.get_registered_model, "other")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_registered_model, "other")
    for bad in ("", "   ", "a/b", "a:b", ".", ".."):
        refused("INVALID_PARAMETER_VALUE", client.create_registered_model, bad)
    assert "Missing value for required parameter 'name'" in refused("INVALID_PARAMETER_VALUE", client.create_registered_model, "")


def test_versions_count_and_are_not_counted_twice(client, name, run):
    for number in (1, 2, 3):
        made = add(client, name, run, tags={"n": str(number)}, description=f"no. {number}")
        assert (made.version, made.run_id, made.status, made.current_stage) == (str(number), run, "READY", "None")
    client.delete_model_version(name, "3")
    assert add(client, name, run).version == "4"
    refused("RESOURCE_DOES_NOT_EXIST", client.get_model_version, name, "3")
    refused("RESOURCE_DOES_NOT_EXIST", client.set_model_version_tag, name, "3", "a", "b")
    refused("INVALID_PARAMETER_VALUE", client.get_model_version, name, "three")
    client.set_model_version_tag(name, "2", "n", "two")
    client.delete_model_version_tag(name, "2", "none")
    shown = client.get_model_version(name, "2")
    assert shown.tags == {"n": "two"} and shown.description == "no. 2" and shown.source == f"runs:/{run}/model"
    assert client.update_model_version(name, "2", "second").description == "second"
    assert client.get_model_version_download_uri(name, "2") == f"runs:/{run}/model"
    assert [v.version for v in client.get_registered_model(name).latest_versions] == ["4"]
    found = client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])
    assert [v.version for v in found] == ["1", "2", "4"]


def test_aliases(client, name, run):
    for _ in range(2):
        add(client, name, run)
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "champion", "2")
    client.set_registered_model_alias(name, "été-1", "2")
    assert client.get_model_version_by_alias(name, "champion").version == "2"
    assert client.get_model_version(name, "2").aliases == ["champion", "été-1"]
    assert client.get_registered_model(name).aliases == {"champion": "2", "été-1": "2"}
    assert client.get_model_version_by_alias(name, "latest").version == "2"
    assert client.search_model_versions(f"name = '{name}' AND version_number = 2")[0].aliases == ["champion", "été-1"]
    client.delete_registered_model_alias(name, "été-1")
    client.delete_registered_model_alias(name, "été-1")
    assert "Registered model alias zz not found." in refused("INVALID_PARAMETER_VALUE", client.get_model_version_by_alias, name, "zz")
    for alias in ("v1", "V12", "latest", "Latest", "a b", "a.b", "", "x" * 256):
        refused("INVALID_PARAMETER_VALUE", client.set_registered_model_alias, name, alias, "1")
    refused("RESOURCE_DOES_NOT_EXIST", client.set_registered_model_alias, name, "ok", "9")
    client.delete_model_version(name, "2")
    assert client.get_registered_model(name).aliases == {}


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_stages(client, name, run):
    for _ in range(3):
        add(client, name, run)
    assert client.transition_model_version_stage(name, "1", "production").current_stage == "Production"
    client.transition_model_version_stage(name, "2", "PRODUCTION")
    assert [v.version for v in client.get_latest_versions(name, ["Production"])] == ["2"]
    client.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True)
    assert [client.get_model_version(name, str(n)).current_stage for n in (1, 2, 3)] == ["Archived", "Archived", "Production"]
    assert {v.version for v in client.get_latest_versions(name)} == {"2", "3"}
    assert client.get_latest_versions(name, ["Staging"]) == []
    assert "Invalid Model Version stage: dev" in refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, name, "1", "dev")
    refused("INVALID_PARAMETER_VALUE", client.get_latest_versions, name, ["dev"])
    refused("INVALID_PARAMETER_VALUE", client.transition_model_version_stage, name, "1", "None", archive_existing_versions=True)


def test_searches_of_models_and_versions(uri, client, run):
    for number in range(5):
        client.create_registered_model(f"found{number}", tags={"even": str(number % 2 == 0)})
        add(client, f"found{number}", run, tags={"n": str(number)})
    prompt = {"name": "found prompt", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}
    assert requests.post(f"{uri}/api/2.0/mlflow/registered-models/create", json=prompt, timeout=LIMIT).status_code == 200
    taken = requests.post(f"{uri}/api/2.0/mlflow/registered-models/create", json={"name": "found prompt"}, timeout=LIMIT).json()
    assert taken["error_code"] == "RESOURCE_ALREADY_EXISTS" and "already taken by a prompt" in taken["message"]

    def names(filter, **options):
        return [m.name for m in client.search_registered_models(filter, **options)]

    assert names("name LIKE 'found%'") == [f"found{n}" for n in range(5)]
    assert names("name ILIKE 'FOUND%' AND tags.even = 'True'", order_by=["name DESC"]) == ["found4", "found2", "found0"]
    assert names("name = 'found1' OR name = 'found3'") == ["found1", "found3"]
    assert names("name LIKE 'found%'", order_by=["last_updated_timestamp DESC"])[0] in ("found4", "found3")
    first = client.search_registered_models("name LIKE 'found%'", max_results=3)
    rest = client.search_registered_models("name LIKE 'found%'", max_results=3, page_token=first.token)
    assert [m.name for m in [*first, *rest]] == [f"found{n}" for n in range(5)] and not rest.token
    versions = client.search_model_versions(f"run_id = '{run}' AND tags.n != '3'", order_by=["name DESC"])
    assert [v.name for v in versions] == ["found4", "found2", "found1", "found0"]
    page = client.search_model_versions(f"run_id = '{run}'", max_results=4, order_by=["name"])
    assert len(page) == 4 and len(client.search_model_versions(f"run_id = '{run}'", max_results=4, page_token=page.token, order_by=["name"])) == 1
    for search, filter in ((client.search_registered_models, "stage = 'x'"), (client.search_registered_models, "name = 3"),
                           (client.search_model_versions, "version_number = 'x'"), (client.search_model_versions, "name == 'x'")):
        refused("INVALID_PARAMETER_VALUE", search, filter)
    refused("INVALID_PARAMETER_VALUE", client.search_registered_models, max_results=1001)
    refused("INVALID_PARAMETER_VALUE", client.search_registered_models, page_token="!")


@pytest.mark.parametrize("source", [
    "/etc/passwd", "file:///etc", "relative/path", "runs:/{other}/model", "runs://host/{run}/model", "mlflow-artifacts:/0/{other}/artifacts/model",
    "mlflow-artifacts:/0/{run}/artifacts/../../x", "mlflow-artifacts:/0/{run}/artifacts/%2e%2e/x", "https://host/a/../b", "models:/m-none",
    "http://host/api/2.0/mlflow-artifacts/artifacts/0/{other}/artifacts/x", "s3://bucket/%252e%252e/x", "models:/", "models:/a/b/c"])
def test_a_version_is_made_of_what_belongs_to_its_run_only(uri, client, name, run, source):
    other = client.create_run("0").info.run_id
    answer = requests.post(f"{uri}/api/2.0/mlflow/model-versions/create", timeout=LIMIT,
                           json={"name": name, "source": source.format(run=run, other=other), "run_id": run})
    assert answer.status_code in (400, 404) and answer.json()["error_code"] == "INVALID_PARAMETER_VALUE", answer.text
    assert client.search_model_versions(f"name = '{name}'") == []


def test_wrong_tags_are_refused_and_lists_may_be_empty(uri, client, name, run):
    def post(path, code, **body):
        answer = requests.post(f"{uri}/api/2.0/mlflow/{path}", json=body, timeout=LIMIT)
        assert answer.status_code == code, (path, body, answer.text)
        return answer.json()

    for key in ("", "/x", "a/../b", "a//b", "a,b!", "k" * 251):
        post("registered-models/set-tag", 400, name=name, key=key, value="v")
    post("registered-models/set-tag", 200, name=name, key="a/b-c_d.e:f é 1", value="v" * 100_000)
    post("registered-models/set-tag", 400, name=name, key="k", value="v" * 100_001)
    assert set(client.get_registered_model(name).tags) == {"a/b-c_d.e:f é 1"}
    post("model-versions/transition-stage", 400, name=name, version="1", stage="Production", archive_existing_versions="true")
    assert post("logged-models/search", 200, experiment_ids=[]) == {} and post("runs/outputs", 200, run_id=run, models=[]) == {}
    post("logged-models/search", 400)
    post("runs/outputs", 400, run_id=run)


def test_a_version_may_be_made_of_another_version(client, name, run):
    add(client, name, run)
    client.set_registered_model_alias(name, "best", "1")
    copied = client.copy_model_version(f"models:/{name}@best", f"{name} copied")
    assert copied.source == f"models:/{name}/1" and copied.run_id == run
    assert client.get_model_version_download_uri(f"{name} copied", "1") == f"runs:/{run}/model"


def test_many_clients_register_at_once(uri, client, name, run):
    versions = []

    def work():
        for _ in range(5):
            answer = requests.post(f"{uri}/api/2.0/mlflow/model-versions/create", timeout=LIMIT,
                                   json={"name": name, "source": f"runs:/{run}/model", "run_id": run})
            versions.append(int(answer.json()["model_version"]["version"]))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == list(range(1, 41))


def test_logged_models_live_and_die(client, run):
    made = client.create_logged_model("0", name="tree", source_run_id=run, params={"depth": "3"}, tags={"team": "vision"}, model_type="classifier")
    assert made.status == LoggedModelStatus.PENDING and made.model_id.startswith("m-") and made.source_run_id == run
    assert made.artifact_location == f"mlflow-artifacts:/0/models/{made.model_id}/artifacts"
    assert client.finalize_logged_model(made.model_id, LoggedModelStatus.READY).status == LoggedModelStatus.READY
    client.log_model_params(made.model_id, {"lr": "0.1"})
    client.set_logged_model_tags(made.model_id, {"team": "text", "a/b": "c"})
    client.delete_logged_model_tag(made.model_id, "a/b")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_logged_model_tag, made.model_id, "none")
    shown = client.get_logged_model(made.model_id)
    assert shown.params == {"depth": "3", "lr": "0.1"} and shown.tags == {"team": "text"} and shown.model_type == "classifier"
    client.delete_logged_model(made.model_id)
    assert "not found" in refused("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, made.model_id)
    refused("RESOURCE_DOES_NOT_EXIST", client.create_logged_model, "99")
    refused("INVALID_PARAMETER_VALUE", client.create_logged_model, "0", name="a/b")


def test_logged_models_are_found_by_their_metrics(client, run):
    experiment = client.create_experiment("logged models")
    models = {n: client.create_logged_model(experiment, name=n, params={"name": n}).model_id for n in ("good", "bad", "none")}
    client.log_metric(run, "accuracy", 0.9, step=1, model_id=models["good"], dataset_name="test", dataset_digest="1")
    client.log_batch(run, metrics=[Metric("accuracy", 0.2, 5, 0, model_id=models["bad"]), Metric("loss", math.nan, 5, 0, model_id=models["bad"])])
    metrics = client.get_logged_model(models["good"]).metrics
    assert [(m.key, m.value, m.step, m.run_id, m.dataset_name) for m in metrics] == [("accuracy", 0.9, 1, run, "test")]

    def names(filter=None, **options):
        return [m.name for m in client.search_logged_models([experiment], filter, **options)]

    assert names() == ["none", "bad", "good"]
    assert names("metrics.accuracy > 0.1", order_by=[{"field_name": "metrics.accuracy", "ascending": False}]) == ["good", "bad"]
    assert names("metrics.accuracy > 0.1", datasets=[{"dataset_name": "test"}]) == ["good"]
    assert names("params.name IN ('bad', 'none') AND name LIKE 'b%'") == ["bad"]
    assert names("name = 'good' OR params.name = 'none'", order_by=[{"field_name": "name"}]) == ["good", "none"]
    page = client.search_logged_models([experiment], max_results=2)
    assert [m.name for m in page] == ["none", "bad"]
    assert [m.name for m in client.search_logged_models([experiment], max_results=2, page_token=page.token)] == ["good"]
    refused("INVALID_PARAMETER_VALUE", client.search_logged_models, [experiment], "params.name > 3")
    refused("RESOURCE_DOES_NOT_EXIST", client.log_metric, run, "accuracy", 1.0, model_id="m-none")


def test_runs_name_the_models_that_they_used_and_made(client, run):
    made, used = (client.create_logged_model("0", name=n).model_id for n in ("made", "used"))
    client.log_outputs(run, [LoggedModelOutput(made, step=7)])
    client.log_inputs(run, [DatasetInput(Dataset("d", "1", "local", "{}"))], [LoggedModelInput(used)])
    shown = client.get_run(run)
    assert [(o.model_id, o.step) for o in shown.outputs.model_outputs] == [(made, 7)]
    assert [i.model_id for i in shown.inputs.model_inputs] == [used] and len(shown.inputs.dataset_inputs) == 1
    assert [(o.model_id, o.step) for o in client.search_runs(["0"], f"run_id = '{run}'")[0].outputs.model_outputs] == [(made, 7)]


class Doubler(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return [2 * x for x in model_input]


@pytest.mark.filterwarnings("ignore")
def test_a_model_is_logged_registered_and_loaded(client, name, tmp_path):
    with mlflow.start_run() as run:
        info = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler(), params={"factor": 2}, pip_requirements=[], registered_model_name=name)
        mlflow.log_metric("accuracy", 0.5, model_id=info.model_id)
    logged = client.get_logged_model(info.model_id)
    assert logged.status == LoggedModelStatus.READY and logged.params == {"factor": "2"} and logged.source_run_id == run.info.run_id
    version = client.get_model_version(name, "1")
    assert version.run_id == run.info.run_id and version.source == f"models:/{info.model_id}"
    assert json.loads(logged.tags["mlflow.modelVersions"]) == [{"name": name, "version": 1}]
    assert [o.model_id for o in client.get_run(run.info.run_id).outputs.model_outputs] == [info.model_id]
    again = mlflow.register_model(f"models:/{info.model_id}", name, tags={"a": "b"})
    assert again.version == "2" and again.tags == {"a": "b"}
    client.set_registered_model_alias(name, "champion", "2")
    for source in (f"models:/{name}@champion", f"models:/{name}/1", f"models:/{name}/latest", f"models:/{info.model_id}", info.model_uri):
        assert mlflow.pyfunc.load_model(source).predict([1, 2]) == [2, 4]
    files = {f.path for f in client.list_logged_model_artifacts(info.model_id)}
    assert "MLmodel" in files
    got = mlflow.artifacts.download_artifacts(f"models:/{name}@champion", dst_path=str(tmp_path))
    assert "python_function" in (tmp_path / "MLmodel").read_text() and got


@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_autologging(client, name, monkeypatch):
    # Loading the model in another process to see what it imports takes longest by far.
    monkeypatch.setenv("MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT", "1")
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3))
    y = (x[:, 0] > 0).astype(int)
    mlflow.sklearn.autolog(serialization_format="cloudpickle")
    try:
        with mlflow.start_run() as run:
            model = LogisticRegression(C=0.5).fit(x, y)
            model.score(x, y)
    finally:
        mlflow.sklearn.autolog(disable=True)
    data = client.get_run(run.info.run_id).data
    assert data.params["C"] == "0.5" and data.metrics["training_accuracy_score"] > 0.8 and data.metrics["LogisticRegression_score_x"] > 0.8
    outputs = client.get_run(run.info.run_id).outputs.model_outputs
    assert len(outputs) == 1
    version = mlflow.register_model(f"models:/{outputs[0].model_id}", name)
    loaded = mlflow.sklearn.load_model(f"models:/{name}/{version.version}")
    assert (loaded.predict(x) == model.predict(x)).all()
    assert client.search_logged_models([run.info.experiment_id], "metrics.training_accuracy_score > 0.8")[0].model_id == outputs[0].model_id


def test_histories_of_many_runs_at_once(uri, client):
    runs = [client.create_run("0").info.run_id for _ in range(2)]
    for run in runs:
        client.log_batch(run, metrics=[Metric("m", float(i), i, i) for i in range(1000)])
    client.log_metric(runs[0], "m", math.nan, timestamp=5000, step=5000)
    base = f"{uri}/ajax-api/2.0/mlflow/metrics"

    def get(path, status=200, **query):
        answer = requests.get(f"{base}/{path}", query, timeout=LIMIT)
        assert answer.status_code == status, answer.text
        return answer.json().get("metrics", []) if status == 200 else answer.json()["message"]

    sampled = get("get-history-bulk-interval", run_ids=runs, metric_key="m", max_results=320)
    for run, last in zip(runs, (5000, 999)):
        steps = [p["step"] for p in sampled if p["run_id"] == run]
        assert len(steps) == 320 and steps[0] == 0 and steps[-1] == last and steps == sorted(steps)
        assert max(b - a for a, b in zip(steps[:-1], steps[1:-1])) <= 4
    assert [p["value"] for p in sampled if p["step"] == 5000] == ["NaN"]
    part = get("get-history-bulk-interval", run_ids=runs[1], metric_key="m", start_step=10, end_step=12)
    assert [(p["step"], p["value"], p["timestamp"], p["key"]) for p in part] == [(i, float(i), i, "m") for i in (10, 11, 12)]
    assert get("get-history-bulk-interval", run_ids=runs, metric_key="none") == []
    whole = get("get-history-bulk", run_id=runs, metric_key="m")
    assert len(whole) == 2001 and [p["run_id"] for p in whole] == sorted(p["run_id"] for p in whole)
    assert len(get("get-history-bulk", run_id=runs, metric_key="m", max_results=1500)) == 1500
    for wrong in ({"run_ids": ["x"] * 101}, {"run_ids": []}, {"max_results": 0}, {"max_results": 2501}, {"start_step": 1}, {"start_step": 3, "end_step": 2}):
        assert get("get-history-bulk-interval", 400, **{"run_ids": runs, "metric_key": "m", **wrong})
    assert "metric_key" in get("get-history-bulk-interval", 400, run_ids=runs)


def test_data_sets_of_experiments(uri, client):
    experiment = client.create_experiment("with data")
    for context in ("train", "test", "train"):
        run = client.create_run(experiment).info.run_id
        client.log_inputs(run, [DatasetInput(Dataset("d", "1", "local", "{}"), [mlflow.entities.InputTag("mlflow.data.context", context)])])
    answer = requests.post(f"{uri}/ajax-api/2.0/mlflow/experiments/search-datasets", json={"experiment_ids": [experiment]}, timeout=LIMIT).json()
    assert sorted(s["context"] for s in answer["dataset_summaries"]) == ["test", "train"]
    assert {(s["experiment_id"], s["name"], s["digest"]) for s in answer["dataset_summaries"]} == {(experiment, "d", "1")}
    for wrong in ({}, {"experiment_ids": ["x"]}, {"experiment_ids": ["1"] * 21}):
        assert requests.post(f"{uri}/ajax-api/2.0/mlflow/experiments/search-datasets", json=wrong, timeout=LIMIT).status_code == 400
