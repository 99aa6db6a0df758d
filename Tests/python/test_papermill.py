"""papermill with Swift parameters, through the package in kernelspec/papermill."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

papermill = pytest.importorskip("papermill")


def test_papermill_writes_parameters_that_cells_can_use(kernelspec, tmp_path):
    book = new_notebook(
        metadata={"kernelspec": {"name": "swift", "display_name": "Swift", "language": "swift"}},
        cells=[
            new_code_cell("let rate = 0.1\nlet name = \"\"", metadata={"tags": ["parameters"]}),
            new_code_cell(
                "print(rate * 2, name, sizes.reduce(0, +), layers[1][0], options[\"depth\"]!, on)\n"
                "print(missing == nil, mixed.count)"
            ),
        ],
    )
    nbformat.write(book, tmp_path / "in.ipynb")
    papermill.execute_notebook(
        str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"),
        parameters={
            "rate": 0.25, "name": 'a "b" \\(c) é\n', "sizes": [1, 2.5], "layers": [[1], [2, 3]],
            "options": {"depth": 4}, "on": True, "missing": None, "mixed": [1, "a", None],
        },
        cwd=str(tmp_path), progress_bar=False, execution_timeout=90,
    )
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    nbformat.validate(executed)
    injected = executed.cells[1]
    assert injected.metadata.tags == ["injected-parameters"]
    assert injected.source.startswith("// Parameters\nlet rate = 0.25\n")
    assert executed.cells[2].outputs[0].text == '0.5 a "b" \\(c) é\n 3.5 2 4 true\ntrue 3\n'
