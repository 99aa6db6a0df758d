"""Cases for `DifferentialRunner` (Tests/DifferentialRunner): an operation, operands as views of memory, and what NumPy
makes of them.

`MARTLET_PARITY_CASES` draws another number of cases for each operation, `MARTLET_PARITY_SEED` other ones.
"""

import os
import subprocess
from pathlib import Path

import numpy as np

BIN = Path(os.environ.get("MARTLET_BIN", Path(__file__).parents[2] / ".build/release"))
RUNNER = BIN / "DifferentialRunner"

CASES = int(os.environ.get("MARTLET_PARITY_CASES", "25"))
SEED = int(os.environ.get("MARTLET_PARITY_SEED", "1"))

INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float32", "float64"]
REALS = FLOATS + ["float16"] + INTS
NUMBERS = REALS + ["complex64", "complex128"]
ALL = NUMBERS + ["bool"]
SHAPES = [(), (1,), (7,), (0,), (3, 4), (4, 1), (1, 5), (2, 3, 4), (3, 0, 2), (2, 1, 3, 2), (70,), (9, 130), (1100,)]


class Case:
    """One line for the runner, and what NumPy makes of it."""

    def __init__(self, rng, operation):
        self.rng, self.operation = rng, operation
        self.parameters, self.operands, self.expected, self.tolerance = {}, [], [], None

    def array(self, dtype, shape=None, values=None, **choices):
        """Elements in a storage of their own, as a view: cut, reversed, transposed or broadcast."""
        rng = self.rng
        shape = pick(rng, SHAPES) if shape is None else tuple(shape)
        if values is None:
            values = draw(rng, dtype, shape, **choices)
        values = np.asarray(values, dtype=dtype).reshape(shape)
        kind = rng.integers(5)
        if kind == 0 or values.size == 0:
            storage = np.array(values, order="C")
            view = storage
        elif kind == 1 and values.ndim > 1:
            order = list(rng.permutation(values.ndim))
            storage = np.ascontiguousarray(values.transpose(order))
            view = storage.transpose(np.argsort(order))
        elif kind == 2 and values.ndim:
            wide = [2 * n + 3 for n in values.shape]
            storage = draw(rng, dtype, wide)
            view = storage[tuple(slice(1, 1 + 2 * n, 2) for n in values.shape)]
            view[...] = values
        elif kind == 3 and values.ndim:
            storage = np.ascontiguousarray(values[tuple(slice(None, None, -1) for _ in values.shape)])
            view = storage[tuple(slice(None, None, -1) for _ in values.shape)]
        else:
            storage = np.array(values, order="C")
            view = storage
        assert view.shape == shape
        base = storage.__array_interface__["data"][0]
        size = view.itemsize
        offset = (view.__array_interface__["data"][0] - base) // size if view.size else 0
        strides = [s // size for s in view.strides]
        text = "|".join([dtype, commas(shape), commas(strides), str(offset), storage.tobytes().hex()])
        self.operands.append(text)
        return view

    def line(self):
        pairs = " ".join(f"{k}={v}" for k, v in self.parameters.items())
        return "\t".join([self.operation, pairs] + self.operands)


def commas(values):
    return ",".join(str(int(v)) for v in values)


def pick(rng, options):
    return options[rng.integers(len(options))]


def draw(rng, dtype, shape, low=None, high=None, special=True):
    kind = np.dtype(dtype).kind
    if kind == "b":
        return rng.integers(0, 2, shape).astype(bool)
    if kind in "iu":
        info = np.iinfo(dtype)
        if low is None and rng.integers(3):  # Small numbers, so that equal ones, zeros and exact quotients appear.
            low, high = max(info.min, -9), 9
        low = info.min if low is None else max(low, info.min)
        high = info.max if high is None else min(high, info.max)
        return rng.integers(low, high, shape, dtype=dtype, endpoint=True)
    if kind == "c":
        part = "float32" if dtype == "complex64" else "float64"
        return (draw(rng, part, shape, special=False) + 1j * draw(rng, part, shape, special=False)).astype(dtype)
    if low is not None:
        return (rng.random(shape) * (high - low) + low).astype(dtype)
    values = np.asarray(rng.standard_normal(shape) * rng.choice([1, 10])).astype(dtype)
    if special and rng.integers(3) == 0:
        odd = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0], dtype=dtype)
        values = np.where(rng.random(shape) < 0.2, odd[rng.integers(0, len(odd), shape)], values)
    elif rng.integers(2):
        values = np.round(values)
    return values


OPERATIONS = {}


def operation(*names, types, count=1):
    def add(function):
        for name in names:
            OPERATIONS[name] = (function, types, count)
        return function
    return add


def broadcastable(rng, shape):
    """A shape that broadcasts with `shape`."""
    shape = [1 if rng.integers(4) == 0 else n for n in shape]
    return tuple(shape[rng.integers(0, len(shape) + 1):]) if rng.integers(3) == 0 else tuple(shape)


def some_axes(case, a):
    axes = tuple(int(x) for x in case.rng.permutation(a.ndim)[: case.rng.integers(1, a.ndim + 1)]) if a.ndim else ()
    if not axes or case.rng.integers(4) == 0:
        return None, False
    keep = bool(case.rng.integers(2))
    case.parameters.update(axes=commas(axes), keep=int(keep))
    return axes, keep


def one_axis(case, a):
    axis = int(case.rng.integers(-a.ndim, a.ndim))
    case.parameters["axis"] = axis
    return axis


def at_least_1d(case, full=False):
    return pick(case.rng, [s for s in SHAPES if s and not (full and 0 in s)])


# MARK: The comparison


def parse(text):
    dtype, shape, data = text.split("|")
    if dtype == "text":
        return bytes.fromhex(data).decode()
    shape = [int(n) for n in shape.split(",") if n]
    return np.frombuffer(bytes.fromhex(data), dtype=dtype).reshape(shape)


def check(case, answers):
    assert len(answers) == len(case.expected)
    for actual, expected in zip(answers, case.expected):
        expected = np.asarray(expected)
        assert actual.shape == expected.shape, f"shape {actual.shape}, not {expected.shape}"
        kind = expected.dtype.kind
        if kind in "fc":
            eps = np.finfo(expected.dtype).eps
            relative = case.tolerance or eps * (16 if expected.dtype != np.float16 else 4)
            absolute = getattr(case, "absolute", 0) or np.finfo(expected.dtype).tiny
            if kind == "c":
                absolute = max(absolute, eps * 64 * (np.abs(expected[np.isfinite(expected)]).max() if np.isfinite(expected).any() else 0))
            np.testing.assert_allclose(actual, expected, rtol=relative, atol=absolute, equal_nan=True)
        elif kind in "iu" and expected.dtype.itemsize != actual.dtype.itemsize:
            np.testing.assert_array_equal(actual.astype("int64"), expected.astype("int64"))
        else:
            np.testing.assert_array_equal(actual, expected)


def draw_cases(name):
    function, types, count = OPERATIONS[name]
    cases = []
    for number in range(CASES * count):
        rng = np.random.default_rng([SEED, number, *name.encode()])
        case = Case(rng, name)
        case.absolute = 0
        with np.errstate(all="ignore"):
            function(case, types[number % len(types)])
        if case.operands:
            cases.append(case)
    return cases


def compute(cases, environment={}):
    """What the runner makes of each case: arrays, or the text of the error or of what stopped it."""
    answers = []
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no", **environment}
    while len(answers) < len(cases):
        # A few at a time: those after a case that stops the runner are sent again.
        text = "\n".join(case.line() for case in cases[len(answers): len(answers) + 50]) + "\n"
        done = subprocess.run([RUNNER], input=text, capture_output=True, text=True, timeout=120, env=environment)
        for line in done.stdout.splitlines():
            answers.append(line[1:] if line[:1] == "!" else [parse(part) for part in line.split("\t") if part])
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "atal error" in line]
            answers.append(said[-1] if said else f"status {done.returncode}: {done.stderr[-300:]}")
    return answers
