"""The notebook of classic regression, executed; judged by what it prints and logs, and by scikit-learn."""

import csv
import json
import re
import subprocess

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from notebooks import ROOT, check_kept_without_outputs, execute_in

NOTEBOOK = ROOT / "notebooks" / "regression-diabetes.ipynb"


@pytest.fixture(scope="module")
def executed(kernelspec, tmp_path_factory):
    """Executes the notebook once; gives its store, its outputs, and what its cells printed."""
    return execute_in(tmp_path_factory.mktemp("diabetes"), NOTEBOOK)


def test_the_notebook_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_the_data_are_those_of_scikit_learn():
    with open(ROOT / "notebooks" / "data" / "diabetes.csv", encoding="ascii") as file:
        rows = list(csv.reader(file))
    patients = load_diabetes(scaled=False)
    assert rows[0] == [*patients.feature_names, "progression"]
    values = np.array(rows[1:], dtype=float)
    np.testing.assert_allclose(values[:, :-1], patients.data, rtol=1e-9)
    assert (values[:, -1] == patients.target).all()


def test_the_held_out_patients_are_predicted(executed):
    found = re.search(r"held-out R²: ([0-9.]+), held-out error: ([0-9.]+)", executed[2])
    assert float(found[1]) > 0.4 and float(found[2]) < 50


def test_a_saved_model_gives_the_same_answers(executed):
    assert "the same answers: true" in executed[2]


def test_charts_are_shown(executed):
    assert sum(any("vega" in kind for kind in output.get("data", {})) for output in executed[1]) == 5


def test_every_model_is_a_run(executed):
    answer = subprocess.run(
        [ROOT / ".build" / "release" / "track-cli", "runs", "--store", executed[0], "--format", "json"],
        capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    runs = json.loads(answer.stdout)
    assert len(runs) == 7
    assert {run["name"] for run in runs} >= {"linear", "ridge", "lasso", "forest", "boosted trees"}
