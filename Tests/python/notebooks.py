"""Notebooks of the repository: how they are kept, and how they are executed."""

import os
import pathlib
import subprocess
import sys

import nbformat

ROOT = pathlib.Path(__file__).resolve().parents[2]


def execute(notebook, folder, store):
    """Executes a notebook as `make` does; gives its executed copy and what was printed."""
    answer = subprocess.run(
        [sys.executable, ROOT / "scripts" / "execute_notebook.py", notebook, folder],
        env=os.environ | {"TRACKING_URI": str(store)}, cwd=ROOT, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=600,
    )
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-3000:]
    return folder / notebook.name, answer.stdout


def execute_in(folder, notebook):
    """Executes a notebook in `folder`; gives its store, its outputs, and what its cells printed."""
    store = folder / "tracking.db"
    copy, _ = execute(notebook, folder / "out", store)
    cells = nbformat.read(copy, as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    return store, outputs, "".join(output.text for output in outputs if output.output_type == "stream")


def check_kept_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "swift"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
