"""The guide for users of NumPy: both sides of each topic are executed, and print the same numbers."""

import contextlib
import io
import math
import re
import shutil

import nbformat
import pytest

from notebooks import ROOT, check_kept_without_outputs, execute

NOTEBOOK = ROOT / "notebooks" / "numpy-users.ipynb"


@pytest.fixture(scope="module")
def topics(kernelspec, tmp_path_factory):
    """NumPy's code of each topic, and what the Swift code below it printed."""
    folder = tmp_path_factory.mktemp("numpy")
    # It writes files, which shall not lie beside the notebook.
    copy = folder / "in" / NOTEBOOK.name
    copy.parent.mkdir()
    shutil.copy(NOTEBOOK, copy)
    executed, _ = execute(copy, folder / "out", folder / "tracking.db")
    cells = nbformat.read(executed, as_version=4).cells
    topics = []
    for text, code in zip(cells, cells[1:]):
        if block := re.search(r"```python\n(.*?)```", text.source, re.DOTALL):
            printed = "".join(output.text for output in code.outputs if output.output_type == "stream")
            topics.append((block[1], printed))
    return topics


def numbers(text):
    text = re.sub(r"\b(true|True)\b", " 1 ", re.sub(r"\b(false|False)\b", " 0 ", text))
    return [float(n) for n in re.findall(r"(?<![\w.])-?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+)(?!\w)", text)]


def test_it_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_both_sides_print_the_same_numbers(topics, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, compared = {}, 0
    for source, printed in topics:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            exec(source, names)
        expected, actual = numbers(output.getvalue()), numbers(printed)
        assert len(actual) == len(expected), f"{source}\n{output.getvalue()}\n{printed}"
        for a, b in zip(actual, expected):
            assert math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6), f"{source}\n{output.getvalue()}\n{printed}"
        compared += len(expected)
    assert len(topics) >= 15 and compared > 250
