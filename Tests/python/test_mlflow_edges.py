"""Requests at the edges of MLflow's REST API, answered as a stock server does (`make compare-mlflow` asks both)."""

import base64
import subprocess

import pytest
import requests

from session import LIMIT


@pytest.fixture(scope="module")
def server(martlet, tmp_path_factory):
    """A call of one server: its method, path and fields."""
    process = subprocess.Popen(
        [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", tmp_path_factory.mktemp("edges") / "tracking.db"],
        stdout=subprocess.PIPE, text=True)
    base = process.stdout.readline().split("http", 1)[1].split()[0]

    def call(method, path, headers=None, /, **fields):
        place = {"params": fields} if method == "GET" else {"json": fields}
        url = f"http{base}{path if path.startswith('/') else '/api/2.0/mlflow/' + path}"
        return requests.request(method, url, headers=headers, timeout=LIMIT, **place)

    yield call
    process.terminate()
    process.communicate(timeout=LIMIT)


@pytest.fixture(scope="module")
def run(server):
    return server("POST", "runs/create", experiment_id="0", run_name="edges", start_time=1).json()["run"]["info"]["run_id"]


@pytest.mark.parametrize("name, is_taken", [
    ("a/b", True), ("a.b-c_d: e", True), ("größe", True), ("数据", True), ("a..b", True), ("k" * 250, True), ("½", True),
    ("k" * 251, False), ("/a", False), ("a/", False), ("a//b", False), ("../a", False), ("a/./b", False), (".", False), ("...", False),
    ("🐦", False), ("a?b", False), ("a%", False), ("a\nb", False), ("a'b", False), ("a[0]", False), ("€", False),
])
def test_names_are_those_of_mlflow(server, run, name, is_taken):
    for path, fields in [("runs/log-metric", {"value": 1, "timestamp": 1}), ("runs/log-parameter", {"value": "1"}), ("runs/set-tag", {"value": "1"})]:
        answer = server("POST", path, run_id=run, key=name, **fields)
        assert answer.status_code == (200 if is_taken else 400), (path, answer.text)
        assert is_taken or answer.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    answer = server("POST", "runs/log-batch", run_id=run, params=[{"key": "fine", "value": "1"}, {"key": name, "value": "1"}])
    assert answer.status_code == (200 if is_taken else 400)
    assert is_taken or "params[1].key" in answer.json()["message"]


def test_martlets_own_clients_may_name_as_they_like(server, run):
    answer = server("POST", "runs/log-parameter", {"X-Martlet-Names": "any"}, run_id=run, key="loss (val) %", value="1")
    assert answer.status_code == 200, answer.text


def test_values_are_read_as_other_clients_write_them(server, run):
    for text in ["nan", "NaN", "inf", "-Infinity", " 3.5 ", "1e5"]:
        assert server("POST", "runs/log-metric", run_id=run, key="value", value=text, timestamp=1).status_code == 200, text
    for text in ["x", "", "0x10", [1], {}, None]:
        assert server("POST", "runs/log-metric", run_id=run, key="value", value=text, timestamp=1).status_code == 400, text
    assert server("POST", "runs/update", run_id=run, status="4").json()["run_info"]["status"] == "FAILED"
    assert server("POST", "runs/update", run_id=run, status=9).status_code == 400
    assert server("POST", "runs/set-tag", run_id=[run], key="a", value="1").status_code == 400
    # Of a field that the query has twice, the first counts.
    answer = requests.get(server("GET", "runs/get", run_id=run).url + f"&run_id={'0' * 32}", timeout=LIMIT)
    assert answer.json()["run"]["info"]["run_id"] == run


def test_methods_that_a_path_does_not_take(server):
    for method, path, allowed in [
        ("GET", "runs/create", "POST"), ("PUT", "registered-models/alias", "DELETE, GET, POST"), ("POST", "registered-models/update", "PATCH"),
        ("POST", "logged-models/m-1", "DELETE, GET, PATCH"), ("POST", "/api/2.0/mlflow-artifacts/artifacts/0/a", "DELETE, GET, PUT"),
    ]:
        answer = server(method, path)
        assert (answer.status_code, answer.headers.get("Allow")) == (405, allowed), path
    assert server("GET", "runs/none").json()["error_code"] == "ENDPOINT_NOT_FOUND"


def test_runs_are_found_by_the_tags_that_all_are_shown_with(server, run):
    child = server("POST", "runs/create", experiment_id="0", run_name="child", start_time=2, tags=[{"key": "mlflow.parentRunId", "value": run}])
    assert "outputs" not in child.json()["run"]
    found = lambda **fields: [r["info"]["run_name"] for r in server("POST", "runs/search", experiment_ids=["0"], **fields).json().get("runs", [])]
    assert found(filter="tags.`mlflow.runName` = 'child'") == found(filter="tags.mlflow.runName LIKE 'ch%'") == ["child"]
    assert found(filter=f"tags.mlflow.parentRunId = '{run}'") == found(filter="tags.`mlflow.parentRunId` IS NOT NULL") == ["child"]
    assert found(order_by=["tags.`mlflow.runName` DESC"])[-1] == "child"
    assert found(filter=f"run_id IN ('{run}',)") == found(filter="metrics.'value' != 0") == ["edges"]


def test_page_tokens_are_those_of_mlflow(server):
    server("POST", "experiments/create", name="second page")
    page = server("POST", "experiments/search", max_results=1, order_by=["experiment_id"]).json()
    assert base64.b64decode(page["next_page_token"]) == b'{"offset": 1}' and page["experiments"][0]["workspace"] == "default"
    rest = server("POST", "experiments/search", max_results=1, order_by=["experiment_id"], page_token=page["next_page_token"])
    assert rest.json()["experiments"][0]["experiment_id"] == "1"
    for token in ["5", "x", "e30="]:
        assert server("POST", "experiments/search", max_results=1, page_token=token).status_code == 400, token


def test_experiments_at_the_edges(server):
    id = server("POST", "experiments/create", name="edges").json()["experiment_id"]
    for path, fields in [
        ("update", {}), ("set-experiment-tag", {"key": "a?b", "value": "1"}), ("set-experiment-tag", {"key": "a", "value": "v" * 20_001}),
    ]:
        assert server("POST", f"experiments/{path}", experiment_id=id, **fields).status_code == 400, fields
    assert server("POST", "experiments/create", name="fragment", artifact_location="s3://bucket/x#y").status_code == 400
    server("POST", "experiments/delete", experiment_id=id)
    for path, fields in [
        ("experiments/set-experiment-tag", {"key": "a", "value": "1"}), ("experiments/update", {"new_name": "x"}), ("runs/create", {}), ("logged-models", {"name": "m"}),
    ]:
        answer = server("POST", path, experiment_id=id, **fields).json()
        assert answer["error_code"] == "INVALID_PARAMETER_VALUE" and "'active' state" in answer["message"], path


def test_data_sets_have_limits(server, run):
    whole = {"name": "d", "digest": "1", "source_type": "x", "source": "y"}
    log = lambda tags=(), **change: server("POST", "runs/log-inputs", run_id=run, datasets=[{"dataset": whole | change, "tags": list(tags)}]).status_code
    assert log([{"key": "team", "value": "x"}, {"key": "mlflow.data.context", "value": "train"}]) == log(name="n" * 500) == 200
    inputs = server("GET", "runs/get", run_id=run).json()["run"]["inputs"]["dataset_inputs"]
    assert {t["key"]: t["value"] for i in inputs if i["dataset"]["name"] == "d" for t in i["tags"]} == {"team": "x", "mlflow.data.context": "train"}
    assert log(name="n" * 501) == log(digest="d" * 37) == log(source="s" * 65_536) == 400
    assert log([{"key": "k" * 256, "value": "1"}]) == log([{"key": "k", "value": "v" * 501}]) == 400


def test_artifacts_have_types_and_folders_none(server, run):
    root = f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts"
    for name, kind in [("a.txt", "text/plain"), ("a.JSON", "text/plain"), ("MLmodel", "text/plain"), ("a.png", "image/png"), ("a.html", "text/html"), ("a.pkl", "application/octet-stream"), ("plain", "application/octet-stream")]:
        assert server("PUT", f"{root}/folder/{name}").status_code == 200
        answer = server("GET", f"{root}/folder/{name}")
        assert answer.headers["Content-Type"] == kind and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert server("GET", f"{root}/folder").status_code == server("GET", "/get-artifact", run_id=run, path="folder").status_code == 400
    assert server("GET", f"{root}/none").status_code == 404
    assert server("DELETE", f"{root}/none").status_code == 200
    assert server("GET", "artifacts/list", run_id=run, path="file:///etc").status_code == 400
    assert server("GET", "/get-artifact").status_code == 400


def test_models_at_the_edges(server):
    server("POST", "registered-models/create", name="edges")
    create = lambda source: server("POST", "model-versions/create", name="edges", source=source).status_code
    assert create("s3://bucket/model") == 200 and create("http://example.org/model") == 400
    stage = lambda archives: server("POST", "model-versions/transition-stage", name="edges", version="1", stage="Production", archive_existing_versions=archives).status_code
    assert stage(True) == 200 and stage(1) == stage("true") == 400
    find = lambda path, filter: [m["name"] for m in server("GET", path, filter=filter).json().get(path.split("/")[0].replace("-", "_"), [])]
    assert find("model-versions/search", "version_number = '1'") == ["edges"]
    assert find("registered-models/search", "tags.`mlflow.prompt.is_prompt` = 'false'") == ["edges"]


def test_requests_with_many_arguments_are_answered(server):
    def ask(count):
        return server("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", run_id=[f"id_{i}" for i in range(count)], metric_key="k")

    answer = ask(1000)
    assert answer.status_code == 400
    assert "cannot specify more than 100 run_ids. Received 1000 run_ids" in answer.json()["message"]
    for count in (1100, 1500, 3000, 6000, 50_000):
        assert ask(count).status_code in (400, 414), count


@pytest.mark.parametrize("path, fields, message", [
    ("runs/log-parameter", {"run_id": 31, "key": "k", "value": 41}, "Invalid value 31 for parameter 'run_id' supplied"),
    ("runs/log-batch", {"metrics": [{"key": "k", "value": 1}]}, "Missing value for required parameter 'metrics[0].timestamp'"),
])
def test_errors_name_the_first_field_that_is_wrong(server, run, path, fields, message):
    answer = server("POST", path, **({"run_id": run} | fields))
    assert answer.status_code == 400 and message in answer.json()["message"], answer.text


def test_tags_of_a_deleted_run_stay(server):
    run = server("POST", "runs/create", experiment_id="0", start_time=1).json()["run"]["info"]["run_id"]
    server("POST", "runs/delete", run_id=run)
    answer = server("POST", "runs/delete-tag", run_id=run, key="none")
    assert answer.status_code == 400 and f"The run {run} must be in the 'active' state" in answer.json()["message"]


def test_a_place_without_a_scheme_is_a_path_of_the_server(server):
    made = server("POST", "experiments/create", name="placed", artifact_location="my/place").json()["experiment_id"]
    place = server("GET", "experiments/get", experiment_id=made).json()["experiment"]["artifact_location"]
    assert place.startswith("/") and place.endswith("/my/place")
