"""`martlet run`: notebooks executed without a frontend, judged by nbformat."""

import json
import os
import re
import signal
import subprocess
import time

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LIMIT = 120


def notebook(*sources, parameters=None, minor=5):
    book = new_notebook(
        metadata={"kernelspec": {"name": "swift", "display_name": "Swift", "language": "swift"}}
    )
    book.cells.append(new_markdown_cell("# A *notebook*"))
    if parameters is not None:
        book.cells.append(new_code_cell(parameters, metadata={"tags": ["parameters"]}))
    book.cells += [new_code_cell(source) for source in sources]
    book.nbformat_minor = minor
    if minor < 5:
        for cell in book.cells:
            del cell["id"]
    return book


@pytest.fixture
def run(martlet, tmp_path):
    """Runs a notebook; gives the finished process and the executed notebook."""

    def run(book, *arguments, status=0, output="out.ipynb"):
        path = tmp_path / "in.ipynb"
        if isinstance(book, bytes):
            path.write_bytes(book)
        else:
            nbformat.write(book, path)
        before = path.read_bytes()
        target = ["-o", tmp_path / output] if output else []
        answer = subprocess.run(
            [martlet, "run", path, *target, *arguments], capture_output=True, text=True,
            timeout=LIMIT, stdin=subprocess.DEVNULL, cwd=tmp_path,
        )
        assert answer.returncode == status, (answer.stdout[-2000:], answer.stderr[-2000:])
        assert path.read_bytes() == before, "the notebook itself was changed"
        executed = None
        if output and (tmp_path / output).exists():
            executed = nbformat.read(tmp_path / output, as_version=4)
            nbformat.validate(executed)
            assert not [name for name in os.listdir(tmp_path) if name.endswith(".tmp")]
        return answer, executed

    return run


def code_cells(book):
    return [cell for cell in book.cells if cell.cell_type == "code"]


def test_outputs_counts_and_times_are_saved_as_notebooks_have_them(run):
    answer, executed = run(
        notebook(
            'import Glibc\nprint("one")\nprint("two")\nfputs("err\\n", stderr)\nlet x = 20',
            "",
            "x + 22",
            'import Martlet\nlet h = display("old", id: "spot")\nclearOutput(wait: true)\nprint("new")',
        )
    )
    first, empty, value, cleared = code_cells(executed)
    assert [o.name for o in first.outputs] == ["stdout", "stderr"]
    assert first.outputs[0].text == "one\ntwo\n"
    assert value.outputs[0].output_type == "execute_result"
    assert value.outputs[0].data["text/plain"] == "42" and value.outputs[0].execution_count == 2
    assert [c.execution_count for c in code_cells(executed)] == [1, None, 2, 3]
    assert [o.get("text") for o in cleared.outputs] == ["new\n"]
    assert empty.outputs == []
    times = value.metadata["execution"]
    assert times["iopub.status.busy"] < times["shell.execute_reply"]
    assert re.search(r"^\[1/3\] import Glibc  ok \d+\.\d\d s$", answer.stderr, re.M)
    assert answer.stdout == ""
    assert executed.cells[0].source == "# A *notebook*"


def test_updates_reach_displays_of_earlier_cells(run):
    _, executed = run(
        notebook(
            'import Martlet\nlet handle = display("first", id: "spot")\nprint("between")',
            'handle.update("second")',
            '_ = display("third", id: "other")',
        )
    )
    first, second, third = code_cells(executed)
    assert "second" in first.outputs[0].data["text/plain"]
    assert first.outputs[1].text == "between\n"
    assert second.outputs == [] and "third" in third.outputs[0].data["text/plain"]


def test_parameters_replace_defaults_with_their_types(run):
    book = notebook(
        "print(rate, epochs, name, flags, on)\n(type(of: rate), type(of: epochs))",
        parameters='let rate: Float = 0.5\nvar epochs = 3\nlet name = "a"\nlet flags = [1]\nlet on = false',
    )
    answer, executed = run(
        book, "-p", "rate=1", "-p", "epochs=7", "-p", "name=12", "--param=flags=[2, 3]", "-p", "on=true"
    )
    default, injected, used = code_cells(executed)
    assert injected.metadata.tags == ["injected-parameters"] and injected.id
    assert "let rate: Float = 1.0" in injected.source and "var epochs = 7" in injected.source
    assert used.outputs[0].text == "1.0 7 12 [2, 3] true\n"
    assert used.outputs[1].data["text/plain"] == "(Swift.Float, Swift.Int)"
    assert "warning" not in answer.stderr
    # Executed again with other values, the injected cell is replaced.
    answer, executed = run(executed, "-p", "epochs=8", "-r", "extra=5")
    assert len(code_cells(executed)) == 3
    assert code_cells(executed)[2].outputs[0].text == "0.5 8 a [1] false\n"
    assert "warning" in answer.stderr and "extra" in answer.stderr


def test_parameters_of_a_notebook_without_a_cell_for_them_come_first(run):
    _, executed = run(notebook("print(n + 1)", minor=4), "-p", "n=41")
    assert executed.nbformat_minor == 4
    assert executed.cells[0].source == "// Parameters\nlet n = 41"
    assert code_cells(executed)[1].outputs[0].text == "42\n"


def test_a_failed_cell_ends_the_run_and_the_output_is_written(run):
    book = notebook("let a = [1]", "a[9]", 'print("after")')
    answer, executed = run(book, status=1)
    _, failed, after = code_cells(executed)
    assert failed.outputs[0].output_type == "error"
    assert failed.outputs[0].evalue == "Index out of range"
    assert after.outputs == [] and after.execution_count is None
    assert "failed" in answer.stderr and "Index out of range" in answer.stderr
    assert "\x1b" not in answer.stderr
    _, executed = run(book, "--allow-errors", status=0)
    assert code_cells(executed)[2].outputs[0].text == "after\n"


def test_directives_work_as_in_a_frontend(run, tmp_path):
    (tmp_path / "inner").mkdir()
    _, executed = run(notebook("%env A=b\n!echo $A; pwd"), "--cwd", "inner")
    assert code_cells(executed)[0].outputs[0].text == f"A=b\nb\n{tmp_path}/inner\n"


def test_without_output_the_text_goes_to_standard_output(run, tmp_path):
    answer, _ = run(notebook('print("said")\n6 * 7'), "-q", output=None)
    assert answer.stdout == "said\n42\n" and answer.stderr == ""
    answer, _ = run(notebook("1"), "-q", "-o", "-", output=None)
    nbformat.validate(nbformat.reads(answer.stdout, as_version=4))


def test_a_cell_that_takes_too_long_fails(run):
    book = notebook('import Glibc\nprint("begins")\nfflush(stdout)\nwhile true { usleep(1000) }')
    answer, executed = run(book, "--timeout", "3", status=1)
    error = code_cells(executed)[0].outputs[-1]
    assert error.ename == "CellTimeout" and "3" in error.evalue


@pytest.mark.parametrize("number, status", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_interrupts_the_cell_and_the_output_is_written(martlet, tmp_path, number, status):
    source = (
        'import Glibc\nprint("begins")\nfclose(fopen("begun", "w"))\nwhile true { usleep(1000) }'
    )
    nbformat.write(notebook(source, "2"), tmp_path / "in.ipynb")
    process = subprocess.Popen(
        [martlet, "run", "in.ipynb", "-o", "out.ipynb"], cwd=tmp_path, stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )
    end = time.monotonic() + LIMIT
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < end and process.poll() is None
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    process.communicate(timeout=LIMIT)
    assert process.returncode == status
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    nbformat.validate(executed)
    first, second = code_cells(executed)
    assert first.outputs[0].text == "begins\n"
    assert first.outputs[-1].ename == "KeyboardInterrupt"
    assert second.execution_count is None
    gone, alive = psutil.wait_procs(children, timeout=30)
    assert not alive


@pytest.mark.parametrize(
    "text, reason",
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "no member"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "no list"),
        (b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}', "nbconvert --to notebook"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "cell 1"),
        (
            b'{"nbformat": 4, "cells": [], "metadata": {"kernelspec": {"language": "python"}}}',
            "notebook in python",
        ),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(run, text, reason):
    answer, executed = run(text, status=2)
    assert reason in answer.stderr and executed is None


def test_cells_without_outputs_and_metadata_are_completed(run):
    book = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{"cell_type": "code", "source": ["1 +", " 1"]}],
    }
    _, executed = run(json.dumps(book).encode())
    assert executed.cells[0].outputs[0].data["text/plain"] == "2"


@pytest.mark.parametrize(
    "arguments, status, reason",
    [
        ([], 64, "give one notebook"),
        (["missing.ipynb"], 2, "No such file"),
        (["."], 2, "directory"),
        (["in.ipynb", "-p", "x"], 64, "name=value"),
        (["in.ipynb", "-p", "1x=1"], 64, "no name of a Swift variable"),
        (["in.ipynb", "-p", "x=[]"], 2, "needs a type"),
        (["in.ipynb", "--timeout", "soon"], 64, "--timeout"),
        (["in.ipynb", "--nothing"], 64, "no option --nothing"),
        (["in.ipynb", "-o", "nowhere/out.ipynb"], 2, "no folder"),
        (["in.ipynb", "-o", "."], 2, "folder"),
        (["in.ipynb", "-o", "a", "--inplace"], 64, "exclude"),
        (["in.ipynb", "--cwd", "nowhere"], 2, "No such file"),
    ],
)
def test_wrong_command_lines_are_refused_before_anything_runs(
    martlet, tmp_path, arguments, status, reason
):
    nbformat.write(notebook('!touch ran'), tmp_path / "in.ipynb")
    answer = subprocess.run(
        [martlet, "run", *arguments], capture_output=True, text=True, timeout=LIMIT, cwd=tmp_path,
        stdin=subprocess.DEVNULL,
    )
    assert answer.returncode == status and reason in answer.stderr, answer.stderr
    assert not (tmp_path / "ran").exists()


def test_in_place_writes_to_the_notebook(martlet, tmp_path):
    nbformat.write(notebook("1 + 1"), tmp_path / "in.ipynb")
    subprocess.run(
        [martlet, "run", "--inplace", "in.ipynb"], check=True, timeout=LIMIT, cwd=tmp_path,
        stdin=subprocess.DEVNULL, capture_output=True,
    )
    executed = nbformat.read(tmp_path / "in.ipynb", as_version=4)
    assert code_cells(executed)[0].outputs[0].data["text/plain"] == "2"
