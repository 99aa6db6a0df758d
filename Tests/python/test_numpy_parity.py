"""Tensors against NumPy: operations, shapes, strides and element types drawn by a seeded generator.

`DifferentialRunner` (Tests/DifferentialRunner) computes each case from the same bytes, seen through the same strides.
`MARTLET_PARITY_CASES` draws another number for each operation, `MARTLET_PARITY_SEED` other ones.
"""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

RUNNER = Path(__file__).parents[2] / ".build/release/DifferentialRunner"
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


@operation("add", "subtract", "multiply", types=NUMBERS, count=2)
@operation("maximum", "minimum", "fmax", "fmin", "less", "less_equal", "greater", "greater_equal", types=REALS)
@operation("equal", "not_equal", types=ALL)
@operation("floor_divide", "remainder", "fmod", types=REALS, count=2)
@operation("bitwise_and", "bitwise_or", "bitwise_xor", "gcd", types=INTS)
@operation("arctan2", "hypot", "copysign", "nextafter", "logaddexp", types=FLOATS)
@operation("logical_and", "logical_or", "logical_xor", types=["bool"])
def binary(case, dtype):
    a = case.array(dtype)
    if case.operation == "gcd":
        case.operands.clear()
        a = case.array(dtype, a.shape, low=-100, high=100)
    b = case.array(dtype, broadcastable(case.rng, a.shape), **({"low": -100, "high": 100} if case.operation == "gcd" else {}))
    case.expected = [getattr(np, case.operation)(a, b)]


@operation("divide", types=FLOATS + ["float16", "complex64", "complex128"])
def divide(case, dtype):
    a = case.array(dtype)
    b = case.array(dtype, broadcastable(case.rng, a.shape))
    case.expected = [a / b]


@operation("lcm", "left_shift", "right_shift", "power", types=INTS)
def whole(case, dtype):
    a = case.array(dtype, low=-20, high=20)
    b = case.array(dtype, broadcastable(case.rng, a.shape), low=0, high=12)
    case.expected = [getattr(np, case.operation)(a, b)]


@operation("add_chain", types=NUMBERS)
def chain(case, dtype):
    a = case.array(dtype, special=False)
    b = case.array(dtype, broadcastable(case.rng, a.shape), special=False)
    case.expected = [a * b + a - b * np.dtype(dtype).type(2)]


@operation("mul_add", types=FLOATS)
def mul_add(case, dtype):
    a = case.array(dtype, special=False)
    b = case.array(dtype, broadcastable(case.rng, a.shape), special=False)
    c = case.array(dtype, broadcastable(case.rng, a.shape), special=False)
    case.expected, case.tolerance = [a * b + c], 1e-5


@operation("add_in_place", types=NUMBERS)
def in_place(case, dtype):
    a = case.array(dtype)
    b = case.array(dtype, broadcastable(case.rng, a.shape)[-max(a.ndim, 1):])
    case.expected = [a + b, a]


@operation("clip", types=REALS)
def clip(case, dtype):
    a = case.array(dtype)
    low = case.array(dtype, broadcastable(case.rng, a.shape))
    high = case.array(dtype, broadcastable(case.rng, a.shape))
    case.expected = [np.minimum(np.maximum(a, low), high)]


@operation("sqrt", "cbrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "arcsin",
           "arccos", "arctan", "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "floor", "ceil", "trunc",
           "rint", "reciprocal", "sinc", "nan_to_num", "radians", "degrees", types=FLOATS, count=2)
@operation("isnan", "isinf", "isfinite", "signbit", types=FLOATS + ["float16"])
@operation("negative", "square", types=NUMBERS)
@operation("absolute", "sign", types=REALS)
@operation("invert", types=INTS)
@operation("logical_not", types=["bool"])
def unary(case, dtype):
    a = case.array(dtype)
    case.expected = [getattr(np, case.operation)(a)]
    if case.operation == "sinc":  # Near its zeros, where the rounding of πx tells.
        case.absolute = np.finfo(dtype).eps * 16


@operation("isclose", types=FLOATS)
def isclose(case, dtype):
    a = case.array(dtype)
    b = case.array(dtype, a.shape, values=a + case.rng.choice([0, 1e-4, 1e-2], a.shape).astype(dtype))
    case.parameters["nan"] = equal = int(case.rng.integers(2))
    case.expected = [np.isclose(a, b, rtol=1e-3, atol=1e-4, equal_nan=bool(equal))]


# MARK: Reductions


def some_axes(case, a):
    axes = tuple(int(x) for x in case.rng.permutation(a.ndim)[: case.rng.integers(1, a.ndim + 1)]) if a.ndim else ()
    if not axes or case.rng.integers(4) == 0:
        return None, False
    keep = bool(case.rng.integers(2))
    case.parameters.update(axes=commas(axes), keep=int(keep))
    return axes, keep


@operation("sum", types=ALL, count=2)
@operation("prod", "mean", types=REALS + ["bool"])
def total(case, dtype):
    a = case.array(dtype, special=case.operation == "sum") if dtype != "float16" else case.array(dtype, low=-2, high=2)
    axes, keep = some_axes(case, a)
    wide = a.astype("float64") if dtype in ("float32", "float16") else a
    result = getattr(np, case.operation)(wide, axis=axes, keepdims=keep)
    case.expected = [result.astype(dtype) if wide is not a else result]
    # Sums of numbers of both signs cancel; what counts is the error next to the terms.
    if np.dtype(dtype).kind in "fc":
        with np.errstate(all="ignore"):
            size = np.abs(a).astype("float64").sum() if case.operation != "prod" and a.size else 0
        case.absolute = (np.finfo(dtype).eps * size * 4) if np.isfinite(size) else 0


@operation("max", "min", types=REALS)
def extreme(case, dtype):
    a = case.array(dtype, pick(case.rng, [s for s in SHAPES if 0 not in s]))
    axes, keep = some_axes(case, a)
    case.expected = [getattr(np, case.operation)(a, axis=axes, keepdims=keep)]


@operation("argmax", "argmin", types=REALS)
def arg_extreme(case, dtype):
    a = case.array(dtype, pick(case.rng, [s for s in SHAPES if 0 not in s]))
    axis, keep = (None, False) if a.ndim == 0 or case.rng.integers(3) == 0 else (one_axis(case, a), bool(case.rng.integers(2)))
    case.parameters["keep"] = int(keep)
    case.expected = [getattr(np, case.operation)(a, axis=axis, keepdims=keep)]


def one_axis(case, a):
    axis = int(case.rng.integers(-a.ndim, a.ndim))
    case.parameters["axis"] = axis
    return axis


def at_least_1d(case, full=False):
    return pick(case.rng, [s for s in SHAPES if s and not (full and 0 in s)])


@operation("var", "std", types=FLOATS)
def spread(case, dtype):
    a = case.array(dtype, pick(case.rng, [s for s in SHAPES if 0 not in s]), special=False)
    axes, keep = some_axes(case, a)
    ddof = 0
    if case.operation == "var":
        case.parameters["ddof"] = ddof = int(case.rng.integers(2))
    elif axes:
        case.parameters["keep"], keep = 0, False
    case.expected = [getattr(np, case.operation)(a.astype("float64"), axis=axes, ddof=ddof, keepdims=keep if axes else False)]
    case.expected = [np.asarray(case.expected[0]).astype(dtype)]
    case.absolute = 1e-6 if dtype == "float32" else 1e-13


@operation("all", "any", types=["bool"], count=3)
def truth(case, dtype):
    a = case.array(dtype)
    axis = one_axis(case, a) if a.ndim and case.rng.integers(2) else None
    case.expected = [getattr(np, case.operation)(a, axis=axis)]


@operation("argwhere", types=["bool"])
def argwhere(case, dtype):
    case.expected = [np.argwhere(case.array(dtype))]


@operation("cumsum", "cumprod", types=REALS + ["bool"])
def cumulative(case, dtype):
    choices = {"low": -2, "high": 2} if dtype in FLOATS + ["float16"] else {}
    a = case.array(dtype, at_least_1d(case), **choices)
    axis = one_axis(case, a) if case.rng.integers(3) else None
    wide = a.astype("float64") if dtype in ("float32", "float16") else a
    with np.errstate(all="ignore"):
        case.expected = [np.asarray(getattr(np, case.operation)(wide, axis=axis))]
        if wide is not a:
            case.expected = [case.expected[0].astype(dtype)]
    case.absolute = {"float32": 1e-4, "float16": 0.1, "float64": 1e-11}.get(dtype, 0)
    case.tolerance = {"float32": 1e-4, "float16": 1e-2}.get(dtype)


@operation("cummax", "cummin", types=REALS)
def running(case, dtype):
    a = case.array(dtype, at_least_1d(case))
    function = np.maximum if case.operation == "cummax" else np.minimum
    case.expected = [function.accumulate(a, axis=one_axis(case, a))]


@operation("median", "nansum", "nanmean", "nanmax", "nanmin", "nanvar", types=FLOATS, count=2)
def ignoring(case, dtype):
    a = case.array(dtype, at_least_1d(case, full=True))
    if not np.isfinite(a[~np.isnan(a)]).all():  # Infinities make NaN on the way, in NumPy in other places.
        case.operands.clear()
        a = case.array(dtype, a.shape, values=np.where(np.isinf(a), 1, a))
    axis = one_axis(case, a) if case.rng.integers(3) else None
    case.expected = [np.asarray(getattr(np, case.operation)(a.astype("float64"), axis=axis)).astype(dtype)]
    case.absolute = 1e-4 if dtype == "float32" else 1e-12


@operation("nanmedian", "quantile", types=FLOATS)
def quantiles(case, dtype):
    a = case.array(dtype, at_least_1d(case, full=True), special=False)
    axis = one_axis(case, a)
    if case.operation == "quantile":
        case.parameters["q"] = q = round(float(case.rng.random()), 3)
        case.expected = [np.asarray(np.quantile(a.astype("float64"), q, axis=axis)).astype(dtype)]
    else:
        case.expected = [np.nanmedian(a, axis=axis)]
    case.absolute = 1e-5 if dtype == "float32" else 1e-12


@operation("trapezoid", types=FLOATS)
def trapezoid(case, dtype):
    a = case.array(dtype, at_least_1d(case), special=False)
    axis = one_axis(case, a)
    case.expected = [np.asarray(np.trapezoid(a.astype("float64"), axis=axis)).astype(dtype)]
    case.absolute = 1e-2 if dtype == "float32" else 1e-10


@operation("histogram", types=FLOATS)
def histogram(case, dtype):
    a = case.array(dtype, pick(case.rng, [(7,), (70,), (1100,), (9, 130)]), special=False)
    case.parameters["bins"] = bins = int(case.rng.integers(1, 12))
    counts, edges = np.histogram(a, bins=np.linspace(a.min(), a.max(), bins + 1).astype(dtype))
    if a.min() < a.max() and (edges[-1] == a.max()) and edges[0] == a.min():
        case.expected = [counts, edges.astype(dtype)]
        case.approximate_counts = True
    else:
        case.operands.clear()


@operation("bincount", types=INTS)
def bincount(case, dtype):
    a = case.array(dtype, pick(case.rng, [(0,), (7,), (70,)]), low=0, high=30)
    case.parameters["n"] = n = int(case.rng.integers(0, 40))
    case.expected = [np.bincount(a.astype("int64"), minlength=n)]


# MARK: Sorting


@operation("sort", "argsort", "sort_down", types=REALS, count=2)
def sorting(case, dtype):
    a = case.array(dtype, at_least_1d(case))
    axis = one_axis(case, a)
    if case.operation == "sort_down":
        case.expected = [np.flip(np.sort(a, axis=axis), axis=axis)]
    elif case.operation == "sort":
        case.expected = [np.sort(a, axis=axis)]
    else:
        case.expected = [np.argsort(a, axis=axis, kind="stable")]


@operation("top_k", types=INTS)
def top_k(case, dtype):
    a = case.array(dtype, at_least_1d(case))
    axis = one_axis(case, a)
    case.parameters["k"] = k = int(case.rng.integers(0, a.shape[axis] + 1))
    order = np.argsort(~a, axis=axis, kind="stable")
    order = np.take(order, range(k), axis=axis)
    case.expected = [np.take_along_axis(a, order, axis=axis), order]


@operation("searchsorted", types=REALS)
def searchsorted(case, dtype):
    a = case.array(dtype, (70,), values=np.sort(draw(case.rng, dtype, (70,))))
    b = case.array(dtype)
    case.expected = [np.searchsorted(a, b), np.searchsorted(a, b, side="right")]


@operation("unique", types=REALS)
def unique(case, dtype):
    a = case.array(dtype)
    values, first, inverse, counts = np.unique(a, return_index=True, return_inverse=True, return_counts=True)
    case.expected = [values, first, inverse.reshape(a.shape), counts]


@operation("isin", "intersect1d", "union1d", "setdiff1d", "setxor1d", types=INTS + FLOATS)
def sets(case, dtype):
    a = case.array(dtype, pick(case.rng, [(0,), (7,), (70,)]), special=False)
    b = case.array(dtype, pick(case.rng, [(0,), (7,), (70,)]), special=False)
    case.expected = [getattr(np, case.operation)(a, b)]


# MARK: Shapes


@operation("copy", types=ALL)
def copy(case, dtype):
    case.expected = [case.array(dtype)]


@operation("transpose", types=ALL)
def transpose(case, dtype):
    a = case.array(dtype)
    order = case.rng.permutation(a.ndim)
    case.parameters["order"] = commas(order)
    case.expected = [a.transpose(order)]


@operation("reshape", types=ALL)
def reshape(case, dtype):
    a = case.array(dtype)
    shape = pick(case.rng, [(-1,), (1, -1), (a.size,), a.shape[::-1]]) if a.size else (a.size,)
    case.parameters["shape"] = commas(shape)
    case.expected = [a.reshape(shape)]


@operation("flip", "roll", "diff", "repeat", "windows", "array_split", "take", types=NUMBERS, count=1)
def along(case, dtype):
    rng = case.rng
    a = case.array(dtype, at_least_1d(case, full=True))
    name = case.operation
    if name == "flip":
        axes, _ = some_axes(case, a)
        case.expected = [np.flip(a, axes)]
        return
    axis = one_axis(case, a)
    n = int(rng.integers(1, 4))
    case.parameters["n"] = n
    if name == "roll":
        case.parameters["shift"] = shift = int(rng.integers(-9, 9))
        if rng.integers(3) == 0:
            del case.parameters["axis"]
            axis = None
        case.expected = [np.roll(a, shift, axis)]
    elif name == "diff":
        case.expected = [np.diff(a, n=n, axis=axis)]
        case.absolute = 1e-4 if dtype in ("float32", "complex64") else 0.1 if dtype == "float16" else 1e-12
    elif name == "repeat":
        case.expected = [np.repeat(a, n, axis=axis)]
    elif name == "windows":
        case.parameters["size"] = size = int(rng.integers(1, a.shape[axis] + 1))
        case.expected = [np.lib.stride_tricks.sliding_window_view(a, size, axis=axis)]
    elif name == "array_split":
        case.expected = np.array_split(a, n, axis=axis)
    else:
        indices = rng.integers(-a.shape[axis], a.shape[axis], rng.integers(0, 9))
        case.parameters["indices"] = commas(indices)
        case.expected = [np.take(a, indices, axis=axis)]


@operation("rot90", "diagonal", "tril", "triu", "moveaxis", types=NUMBERS)
def planes(case, dtype):
    a = case.array(dtype, pick(case.rng, [(3, 4), (4, 1), (2, 3, 4), (9, 130), (5, 5)]))
    k = int(case.rng.integers(-4, 5))
    case.parameters["k"] = k
    if case.operation == "moveaxis":
        start, end = (int(x) for x in case.rng.integers(-a.ndim, a.ndim, 2))
        case.parameters.update({"from": start, "to": end})
        case.expected = [np.moveaxis(a, start, end)]
    else:
        case.expected = [getattr(np, case.operation)(a, k)]


@operation("tile", types=ALL)
def tile(case, dtype):
    a = case.array(dtype, pick(case.rng, [(), (7,), (3, 4), (2, 3, 4), (0,)]))
    reps = [int(x) for x in case.rng.integers(0, 4, case.rng.integers(1, 4))]
    case.parameters["reps"] = commas(reps)
    case.expected = [np.tile(a, reps)]


@operation("pad", types=REALS)
def pad(case, dtype):
    a = case.array(dtype, at_least_1d(case, full=True))
    widths = [[int(x) for x in case.rng.integers(0, 9, 2)] for _ in a.shape]
    mode = pick(case.rng, ["edge", "reflect", "symmetric", "wrap"])
    case.parameters.update(widths=commas(sum(widths, [])), mode=mode)
    case.expected = [np.pad(a, widths, mode=mode)]


@operation("concatenate", "stack", types=ALL)
def join(case, dtype):
    a = case.array(dtype, at_least_1d(case))
    b = case.array(dtype, a.shape)
    axis = int(case.rng.integers(-a.ndim, a.ndim))
    case.parameters["axis"] = axis
    case.expected = [getattr(np, case.operation)([a, b], axis=axis)]


@operation("where", types=ALL)
def where(case, dtype):
    a = case.array(dtype)
    b = case.array(dtype, broadcastable(case.rng, a.shape))
    mask = case.array("bool", broadcastable(case.rng, a.shape))
    case.expected = [np.where(mask, a, b)]


@operation("take_along_axis", types=ALL)
def take_along_axis(case, dtype):
    a = case.array(dtype, at_least_1d(case, full=True))
    axis = one_axis(case, a)
    shape = list(a.shape)
    shape[axis] = int(case.rng.integers(0, 5))
    indices = case.array("int64", shape, values=case.rng.integers(-a.shape[axis], a.shape[axis], shape))
    case.expected = [np.take_along_axis(a, indices, axis=axis)]


@operation("astype", types=ALL, count=3)
def astype(case, dtype):
    kind = np.dtype(dtype).kind
    to = pick(case.rng, [t for t in ALL if kind != "c" or t.startswith("complex")])
    if kind == "f" and np.dtype(to).kind in "iu":
        bounds = np.iinfo(to)
        a = case.array(dtype, low=max(bounds.min, -1000), high=min(bounds.max, 1000))
    else:
        a = case.array(dtype)
    case.parameters["to"] = to
    case.expected = [a.astype(to)]


# MARK: Indexing


def draw_index(case, shape):
    """An index of NumPy and its text for the runner."""
    rng, index, text, axis = case.rng, [], [], 0
    arrays = rng.integers(2)
    common = pick(rng, [(2,), (3,), (2, 2), (1,)])
    while axis < len(shape) and len(text) < 5 and (rng.integers(5) or not text):
        n, kind = shape[axis], rng.integers(8)
        if kind == 0:
            index.append(None)
            text.append("n")
            continue
        if kind == 1 and n:
            i = int(rng.integers(-n, n))
            index.append(i)
            text.append(f"i{i}")
        elif kind == 2 and n > 1:
            step = int(pick(rng, [-2, -1, 2, 3]))
            start, end = (n - 1, -1) if step < 0 else (0, n)
            index.append(slice(start, None if end < 0 else end, step))
            text.append(f"s{start}:{end}:{step}")
        elif kind in (3, 4, 5) and n and arrays:
            shape_of_one = pick(rng, [common, (1,)])
            values = rng.integers(-n, n, shape_of_one)
            index.append(values)
            text.append(f"a{commas(shape_of_one)}:{commas(values.flat)}")
        elif kind == 6 and arrays and not any(isinstance(i, np.ndarray) for i in index) and n:
            mask = rng.integers(0, 2, n).astype(bool)
            arrays = False  # Its length may not broadcast with others.
            index.append(mask)
            text.append("m")
        else:
            low, high = sorted(int(x) for x in rng.integers(0, n + 1, 2))
            index.append(slice(low, high))
            text.append(f"r{low}:{high}")
        axis += 1
    if not text:
        index, text = [None], ["n"]
    case.parameters["index"] = ";".join(text)
    return tuple(index)


@operation("get", "set", types=["float32", "int64", "uint8", "bool", "complex128"], count=12)
def indexing(case, dtype):
    a = case.array(dtype, pick(case.rng, [(7,), (3, 4), (4, 1), (2, 3, 4), (2, 1, 3, 2), (3, 0, 2)]))
    index = draw_index(case, a.shape)
    part = a[index]
    if case.operation == "get":
        case.expected = [part]
    else:
        value = case.array(dtype, broadcastable(case.rng, part.shape), special=False)
        # Of equal positions NumPy leaves open which wins; equal values do not tell.
        if any(isinstance(i, np.ndarray) and i.dtype != bool for i in index):
            case.operands.pop()
            value = case.array(dtype, (), special=False)
        changed = a.copy()
        changed[index] = value
        case.expected = [changed, a]
    for i in index:
        if isinstance(i, np.ndarray) and i.dtype == bool:
            case.array("bool", i.shape, values=i)


# MARK: The comparison


def parse(text):
    dtype, shape, data = text.split("|")
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


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("environment", [{}, {"MARTLET_CPU_LEVEL": "1"}, {"MARTLET_CPU_LEVEL": "0", "MARTLET_NUM_THREADS": "3"}],
                         ids=["this machine", "AVX2", "plain, three threads"])
def test_operations_agree_with_numpy(environment):
    cases = [case for name in OPERATIONS for case in draw_cases(name)]
    text = "\n".join(case.line() for case in cases) + "\n"
    done = subprocess.run([RUNNER], input=text, capture_output=True, text=True, timeout=120,
                          env={**os.environ, **environment})
    lines = done.stdout.splitlines()
    stopped = "" if len(lines) == len(cases) else f"stopped at: {cases[len(lines)].line()[:300]}\n{done.stderr[-800:]}"
    failures = {}
    for case, line in zip(cases, lines):
        try:
            check(case, [parse(part) for part in line.split("\t")])
        except AssertionError as error:
            failures.setdefault(case.operation, []).append(f"{case.line()[:200]}: {' '.join(str(error).split())[:400]}")
    report = "\n".join(f"{name}: {len(texts)} cases, as {texts[0]}" for name, texts in failures.items())
    assert not report and not stopped, report + stopped
