"""The notebook of the convolutional network for digits, executed; judged by what it prints and logs."""

import json
import re
import subprocess

import pytest

from notebooks import ROOT, check_kept_without_outputs, execute_in

NOTEBOOK = ROOT / "notebooks" / "cnn-digits.ipynb"


@pytest.fixture(scope="module")
def executed(kernelspec, tmp_path_factory):
    """Executes the notebook once; gives its store and what its cells printed."""
    store, _, printed = execute_in(tmp_path_factory.mktemp("cnn"), NOTEBOOK)
    return store, printed


def test_the_notebook_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_the_summary_shows_each_layers_shape(executed):
    assert re.search(r"^0 +Conv2d +\[1, 32, 8, 8\] +320$", executed[1], re.MULTILINE)
    assert re.search(r"^10 +Linear +\[1, 10\] +2570$", executed[1], re.MULTILINE)


def test_the_network_reaches_98_percent_on_the_held_out_fifth(executed):
    accuracy = float(re.search(r"held-out accuracy: ([0-9.]+)", executed[1])[1])
    assert 0.98 <= accuracy <= 1


def test_every_epoch_is_logged(executed):
    answer = subprocess.run(
        [ROOT / ".build" / "release" / "track-cli", "metrics", "latest", "accuracy",
         "--store", executed[0], "--format", "json"],
        capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == 0, answer.stderr
    detail = json.loads(answer.stdout)
    points = detail if isinstance(detail, list) else detail["points"]
    assert len(points) == 30
