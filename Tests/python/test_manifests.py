"""The manifests that Martlet writes, checked with the peers' own validators.

ClusterTests keeps the manifests under Tests/ClusterTests/Golden up to date; here kfp's parser and
Kubernetes' schemas judge them. Needs kfp and kubernetes-validate; no network and no cluster.
"""

import base64
import copy
import hashlib
import json
import pathlib

import pytest
import yaml

kfp_components = pytest.importorskip("kfp.components")
kubernetes_validate = pytest.importorskip("kubernetes_validate")

from google.protobuf import json_format  # noqa: E402
from kfp.local import placeholder_utils  # noqa: E402
from kfp.pipeline_spec import pipeline_spec_pb2  # noqa: E402

GOLDEN = pathlib.Path(__file__).parent.parent / "ClusterTests" / "Golden"
PIPELINES = sorted(GOLDEN.glob("pipeline*.json"))
JOBS = sorted(GOLDEN.glob("job*.json"))


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def parse(spec):
    """Parses a pipeline strictly: unknown fields fail, in the executors too."""
    spec = copy.deepcopy(spec)
    deployment = spec.pop("deploymentSpec")
    parsed = json_format.ParseDict(spec, pipeline_spec_pb2.PipelineSpec())
    executors = json_format.ParseDict(
        deployment, pipeline_spec_pb2.PipelineDeploymentConfig()
    )
    return parsed, executors


def source_of(args):
    """The program that a step's arguments carry, after checking its digest."""
    options = list(zip(args[::2], args[1::2]))
    plain = [value for key, value in options if key == "--source"]
    pieces = [value for key, value in options if key == "--source-base64"]
    source = plain[0] if plain else base64.b64decode("".join(pieces)).decode()
    digest = dict(options)["--source-sha256"]
    assert hashlib.sha256(source.encode()).hexdigest() == digest
    return source


def check_graph(spec):
    """What kfp's parser accepts although no back end could run it."""
    tasks = spec["root"]["dag"]["tasks"]
    for name, task in tasks.items():
        component = spec["components"][task["componentRef"]["name"]]
        assert component["executorLabel"] in spec["deploymentSpec"]["executors"]
        inputs = task.get("inputs", {}).get("artifacts", {})
        wanted = component.get("inputDefinitions", {}).get("artifacts", {})
        assert set(inputs) == set(wanted), name
        producers = set()
        for key, source in inputs.items():
            output = source["taskOutputArtifact"]
            producer = tasks[output["producerTask"]]
            made = spec["components"][producer["componentRef"]["name"]]
            made = made["outputDefinitions"]["artifacts"][output["outputArtifactKey"]]
            assert made["artifactType"] == wanted[key]["artifactType"], key
            producers.add(output["producerTask"])
        assert set(task.get("dependentTasks", [])) == producers, name
    done = set()
    while len(done) < len(tasks):
        ready = {
            name
            for name, task in tasks.items()
            if name not in done and set(task.get("dependentTasks", [])) <= done
        }
        assert ready, "the tasks need each other in a circle"
        done |= ready


def test_there_are_manifests():
    assert len(PIPELINES) >= 2 and len(JOBS) >= 2


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_kfp_loads_the_pipeline(path, tmp_path):
    renamed = tmp_path / "pipeline.yaml"
    renamed.write_bytes(path.read_bytes())
    component = kfp_components.load_component_from_file(str(renamed))
    spec = load(path)
    assert component.name == spec["pipelineInfo"]["name"]
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == spec


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_the_pipeline_has_only_known_fields(path):
    spec = load(path)
    parsed, executors = parse(spec)
    assert parsed.schema_version == "2.1.0"
    assert set(executors.executors) == set(spec["deploymentSpec"]["executors"])
    for executor in executors.executors.values():
        assert executor.container.image
        assert list(executor.container.command) == ["martlet", "step", "kfp"]


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_the_graph_is_whole(path):
    check_graph(load(path))


@pytest.mark.parametrize("path", PIPELINES, ids=lambda path: path.name)
def test_kfp_replaces_its_own_marker_and_nothing_of_the_program(path):
    for executor in load(path)["deploymentSpec"]["executors"].values():
        args = executor["container"]["args"]
        assert [arg for arg in args if "{{" in arg] == ["{{$}}"]
        executor_input = {"inputs": {}, "outputs": {"outputFile": "/tmp/o.json"}}
        resolved = placeholder_utils.replace_placeholders(
            full_command=args,
            executor_input_dict=executor_input,
            pipeline_resource_name="pipeline-1",
            task_resource_name="task-1",
            pipeline_root="/tmp/root",
            unique_pipeline_id="1",
        )
        assert json.loads(resolved[args.index("{{$}}")]) == executor_input
        assert source_of(resolved) == source_of(args)
        assert all(len(arg.encode()) < 131_072 for arg in args)


def test_the_checks_can_fail():
    spec = load(GOLDEN / "pipeline.json")
    wrong = copy.deepcopy(spec)
    wrong["root"]["dag"]["tasks"]["train"]["cache"] = True
    with pytest.raises(json_format.ParseError):
        parse(wrong)
    wrong = copy.deepcopy(spec)
    wrong["deploymentSpec"]["executors"]["exec-train"]["container"]["arguments"] = []
    with pytest.raises(json_format.ParseError):
        parse(wrong)
    wrong = copy.deepcopy(spec)
    wrong["root"]["dag"]["tasks"]["train"]["dependentTasks"] = []
    with pytest.raises(AssertionError):
        check_graph(wrong)


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_kubernetes_knows_the_objects(path):
    text = path.read_text(encoding="utf-8")
    manifests = json.loads(text)
    assert yaml.safe_load(text) == manifests
    assert manifests["kind"] == "List"
    assert [item["kind"] for item in manifests["items"]] == ["ConfigMap", "Job"]
    for item in manifests["items"]:
        kubernetes_validate.validate(item, "1.37.0", strict=True)


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_the_job_reads_the_program_of_its_config_map(path):
    config_map, job = load(path)["items"]
    digest = hashlib.sha256(config_map["data"]["program.swift"].encode()).hexdigest()
    assert config_map["immutable"] is True
    assert config_map["metadata"]["name"].endswith(digest[:10])
    pod = job["spec"]["template"]["spec"]
    [container] = pod["containers"]
    options = dict(zip(container["args"][::2], container["args"][1::2]))
    assert options["--source-sha256"] == digest
    [volume] = pod["volumes"]
    [mount] = container["volumeMounts"]
    assert volume["configMap"]["name"] == config_map["metadata"]["name"]
    assert mount["readOnly"] is True and mount["name"] == volume["name"]
    assert options["--source-file"] == mount["mountPath"] + "/program.swift"
    for key, value in job["spec"]["template"]["metadata"]["labels"].items():
        assert len(value) <= 63, key


@pytest.mark.parametrize("path", JOBS, ids=lambda path: path.name)
def test_the_job_has_no_privileges_and_fails_once_for_what_does_not_compile(path):
    job = load(path)["items"][1]
    pod = job["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["restartPolicy"] == "Never"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["privileged"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    ignored, failing = job["spec"]["podFailurePolicy"]["rules"]
    assert ignored["action"] == "Ignore"
    assert ignored["onPodConditions"][0]["type"] == "DisruptionTarget"
    assert failing["action"] == "FailJob"
    assert failing["onExitCodes"]["values"] == [64]
    assert failing["onExitCodes"]["containerName"] == container["name"]


def test_strict_validation_can_fail():
    job = load(JOBS[0])["items"][1]
    job["spec"]["backofLimit"] = 1
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(job, "1.37.0", strict=True)
