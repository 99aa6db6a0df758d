"""Steps and jobs in a notebook: run here, exported, and judged by the peers' own validators."""

import copy
import json
import re

import kubernetes_validate
import pytest
import yaml
from google.protobuf import json_format
from kfp import components
from kfp.pipeline_spec import pipeline_spec_pb2

KUBERNETES = "1.31"


@pytest.fixture
def steps(kernel):
    """A notebook with a helper and three steps, the last of which needs both others."""
    kernel.ok("import Martlet")
    kernel.ok("func scaled(_ t: Tensor<Float>, by factor: Float) -> Tensor<Float> { t * factor }")
    kernel.ok("%%step prepare\nlet data = Tensor<Float>([1, 2, 3, 4])\nlet label = \"points\"")
    kernel.ok("%%step double cpu=2 memory=1Gi\nlet doubled = scaled(data, by: 2)")
    kernel.ok(
        "%%step report\nlet total = doubled.sum().item()\n"
        'print("\\(label): \\(data.shape[0]) add up to \\(total)")'
    )
    return kernel


def test_show_names_the_steps_and_what_crosses(steps):
    text = steps.ok("%pipeline show").stream()
    assert text.index("prepare") < text.index("double") < text.index("report")
    for word in ("data", "doubled", "label"):
        assert word in text


def test_run_executes_every_step_in_a_process_of_its_own_and_logs_nested_runs(steps, track):
    result = steps.ok("%pipeline run name=points", limit=300)
    assert "points: 4 add up to 20.0" in result.stream()
    rows = json.loads(track("runs", "--format", "json"))
    rows = rows if isinstance(rows, list) else rows["runs"]
    parent = next(row for row in rows if row["name"] == "points")
    children = [row for row in rows if row.get("parent_id") == parent["id"]]
    assert {row["name"] for row in children} == {"prepare", "double", "report"}
    assert all(row["status"] == "FINISHED" for row in [parent, *children])
    # The notebook's own values are untouched.
    assert steps.ok("doubled.sum().item()").value == "20.0"


def test_a_failing_step_fails_the_cell_and_the_runs(kernel, track, tmp_path):
    (tmp_path / "flag").write_text("")
    flag = tmp_path / "flag"
    kernel.ok("import Foundation")
    kernel.ok("%%step first\nlet numbers = [1, 2, 3]")
    kernel.ok(
        "%%step second\n"
        f'let at = FileManager.default.fileExists(atPath: "{flag}") ? 0 : 7\n'
        "let chosen = numbers[at]"
    )
    flag.unlink()
    result = kernel.fails("%pipeline run name=doomed", limit=300)
    assert "second" in result.trace
    assert "ndex out of range" in result.trace + result.stream("stderr") + result.stream()
    assert json.loads(track("show", "doomed", "--format", "json"))["status"] == "FAILED"


def parse(specification):
    """Parses a pipeline strictly: unknown fields fail, those of the executors too."""
    specification = copy.deepcopy(specification)
    deployment = specification.pop("deploymentSpec")
    json_format.ParseDict(specification, pipeline_spec_pb2.PipelineSpec())
    json_format.ParseDict(deployment, pipeline_spec_pb2.PipelineDeploymentConfig())


@pytest.mark.parametrize("name", ["pipeline.yaml", "pipeline.json"])
def test_the_exported_pipeline_is_accepted_by_kfp(steps, tmp_path, name):
    steps.ok(f"%pipeline export {name} name=points image=registry.example/martlet:1")
    text = (tmp_path / name).read_text()
    specification = yaml.safe_load(text)
    assert specification["schemaVersion"] == "2.1.0"
    parse(specification)
    loaded = components.load_component_from_text(text)
    assert loaded.name == "points"
    tasks = specification["root"]["dag"]["tasks"]
    assert set(tasks) == {"prepare", "double", "report"}
    assert set(tasks["report"]["dependentTasks"]) == {"prepare", "double"}
    executors = specification["deploymentSpec"]["executors"]
    assert len(executors) == 3
    for executor in executors.values():
        assert executor["container"]["image"] == "registry.example/martlet:1"


def manifests(text):
    """The manifests that a dry run printed, as JSON documents or as one list."""
    decoder = json.JSONDecoder()
    found = []
    position = 0
    while (start := text.find("{", position)) >= 0:
        try:
            value, length = decoder.raw_decode(text[start:])
        except json.JSONDecodeError:
            position = start + 1
            continue
        found.extend(value["items"] if value.get("kind") == "List" else [value])
        position = start + length
    return [value for value in found if "kind" in value]


def test_the_dry_run_of_a_job_prints_manifests_that_kubernetes_takes(kernel):
    kernel.ok("import Martlet\nfunc square(_ n: Int) -> Int { n * n }")
    result = kernel.ok(
        "%%job square-it on=kubernetes dry-run image=registry.example/martlet:1 namespace=ml "
        "cpu=2 memory=4Gi\nprint(square(7))"
    )
    found = manifests(result.stream())
    assert sorted(value["kind"] for value in found) == ["ConfigMap", "Job"]
    for value in found:
        kubernetes_validate.validate(value, KUBERNETES, strict=True)
    config = next(value for value in found if value["kind"] == "ConfigMap")
    job = next(value for value in found if value["kind"] == "Job")
    assert config["immutable"] is True
    source = "".join(config["data"].values())
    assert "func square" in source and "print(square(7))" in source
    assert job["apiVersion"] == "batch/v1"
    assert job["metadata"]["namespace"] == "ml"
    container, = job["spec"]["template"]["spec"]["containers"]
    assert container["image"] == "registry.example/martlet:1"
    assert container["resources"]["limits"] == {"cpu": "2", "memory": "4096Mi"}
    assert config["metadata"]["name"] in json.dumps(job)


def test_a_job_runs_here_in_a_process_of_its_own(kernel, track):
    kernel.ok("import Martlet\nimport Foundation\nlet here = getpid()")
    kernel.ok("func greeting(_ name: String) -> String { \"hello, \" + name }")
    result = kernel.ok(
        "%%job greet\nprint(greeting(\"job\"))\nprint(\"pid\", getpid())\n"
        'let run = try Run.start(experiment: "jobs", name: "from-the-job")\n'
        'try run.logMetric("n", 1)\ntry run.end()',
        limit=300,
    )
    assert "hello, job" in result.stream()
    pid = re.search(r"pid (\d+)", result.stream()).group(1)
    assert pid != kernel.ok("here").value
    assert json.loads(track("show", "from-the-job", "--format", "json"))["status"] == "FINISHED"
    # What the job declared stays in the job.
    kernel.fails("run.name")


def test_a_job_that_fails_fails_its_cell(kernel):
    kernel.ok("import Martlet")
    result = kernel.fails('%%job broken\nfatalError("by hand")', limit=300)
    assert "by hand" in result.trace + result.stream() + result.stream("stderr")
    result = kernel.fails('%%job wrong\nlet n: Int = "text"', limit=300)
    assert "cannot convert" in result.trace + result.stream() + result.stream("stderr")
    assert kernel.ok("1 + 1").value == "2"


def test_an_interrupt_stops_a_job(kernel):
    kernel.ok("import Foundation")
    result, seconds = kernel.interrupt_during(
        '%%job endless\nprint("running")\nsetbuf(stdout, nil)\nprint("on")\nsleep(600)',
        when="stream", limit=300,
    )
    assert result.status == "error"
    assert seconds < 30


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("%%job", "name"),
        ("%%job a dry-run\nprint(1)", "on=kubernetes"),
        ("%%job a on=mars\nprint(1)", "kubernetes"),
        ("%%step a memory=much\nlet q = 1", "memory"),
        ("%pipeline sing", "sing"),
        ("%pipeline run", "step"),
        ("%pipeline export", "FILE"),
        ("%unheardof", "unheardof"),
    ],
)
def test_a_directive_that_makes_no_sense_is_an_error(kernel, code, text):
    result = kernel.fails(code)
    assert text.lower() in result.trace.lower()
