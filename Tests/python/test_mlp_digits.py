"""The notebook of the neural network for digits, executed; judged by what it prints and logs."""

import json
import re
import subprocess

import pytest

from notebooks import ROOT, check_kept_without_outputs, execute_in

NOTEBOOK = ROOT / "notebooks" / "mlp-digits.ipynb"


@pytest.fixture(scope="module")
def executed(kernelspec, tmp_path_factory):
    """Executes the notebook once; gives its store and what its cells printed."""
    store, _, printed = execute_in(tmp_path_factory.mktemp("mlp"), NOTEBOOK)
    return store, printed


def test_the_notebook_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_gradients_are_those_of_the_cubic(executed):
    assert re.search(r"its gradient: \[ *3(\.0*)?, *12(\.0*)?, *27(\.0*)?\]", executed[1])
    assert re.search(r"Hessian: \[ *6(\.0*)?, *12(\.0*)?, *18(\.0*)?\]", executed[1])


def test_the_network_reaches_95_percent_on_the_held_out_fifth(executed):
    accuracy = float(re.search(r"held-out accuracy: ([0-9.]+)", executed[1])[1])
    assert 0.95 <= accuracy <= 1


def test_a_saved_model_gives_the_same_answers(executed):
    assert "the same answers: true" in executed[1]


def test_every_epoch_is_logged(executed):
    answer = subprocess.run(
        [ROOT / ".build" / "release" / "track-cli", "metrics", "latest", "validation_loss",
         "--store", executed[0], "--format", "json"],
        capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    detail = json.loads(answer.stdout)
    points = detail if isinstance(detail, list) else detail["points"]
    assert len(points) == 30
