"""The tour of the kernel, executed cell by cell; what each shows is looked at."""

import re

import nbformat
import pytest

from notebooks import ROOT, check_kept_without_outputs, execute

NOTEBOOK = ROOT / "notebooks" / "kernel-tour.ipynb"


@pytest.fixture(scope="module")
def outputs(kernelspec, tmp_path_factory):
    """Executes the notebook once; the outputs of its code cells by their source."""
    folder = tmp_path_factory.mktemp("tour")
    copy, _ = execute(NOTEBOOK, folder, folder / "tracking.db")
    executed = nbformat.read(copy, as_version=4)
    return {cell.source: cell.outputs for cell in executed.cells if cell.cell_type == "code"}


@pytest.fixture
def shown(outputs):
    """The outputs of the one cell whose source has a text."""

    def find(text):
        [found] = [value for source, value in outputs.items() if text in source]
        return found

    return find


def result(outputs):
    [found] = [output for output in outputs if output.output_type == "execute_result"]
    return found.data


def error(outputs):
    [found] = [output for output in outputs if output.output_type == "error"]
    return found.ename, re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(found.traceback))


def test_it_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_only_cells_that_are_meant_to_fail_do(outputs):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            fails = any(output.output_type == "error" for output in outputs[cell.source])
            assert fails == ("raises-exception" in cell.metadata.get("tags", [])), cell.source


def test_values_have_their_forms(shown):
    assert result(shown("a text has its quotes"))["text/plain"] == '"a text has its quotes"'
    assert "<table" in result(shown("struct City"))["text/html"]
    kinds = [set(output.data) for output in shown("display(markdown:")]
    for kind, data in zip(
        ("text/markdown", "text/html", "text/latex", "image/svg+xml"), kinds, strict=True
    ):
        assert kind in data
    assert "background: teal" in result(shown("Swatch(colour:"))["text/html"]
    [status] = shown('display("starting"')
    assert "done" in status.data["text/plain"]
    assert result(shown("Progress(0..<50"))["text/plain"] == "1225"
    assert "100" in result(shown("(0..<100_000)"))["text/plain"]
    assert len(result(shown("(0..<100_000)"))["text/plain"]) < 5_000


def test_widgets_are_views(shown):
    outputs = shown("interact(1...20")
    assert any("application/vnd.jupyter.widget-view+json" in o.get("data", {}) for o in outputs)


def test_cells_run_again(shown):
    assert result(shown("let count = count + 1"))["text/plain"] == "2"
    assert result(shown("count.speak()"))["text/plain"] == '"I am 2"'


def test_errors_teach(shown):
    name, text = error(shown("fixed.append(3)"))
    assert name == "CompileError" and "~~~~~~^" in text
    # What the compiler would write stands under the place.
    assert "change 'let' to 'var'" in text and text.rstrip().endswith("│ var")
    name, text = error(shown("func third"))
    assert name == "Fatal error" and "Index out of range" in text and "line 1" in text
    name, text = error(shown("struct Broken"))
    assert name == "Broken" and "the lamp is broken" in text


def test_directives_answer(shown):
    assert "count" in str(shown("%who"))
    assert "per loop" in str(shown("%timeit"))
    assert "The count is 2" in str(shown("!echo"))


def test_concurrency(shown):
    assert result(shown("withTaskGroup"))["text/plain"] == "[1, 4, 9, 16]"
    assert result(shown("counter.increase()"))["text/plain"] == "1"
