"""Views, joining, conversion and other rearranging, as drawn cases."""

import numpy as np

from numpy_cases import ALL, NUMBERS, REALS, at_least_1d, broadcastable, commas, one_axis, operation, pick, some_axes


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
