"""The server against requests that are made up from its own description: always an answer of the described form, never a fault."""

import collections
import copy
import re
import subprocess

import hypothesis
import pytest
import requests
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error

load_all_checks()

from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance, response_schema_conformance, status_code_conformance)
from session import LIMIT  # noqa: E402

API = "/api/2.0/mlflow"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# For each operation; what is made up is the same each time.
EXAMPLES = 4
# Fields that name something; the others are content, of any kind.
NAMING = {"experiment_id", "experiment_ids", "experiment_name", "run_id", "run_ids", "run_uuid", "model_id", "name", "version", "alias",
          "stage", "metric_key", "tag_key", "query"}
# A stream of a run that goes on ends with the run only.
STREAM = "/api/2.0/martlet/runs/events"
#: What a server cannot answer whose artifacts are in a folder.
BUCKET = "/api/2.0/mlflow-artifacts/presigned/{path}"


@pytest.fixture(scope="module")
def server(martlet, tmp_path_factory):
    """The address of a server, which outlives all tests."""
    folder = tmp_path_factory.mktemp("fuzzed")
    process = subprocess.Popen(
        [martlet.with_name("track-cli"), "serve", "--port", "0", "--store", folder / "tracking.db"],
        stdout=subprocess.PIPE, stderr=open(folder / "errors", "w"), text=True, env={"PATH": "/usr/bin:/bin"})
    line = process.stdout.readline()
    assert line, (folder / "errors").read_text()
    yield re.search(r"http\S+", line)[0]
    alive = process.poll() is None
    process.terminate()
    assert process.wait(timeout=LIMIT) == 0 and alive, (folder / "errors").read_text()[-2000:]


@pytest.fixture(scope="module")
def things(server):
    """What there is to ask for: values by the names of fields."""

    def post(path, **body):
        answer = requests.post(f"{server}{API}/{path}", json=body, timeout=LIMIT)
        assert answer.status_code == 200, answer.text
        return answer.json()

    experiment = post("experiments/create", name="fuzzed", tags=[{"key": "k", "value": "v"}])["experiment_id"]
    run = post("runs/create", experiment_id=experiment, run_name="one")["run"]["info"]["run_id"]
    metrics = [{"key": "loss", "value": value, "timestamp": 1, "step": step}
               for step, value in enumerate([1, "NaN", "Infinity", -0.5])]
    post("runs/log-batch", run_id=run, metrics=metrics, params=[{"key": "p", "value": "1"}])
    path = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/a.txt"
    assert requests.put(server + path, data=b"text", timeout=LIMIT).status_code == 200
    model = post("logged-models", experiment_id=experiment, name="m", source_run_id=run)["model"]["info"]["model_id"]
    post("registered-models/create", name="registered")
    post("model-versions/create", name="registered", source=f"runs:/{run}/a.txt", run_id=run)
    post("registered-models/alias", name="registered", alias="champion", version="1")
    return {
        "experiment_id": experiment, "experiment_ids": experiment, "run_id": run, "run_uuid": run, "run_ids": run,
        "model_id": model, "metric_key": "loss", "key": "loss", "name": "registered", "version": "1", "alias": "champion",
        "path": "a.txt", "artifact_file_path": "a.txt", "page_token": "1", "filter": "attributes.name = 'one'", "stage": "Production", "tag_key": "k",
        "experiment_name": "fuzzed", "order_by": "attributes.name DESC", "source": f"runs:/{run}/a.txt",
        "query": "query { mlflowGetRun(input: {runId: \"" + run + "\"}) { run { info { runId } } } }",
    }


@pytest.fixture(scope="module")
def description(server):
    answer = requests.get(f"{server}/openapi.json", timeout=LIMIT)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/json"
    return answer.json()


def hinted(description, things):
    """The description, where fields of requests that name something name what there is or, now and then, nothing."""
    description = copy.deepcopy(description)

    def narrow(name, schema):
        if schema.get("type") == "array":
            return schema | {"items": narrow(name, schema["items"])}
        if name not in things or schema != {"type": "string"}:
            return schema
        return {"enum": [things[name], "none"]} if name in NAMING else {"anyOf": [{"enum": [things[name]]}, schema]}

    for operation in (operation for calls in description["paths"].values() for operation in calls.values()):
        for parameter in operation.get("parameters", []):
            parameter["schema"] = narrow(parameter["name"], parameter["schema"])
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body:
            fields = body["schema"]["properties"]
            body["schema"]["properties"] = {name: narrow(name, schema) for name, schema in fields.items()}
    return description


def in_order(schema):
    """The operations, those last that take something away from the others."""
    found = [each.ok() for each in schema.get_all_operations() if each.ok().path not in (STREAM, BUCKET)]
    return sorted(found, key=lambda each: (each.method == "delete" or "delete" in each.path or "rename" in each.path, each.label))


def may_misfit(operation, description):
    """Whether a request can differ from the described form: any query does fit texts."""
    described = description["paths"][operation.path][operation.method]
    return "application/json" in described.get("requestBody", {}).get("content", {}) or any(
        parameter["schema"].get("type") == "integer" for parameter in described.get("parameters", []))


def operations(document):
    return [(method.upper(), path) for path, calls in document["paths"].items() for method in calls]


def test_every_described_call_is_answered(server, description):
    """Nothing is described that the server does not know."""
    assert len(operations(description)) > 70 and description["openapi"].startswith("3.1")
    for method, path in operations(description):
        filled = re.sub(r"{\w+}", "none", path)
        answer = requests.request(method, server + filled, json={}, timeout=LIMIT)
        assert "ENDPOINT_NOT_FOUND" not in answer.text, (method, path)
        assert answer.status_code < 500 or path == BUCKET and answer.status_code == 501, (method, path, answer.text)
        if answer.status_code >= 400:
            assert set(answer.json()) == {"error_code", "message"}, (method, path)


def test_malformed_bodies_are_refused_as_mlflow_does(server):
    headers = {"Content-Type": "application/json"}
    for body in [b"{", b"[]", b"1", b'"a"', b"{'a': 1}", b"\xff\xfe", b'{"name": "a",}', b"[" * 5000, b'{"a":' * 5000]:
        answer = requests.post(f"{server}{API}/experiments/create", data=body, headers=headers, timeout=LIMIT)
        assert answer.status_code == 400, body[:20]
        assert answer.json()["error_code"] == "INVALID_PARAMETER_VALUE", body[:20]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfitting"])
def test_made_up_requests_get_described_answers(server, description, things, mode):
    """Requests that fit the description, most of them about what there is, and ones that do not."""
    schema = schemathesis.openapi.from_dict(hinted(description, things))
    session = requests.Session()
    statuses = collections.Counter()
    for operation in in_order(schema):
        if mode is GenerationMode.NEGATIVE and not may_misfit(operation, description):
            continue

        @hypothesis.given(case=operation.as_strategy(mode))
        @hypothesis.settings(
            derandomize=True, database=None, deadline=None, max_examples=EXAMPLES,
            phases=[hypothesis.Phase.generate], suppress_health_check=list(hypothesis.HealthCheck))
        def ask(case):
            response = case.call(base_url=server, session=session, timeout=LIMIT)
            statuses[response.status_code] += 1
            case.validate_response(response, checks=CHECKS)

        ask()
    assert statuses.total() > 100 and statuses[400] > 20, statuses
    if mode is GenerationMode.POSITIVE:
        assert statuses[200] > 30, statuses
    assert requests.get(f"{server}/health", timeout=LIMIT).text == "OK"
