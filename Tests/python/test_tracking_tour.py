"""The tour of tracking, executed as users do; its runs are looked at, and a server gets the same."""

import json
import subprocess

import nbformat
import pytest

from notebooks import ROOT, check_kept_without_outputs, execute
from session import LIMIT

NOTEBOOK = ROOT / "notebooks" / "tracking-tour.ipynb"


@pytest.fixture(scope="module")
def tour(kernelspec, martlet, tmp_path_factory):
    """Executes the notebook once; gives track-cli on its store, and its cells."""
    folder = tmp_path_factory.mktemp("tour")
    copy, _ = execute(NOTEBOOK, folder, folder / "tracking.db")

    def track(*arguments):
        return subprocess.run(
            [martlet.with_name("track-cli"), *arguments, "--store", folder / "tracking.db"],
            check=True, capture_output=True, text=True, timeout=LIMIT).stdout

    return track, nbformat.read(copy, as_version=4).cells


def shown(track, reference):
    return json.loads(track("show", reference, "--format", "json"))


def test_it_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_only_the_cell_that_diverges_fails(tour):
    for cell in tour[1]:
        if cell.cell_type == "code":
            fails = any(output.output_type == "error" for output in cell.outputs)
            assert fails == ("raises-exception" in cell.metadata.get("tags", [])), cell.outputs


def test_a_run_keeps_what_was_logged_and_where_it_is_from(tour):
    track, _ = tour
    run = shown(track, "by-hand")
    assert run["params"] == {"schedule.rate": "0.2", "schedule.decay": "0.9", "steps": "40"}
    assert run["metrics"]["loss"]["count"] == 41 and run["metrics"]["loss"]["last_step"] == 40
    paths = {artifact["path"] for artifact in run["artifacts"]}
    assert {"plots/loss.svg", "losses.npy", "notes.md", "source/cells.swift"} <= paths
    tags = run["tags"]
    assert tags["mlflow.source.type"] == "NOTEBOOK" and "martlet.cpu" in tags
    assert shown(track, "diverged")["status"] == "FAILED"


def test_the_cells_are_kept_as_they_were(tour, tmp_path):
    track, cells = tour
    track("artifacts", "get", "by-hand", "source/cells.swift", "--output", str(tmp_path))
    [kept] = [path.read_text() for path in tmp_path.rglob("cells.swift")]
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    assert all(source in kept for source in sources[:3])


def test_learners_log_without_a_line(tour):
    run = shown(tour[0], "alpha-1.0")
    assert run["params"]["alpha"] == "1.0" and run["tags"]["estimator_name"] == "Ridge"
    assert run["metrics"]["training_r2_score"]["last"] > 0.9
    children = json.loads(tour[0]("runs", "-f", "tags.estimator_name = 'Ridge'", "--format", "json"))
    assert len(children) == 4


def test_a_model_is_registered_and_comes_back(tour, tmp_path):
    track, cells = tour
    version = json.loads(track("models", "line", "champion", "--format", "json"))
    assert version["version"] == 1 and version["run_name"] == "fitted" and version["model_id"]
    track("models", "get", "line@champion", "--output", str(tmp_path / "line"))
    assert {path.name for path in (tmp_path / "line").iterdir()} == {"MLmodel", "model.json"}
    [output] = [output.text for cell in cells if cell.cell_type == "code" and "LoadedModel" in cell.source
                for output in cell.outputs if output.output_type == "stream"]
    assert output == '1 ["MLmodel", "model.json"] true\n'
