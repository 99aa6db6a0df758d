"""What MLflow's own page asks `track-cli serve` for, beside what its clients ask for."""

import math
import os
import re
import subprocess

import mlflow
import pytest
import requests
from mlflow.entities import Dataset, DatasetInput, LoggedModelOutput, Metric, Param

from session import LIMIT


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A virtual environment whose mlflow package has a page."""
    environment = tmp_path_factory.mktemp("venv")
    page = environment / "lib" / "python3.11" / "site-packages" / "mlflow" / "server" / "js" / "build"
    (page / "static" / "js").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>page</title>")
    (page / "static" / "js" / "main.1234.js").write_text("let x = 1")
    (page.parent / "secret.txt").write_text("secret")
    return environment


@pytest.fixture(scope="module")
def base(martlet, package, tmp_path_factory):
    """The address of a server that shows that page."""
    store = tmp_path_factory.mktemp("page") / "tracking.db"
    process = subprocess.Popen(
        [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", store, "--mlflow-ui", "auto"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"VIRTUAL_ENV": str(package)})
    yield re.search(r"http\S+", process.stdout.readline())[0]
    process.kill()
    process.communicate(timeout=LIMIT)


@pytest.fixture
def client(base):
    mlflow.set_tracking_uri(base)
    yield mlflow.MlflowClient(base)
    mlflow.set_tracking_uri(None)


@pytest.fixture
def run(client):
    return client.create_run("0", run_name="seen").info.run_id


def test_the_page_and_its_files(base):
    page = requests.get(f"{base}/", timeout=LIMIT)
    assert "<title>page" in page.text and page.headers["Content-Type"].startswith("text/html")
    script = requests.get(f"{base}/static-files/static/js/main.1234.js", timeout=LIMIT)
    assert script.text == "let x = 1" and script.headers["Content-Type"].startswith("text/javascript")
    assert "max-age" in script.headers["Cache-Control"] and script.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("none.js", "static", "../secret.txt", "%2e%2e/secret.txt", "static/..%2f../../secret.txt", "/etc/passwd", ""):
        request = requests.Request("GET", f"{base}/static-files/{path}").prepare()
        request.url = f"{base}/static-files/{path}"
        assert requests.Session().send(request, timeout=LIMIT).status_code == 404, path
    assert requests.post(f"{base}/", timeout=LIMIT).status_code == 404


def test_a_page_that_is_not_there_is_missed(martlet, tmp_path):
    answer = subprocess.run(
        [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", tmp_path / "t.db", "--mlflow-ui", tmp_path / "none"],
        capture_output=True, text=True, timeout=LIMIT)
    assert answer.returncode == 1 and str(tmp_path / "none") in answer.stderr and "pip install mlflow" in answer.stderr


QUERY = """
query GetRun($data: MlflowGetRunInput!) @component(name: "MLflow.ExperimentRunTracking") {
  mlflowGetRun(input: $data) {  # of one run
    apiError { helpUrl code message }
    run {
      info { ...Info }
      experiment { experimentId name lifecycleStage tags { key value } lastUpdateTime }
      modelVersions { status version name source }
      data { metrics { key value step timestamp } params { key value } tags { key value } }
      inputs { datasetInputs { dataset { digest name source } tags { key value } } modelInputs { modelId } }
      outputs { ... on MlflowRunOutputs { modelOutputs { modelId step __typename } } }
    }
    __typename
  }
}
fragment Info on MlflowRunInfo { id: runId runName startTime endTime status artifactUri }
"""


def ask(base, query, operation=None, **variables):
    answer = requests.post(f"{base}/graphql", json={"operationName": operation, "query": query, "variables": variables}, timeout=LIMIT)
    return answer.status_code, answer.json()


def test_graphql_gives_a_run_with_all_around_it(base, client, run):
    client.log_batch(run, metrics=[Metric("m", 0.5, 7, 2), Metric("n", math.nan, 7, 2)], params=[Param("p", "1")])
    client.log_inputs(run, [DatasetInput(Dataset("d", "1", "local", "{}"))])
    model = client.create_logged_model("0", name="m").model_id
    client.log_outputs(run, [LoggedModelOutput(model, step=3)])
    client.create_registered_model("seen")
    client.create_model_version("seen", f"runs:/{run}/m", run)
    status, answer = ask(base, QUERY, "GetRun", data={"runId": run})
    found = answer["data"]["mlflowGetRun"]
    assert status == 200 and found["apiError"] is None and found["__typename"]
    shown = found["run"]
    assert shown["info"]["id"] == run and shown["info"]["runName"] == "seen" and shown["info"]["status"] == "RUNNING"
    assert int(shown["info"]["startTime"]) > 1.7e12 and isinstance(shown["info"]["startTime"], str) and shown["info"]["endTime"] == "0"
    assert shown["experiment"]["name"] == "Default" and shown["experiment"]["tags"] == []
    assert shown["data"]["metrics"] == [{"key": "m", "value": 0.5, "step": "2", "timestamp": "7"}, {"key": "n", "value": None, "step": "2", "timestamp": "7"}]
    assert shown["data"]["params"] == [{"key": "p", "value": "1"}]
    assert [v["name"] for v in shown["modelVersions"]] == ["seen"]
    assert shown["inputs"]["datasetInputs"][0]["dataset"]["name"] == "d" and shown["inputs"]["modelInputs"] == []
    assert shown["outputs"]["modelOutputs"][0]["modelId"] == model and shown["outputs"]["modelOutputs"][0]["step"] == "3"


def test_graphql_of_other_things(base, client, run):
    client.log_metric(run, "m", 1.0, step=4)
    status, answer = ask(base, 'query { a: mlflowGetExperiment(input: {experimentId: "0"}) { experiment { name } } '
                         'mlflowGetMetricHistoryBulkInterval(input: {runIds: ["%s"], metricKey: "m", maxResults: 320}) { metrics { step value runId } } }' % run)
    assert status == 200 and answer["data"]["a"]["experiment"]["name"] == "Default"
    assert answer["data"]["mlflowGetMetricHistoryBulkInterval"]["metrics"] == [{"step": "4", "value": 1.0, "runId": run}]
    _, answer = ask(base, "mutation S($d: MlflowSearchRunsInput!) { mlflowSearchRuns(input: $d) { runs { info { runId } } } }", d={"experimentIds": ["0"], "filter": f"run_id = '{run}'"})
    assert answer["data"]["mlflowSearchRuns"]["runs"] == [{"info": {"runId": run}}]
    _, answer = ask(base, QUERY, "GetRun", data={"runId": "f" * 32})
    assert answer == {"data": {"mlflowGetRun": None}, "errors": [f"Run with id={'f' * 32} not found"]}


@pytest.mark.parametrize("query", [
    "", "{", "query {", "{}", "subscription { x }", "query { mlflowGetRun(input: ", 'query { mlflowGetRun(input: "', "{ mlflowGetRun " * 40, "{ a: b: c }", "\0",
    "# only a word", "fragment F on Query { __typename }", "query q($a) { __typename }", "query q($a: [[String) { __typename }", "{ a @skip }",
    "{ mlflowGetRun(input: " + "[" * 5000])
def test_graphql_that_cannot_be_read_is_refused(base, query):
    status, answer = ask(base, query)
    assert status == 400 and answer["error_code"]


@pytest.mark.parametrize("fields", [{"variables": "x"}, {"variables": [1]}, {"operationName": 5}, {"query": 5}, {"query": None}, {"query": ["{ __typename }"]}])
def test_fields_of_graphql_of_other_kinds_are_refused(base, fields):
    answer = requests.post(f"{base}/graphql", json={"query": "{ __typename }"} | fields, timeout=LIMIT)
    assert answer.status_code == 400 and list(fields)[0] in answer.json()["message"]


@pytest.mark.parametrize("query,said", [
    ("query { none { x } }", "'none' on type 'Query'"), ("{ ...F }", "fragment 'F'"), ("query A { __typename } query B { __typename }", "operation name"),
    ("{ mlflowGetRun }", "must have a selection"), ("{ mlflowGetRun(input: $x) { run { info { runId } } } }", "'$x' is not defined"),
    ('{ mlflowGetRun(input: {no: 1}) { run { info { runId } } } }', "'no'"), ('{ mlflowGetRun(input: 5) { run { info { runId } } } }', "run_id"),
    ("{ a: __typename a: test { output } }", "conflict"), ("{ " + " ".join(f"a{n}: __typename" for n in range(11)) + " }", "at most 10 root fields")])
def test_graphql_that_asks_for_what_is_not_there_says_so(base, query, said):
    status, answer = ask(base, query)
    assert status == 200 and len(answer["errors"]) == 1 and said in answer["errors"][0]
    assert not any((answer["data"] or {}).values())


def test_fragments_that_multiply_end_soon(base):
    names = [f"F{n}" for n in range(9)]
    parts = [f"fragment {name} on Query {{ {'...F%d ' % (n + 1) * 10} }}" for n, name in enumerate(names)]
    status, answer = ask(base, "{ ...F0 } " + " ".join(parts) + " fragment F9 on Query { __typename ...F0 }")
    assert (status, answer) == (200, {"data": {"__typename": "Query"}, "errors": None})
    deep = [f"fragment F{n} on MlflowExperiment {{ {' '.join(f'a{k}: name {{ ...F{n + 1} }}' for k in range(10))} }}" for n in range(9)]
    _, answer = ask(base, '{ mlflowGetExperiment(input: {experimentId: "0"}) { experiment { ...F0 } } } ' + " ".join(deep) + " fragment F9 on MlflowExperiment { name }")
    assert answer["data"] is None and "exceeds maximum" in answer["errors"][0]


def test_files_that_the_page_sends_and_shows(base, client, run, tmp_path):
    url = f"{base}/ajax-api/2.0/mlflow/upload-artifact"
    content = os.urandom(3_000_000)
    assert requests.post(url, params={"run_uuid": run, "path": "images/a.png"}, data=content, timeout=LIMIT).status_code == 200
    got = requests.get(f"{base}/get-artifact", {"run_id": run, "path": "images/a.png"}, timeout=LIMIT)
    assert got.content == content and "attachment" in got.headers["Content-Disposition"]
    for params in ({"path": "x"}, {"run_uuid": run}, {"run_uuid": run, "path": "../x"}):
        assert requests.post(url, params=params, data=b"x", timeout=LIMIT).status_code == 400
    assert requests.post(url, params={"run_uuid": run, "path": "x"}, data=b"x" * 11_000_000, timeout=LIMIT).status_code == 413
    client.create_registered_model("files")
    client.create_model_version("files", f"runs:/{run}/images", run)
    got = requests.get(f"{base}/model-versions/get-artifact", {"name": "files", "version": "1", "path": "a.png"}, timeout=LIMIT)
    assert got.content == content
    model = client.create_logged_model("0", name="files").model_id
    proxy = f"{base}/api/2.0/mlflow-artifacts/artifacts/0/models/{model}/artifacts/MLmodel"
    assert requests.put(proxy, data=b"flavors: {}", timeout=LIMIT).status_code == 200
    got = requests.get(f"{base}/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files", {"artifact_file_path": "MLmodel"}, timeout=LIMIT)
    assert got.text == "flavors: {}"


def test_what_is_not_there_is_refused_politely(base):
    assert requests.post(f"{base}/ajax-api/3.0/mlflow/traces/search", json={}, timeout=LIMIT).json() == {}
    assert requests.get(f"{base}/ajax-api/3.0/mlflow/ui-telemetry", timeout=LIMIT).json()["disable_ui_telemetry"] is True
    for method, path in (("POST", "/api/3.0/mlflow/traces/search"), ("POST", "/api/2.0/mlflow/webhooks"), ("GET", "/ajax-api/2.0/mlflow/users/current"),
                         ("POST", "/api/3.0/mlflow/datasets/create"), ("POST", "/v1/traces"), ("GET", "/api/3.0/mlflow/scorers/list")):
        answer = requests.request(method, base + path, json={}, timeout=LIMIT)
        assert answer.status_code == 404 and answer.json()["error_code"] == "ENDPOINT_NOT_FOUND", path
    for method, path in (("GET", "/api/2.0/mlflow-artifacts/presigned/0/x"), ("POST", "/api/2.0/mlflow/artifacts/presigned-upload-url"), ("POST", "/ajax-api/2.0/mlflow/artifacts/presigned-download-url")):
        answer = requests.request(method, base + path, json={}, timeout=LIMIT)
        assert answer.status_code == 501 and answer.json()["error_code"] == "NOT_IMPLEMENTED", path
    assert requests.get(f"{base}/api/3.0/mlflow/server-info", timeout=LIMIT).json()["store_type"] == "SqlStore"
