"""The printed form of tensors is NumPy's, over drawn element types, shapes, sizes and special values."""

import html.parser

import numpy as np
import pytest
from numpy_cases import ALL, CASES, SEED, Case, compute, draw, pick

SHAPES = [(1,), (3,), (7,), (30,), (3, 4), (2, 3, 4), (4, 1), (40, 2), (2, 40), (1, 1, 1), (1001,), (40, 40), (7, 11, 14),
          (2, 600), (600, 2), (3, 400, 1), (6, 200), (4, 5, 2, 2)]


def float_values(rng, dtype, shape):
    """Numbers of several sizes, with what a format must not trip over."""
    kind = rng.integers(9)
    if kind < 2:
        return draw(rng, dtype, shape)
    if kind == 2:
        values = rng.integers(-50, 50, shape)
    elif kind == 3:
        values = rng.standard_normal(shape) * 10.0 ** rng.integers(-8, 9)
    elif kind == 4:
        values = rng.standard_normal(shape) * 10.0 ** rng.integers(-6, 6, shape)
    elif kind == 5:
        values = np.round(rng.standard_normal(shape), int(rng.integers(0, 6)))
    elif kind == 6:
        values = rng.choice([0.0, -0.0, 1.0, 1e-4, 9.999e-5, 0.5, 100.0, 0.1, 1e8, 99999999.5, np.nan, np.inf], shape)
    elif kind == 7:
        values = rng.choice([np.nan, np.inf, -np.inf, 0.0][: rng.integers(1, 5)], shape)
    else:
        values = rng.random(shape) * 0.9 + 0.1
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(dtype)


def values_of(rng, dtype, shape):
    kind = np.dtype(dtype).kind
    if kind == "f":
        return float_values(rng, dtype, shape)
    if kind == "c":
        part = "float32" if dtype == "complex64" else "float64"
        return (float_values(rng, part, shape) + 1j * float_values(rng, part, shape)).astype(dtype)
    return draw(rng, dtype, shape)


def expected_text(values):
    if values.size == 0:
        return "[]" if values.ndim == 1 else f"[] of shape {list(values.shape)}"
    if values.ndim == 0:
        return str(values)
    if values.dtype == bool:  # Swift's words, a letter longer for none.
        return np.array2string(values, separator=", ").replace("True", "true").replace("False", "false")
    return np.array2string(values, separator=", ")


@pytest.mark.filterwarnings("ignore")
def test_descriptions_are_numpys():
    cases = []
    for dtype in ALL:
        for number in range(CASES * 3):
            rng = np.random.default_rng([SEED, number, *dtype.encode()])
            case = Case(rng, "array2string")
            case.array(dtype, values=(values := values_of(rng, dtype, pick(rng, SHAPES))), shape=values.shape)
            case.expected = expected_text(values)
            cases.append(case)
        for shape in [(0,), (3, 0), (0, 2, 3)] + ([()] if not dtype.startswith("complex") else []):
            for _ in range(1 if shape else CASES):
                case = Case(rng, "array2string")
                case.array(dtype, shape, values=(values := values_of(rng, dtype, shape)))
                case.expected = str(values).lower() if dtype == "bool" and not shape else expected_text(values)
                cases.append(case)
    failures = [
        f"{case.operands[0][:60]}\n{case.expected}\n--- but ---\n{answer[0] if isinstance(answer, list) else answer}"
        for case, answer in zip(cases, compute(cases), strict=True)
        if answer != [case.expected]
    ]
    assert not failures, f"{len(failures)} of {len(cases)} differ, as\n" + "\n\n".join(failures[:3])


class Cells(html.parser.HTMLParser):
    """The texts of a table's cells, row by row."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.captions, self.tag = [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tag = tag
        if tag == "tr":
            self.rows.append([])

    def handle_endtag(self, tag):
        self.tag = None

    def handle_data(self, data):
        if self.tag == "td":
            self.rows[-1].append(data)
        elif self.tag == "caption":
            self.captions.append(data)


def test_tables_show_the_same_numbers():
    rng = np.random.default_rng(SEED)
    values = rng.standard_normal((5, 4))
    case = Case(rng, "html")
    case.array("float64", (5, 4), values=values)
    [[text]] = compute([case])
    cells = Cells(text)
    assert cells.captions == ["Tensor<Double> 5 × 4"]
    printed = [row.strip(" []").split(", ") for row in np.array2string(values, separator=", ").split("\n")]
    assert cells.rows[1:] == [[number.strip(" ],") for number in row] for row in printed]
