"""Reductions, statistics and cumulative operations, as drawn cases."""

import numpy as np

from numpy_cases import ALL, FLOATS, INTS, REALS, SHAPES, at_least_1d, one_axis, operation, pick, some_axes


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
