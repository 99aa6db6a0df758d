#!/usr/bin/env python3
"""Executes a notebook without a frontend and shows how it goes.

    .venv/bin/python scripts/execute_notebook.py NOTEBOOK FOLDER

Prints each cell's number and time, and what it prints while it runs. Writes the executed copy to
FOLDER, and beside it an HTML page of it where nbconvert is installed. The notebook itself stays as
it is. Exit status 1 when a cell fails.
"""

import argparse
import pathlib
import sys
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError


class LiveClient(NotebookClient):
    """Executes a notebook and passes on what its cells print, as they print it."""

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "stream":
            text = content["text"].replace("\n", "\n    ")
            print(("    " if self.at_line_start else "") + text.removesuffix("    "), end="", flush=True)
            self.at_line_start = content["text"].endswith("\n")
        elif msg["msg_type"] in ("execute_result", "display_data"):
            self.end_line()
            kinds = sorted(kind for kind in content["data"] if kind != "text/plain")
            if kinds:
                print(f"    [shows {', '.join(kinds)}]", flush=True)
            else:
                print("    " + content["data"]["text/plain"].replace("\n", "\n    "), flush=True)
        return super().process_message(msg, cell, cell_index)

    def end_line(self):
        if not self.at_line_start:
            print(flush=True)
        self.at_line_start = True

    at_line_start = True


def first_line(source):
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return lines[0][:60] if lines else ""


def execute(notebook, path, timeout):
    """Runs the code cells in order; the notebook gets their outputs."""
    client = LiveClient(
        notebook,
        timeout=timeout,
        kernel_name=notebook.metadata.kernelspec.name,
        resources={"metadata": {"path": str(path.parent)}},
    )
    cells = [index for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    begin = time.monotonic()
    print(f"{path.name}: starting the kernel {client.kernel_name}", flush=True)
    with client.setup_kernel():
        for number, index in enumerate(cells, start=1):
            cell = notebook.cells[index]
            print(f"[{number}/{len(cells)}] {first_line(cell.source)}", flush=True)
            start = time.monotonic()
            try:
                client.execute_cell(cell, index)
            finally:
                client.end_line()
                print(f"    {time.monotonic() - start:.2f} s", flush=True)
    print(f"{path.name}: {len(cells)} cells in {time.monotonic() - begin:.1f} s", flush=True)


def write(notebook, path, folder):
    """Writes the executed copy and, where possible, a page of it."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / path.name
    nbformat.write(notebook, copy)
    written = [copy]
    try:
        from nbconvert import HTMLExporter
    except ImportError:
        pass
    else:
        page = copy.with_suffix(".html")
        page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
        written.append(page)
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--timeout", type=int, default=300, help="seconds for one cell (300)")
    arguments = parser.parse_args()
    notebook = nbformat.read(arguments.notebook, as_version=4)
    status = 0
    try:
        execute(notebook, arguments.notebook, arguments.timeout)
    except CellExecutionError as error:
        print(f"\nThe cell failed:\n{error.traceback or error}", file=sys.stderr)
        status = 1
    except (CellTimeoutError, DeadKernelError, RuntimeError) as error:
        print(f"\nThe notebook could not be executed: {error}", file=sys.stderr)
        status = 1
    for path in write(notebook, arguments.notebook, arguments.folder):
        print(f"wrote {path}")
    return status


if __name__ == "__main__":
    sys.exit(main())
