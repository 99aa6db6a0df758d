"""Sorting, searching and sets, as drawn cases."""

import numpy as np

from numpy_cases import FLOATS, INTS, REALS, at_least_1d, draw, one_axis, operation, pick


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
