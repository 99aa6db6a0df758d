"""The quickstart notebook, executed with a fresh store; judged by what the store then holds."""

import json
import subprocess
import xml.etree.ElementTree

import nbformat
import pytest

from notebooks import ROOT, check_kept_without_outputs, execute

NOTEBOOK = ROOT / "notebooks" / "quickstart.ipynb"
BIN = ROOT / ".build" / "release"


@pytest.fixture(scope="module")
def executed(kernelspec, tmp_path_factory):
    """Executes the notebook once; gives its store, its executed copy and what was printed."""
    folder = tmp_path_factory.mktemp("quickstart")
    store = folder / "tracking.db"
    copy, printed = execute(NOTEBOOK, folder / "out", store)
    return store, copy, printed


@pytest.fixture(scope="module")
def runs(executed):
    """Every run of the experiment, with params and metrics."""
    return json.loads(track(executed, "compare", "--experiment", "digits"))["runs"]


def track(executed, *arguments):
    answer = subprocess.run(
        [BIN / "track-cli", *arguments, "--store", executed[0], "--format", "json"],
        capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def last(run, metric):
    return run["metrics"][metric]["last"]


def test_the_notebook_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_three_configurations_and_the_job_are_runs_that_finished(runs):
    assert {run["name"] for run in runs} == {"softmax", "narrow", "wide", "wide-job"}
    assert all(run["status"] == "FINISHED" for run in runs)


def test_the_best_reaches_95_percent_on_the_held_out_fifth(runs):
    best = max(last(run, "test_accuracy") for run in runs)
    assert 0.95 <= best <= 1
    for run in runs:
        assert 0.9 <= last(run, "test_accuracy") <= 1
        assert last(run, "train_loss") > 0


def test_training_is_the_same_in_the_job_as_in_the_notebook(runs):
    by_name = {run["name"]: run for run in runs}
    assert by_name["wide-job"]["params"] == by_name["wide"]["params"]
    for metric in ("test_accuracy", "train_loss"):
        assert last(by_name["wide-job"], metric) == last(by_name["wide"], metric)


def test_every_epoch_is_recorded(executed, runs):
    for run in runs:
        detail = json.loads(track(executed, "metrics", run["id"], "test_accuracy"))
        assert len(detail if isinstance(detail, list) else detail["points"]) == 40


def test_charts_are_artifacts_that_other_programs_read(executed, runs, tmp_path):
    for run in runs:
        folder = tmp_path / run["name"]
        track(executed, "artifacts", "get", run["id"], "--output", str(folder))
        for name in ("loss", "confusion"):
            picture, = folder.rglob(f"{name}.svg")
            assert xml.etree.ElementTree.parse(picture).getroot().tag.endswith("svg")
            specification, = folder.rglob(f"{name}.vl.json")
            assert "vega-lite" in json.loads(specification.read_text())["$schema"]


def test_charts_and_tables_are_shown_and_progress_is_printed(executed):
    notebook = nbformat.read(executed[1], as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert "text/html" in kinds and "image/svg+xml" in kinds
    assert any(kind.startswith("application/vnd.vegalite") for kind in kinds)
    assert not [output for output in outputs if output.output_type == "error"]
    printed = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stdout")
    assert printed.count("epoch 40: loss") == 4
    assert executed[2].count("epoch 40: loss") == 4


def test_the_runs_are_compared_in_the_notebook(executed):
    notebook = nbformat.read(executed[1], as_version=4)
    tables = [
        output["data"]["text/html"] for cell in notebook.cells for output in cell.get("outputs", [])
        if "compareRuns" in cell.source and output.output_type == "execute_result"
    ]
    table, = tables
    for word in ("softmax", "narrow", "wide", "hidden_units", "test_accuracy", "train_loss"):
        assert word in table


def test_the_comparison_of_the_last_two_runs_is_json_with_params_and_metrics(executed):
    compared = json.loads(track(executed, "compare", "latest", "latest~1"))
    assert len(compared["runs"]) == 2
    for run in compared["runs"]:
        assert run["params"]["epochs"] == "40"
        assert run["metrics"]["test_accuracy"]
