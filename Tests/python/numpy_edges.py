"""Awkward operands and parameters for every operation: no elements, no axes, shapes that do not fit, axes and positions
out of range."""

import numpy as np
import scipy.linalg
from numpy_cases import Case, commas

SHAPES = [(), (0,), (1,), (4,), (3, 0), (0, 3), (2, 0, 3), (3, 4), (1, 1), (2, 3, 4)]
PAIRS = [
    ((), ()), ((), (3,)), ((3,), (4,)), ((0,), (1,)), ((0,), (3,)), ((3,), (0,)), ((0, 3), (3,)), ((2, 3), (3, 2)),
    ((2, 3), (2,)), ((3, 0), (0, 4)), ((0, 3), (3, 4)), ((2, 3, 4), (3, 1)), ((2, 3, 4), (2, 4, 5)), ((3, 3), (3, 3)),
    ((3, 3), (3,)), ((3, 3), (4,)), ((2, 2, 3), (3, 2, 3)), ((4, 4), (4, 2)), ((3, 2), (2,)), ((5,), (5,)), ((1,), (3,)),
    ((0, 0), (0,)), ((0, 0), (0, 2)),
]


class Edge(Case):
    """A case with the operation as NumPy computes it; `expected` is an error when NumPy refuses."""

    def __init__(self, operation, arrays, function, **parameters):
        super().__init__(np.random.default_rng(len(arrays)), operation)
        self.parameters = parameters
        self.absolute, self.tolerance = 1e-9, 1e-9
        views = [self.array(str(a.dtype), a.shape, values=a) for a in arrays]
        try:
            with np.errstate(all="ignore"):
                result = function(*views)
            self.expected = list(result) if isinstance(result, (tuple, list)) else [result]
        except Exception as error:  # noqa: BLE001: whatever NumPy says
            self.expected = error


def numbers(shape, start=1.0):
    """Different numbers, of which square matrices are regular."""
    count = int(np.prod(shape))
    values = np.cos(np.arange(count) * 1.3 + start).reshape(shape)
    if len(shape) > 1 and shape[-1] == shape[-2]:
        values = values + 3 * np.eye(shape[-1])
    return values


def elementwise():
    for name in ["add", "divide", "maximum", "less", "equal", "remainder", "arctan2", "power", "hypot", "fmod"]:
        for a, b in PAIRS:
            yield Edge(name, [numbers(a), numbers(b, 2)], getattr(np, name))
    for name in ["exp", "sqrt", "negative", "floor", "absolute", "isnan", "square"]:
        for shape in SHAPES:
            yield Edge(name, [numbers(shape)], getattr(np, name))
    for a, b in PAIRS:
        yield Edge("where", [numbers(a), numbers(b), np.array(True)], lambda x, y, mask: np.where(mask, x, y))
        yield Edge("add_in_place", [numbers(a), numbers(b)], lambda x, y: [np.add(x, y, out=x.copy()), x])


def axes_of(shape):
    return [None, *range(-len(shape) - 1, len(shape) + 1), 7]


def reductions():
    import warnings

    def quiet(function):
        def run(*arrays):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return function(*arrays)
        return run

    several = ["sum", "prod", "mean", "max", "min", "var"]
    single = ["argmax", "argmin", "cumsum", "cumprod", "median", "nansum", "nanmean", "nanmax", "nanmin", "nanvar"]
    always = {
        "cummax": np.maximum.accumulate, "cummin": np.minimum.accumulate, "sort": np.sort, "trapezoid": np.trapezoid,
        "nanmedian": np.nanmedian, "quantile": lambda a, axis: np.quantile(a, 0.3, axis=axis),
        "argsort": lambda a, axis: np.argsort(a, axis=axis, kind="stable"),
        "softmax": softmax, "logsumexp": logsumexp,
    }
    for shape in SHAPES:
        a = numbers(shape)
        for axis in axes_of(shape):
            for name in several:
                function = getattr(np, name)
                parameters = {"ddof": 0} if name == "var" else {}
                if axis is not None:
                    parameters["axes"] = axis
                yield Edge(name, [a], quiet(lambda a, f=function, axis=axis: f(a, axis=axis)), **parameters)
            for name in single:
                parameters = {} if axis is None else {"axis": axis}
                yield Edge(name, [a], quiet(lambda a, f=getattr(np, name), axis=axis: f(a, axis=axis)), **parameters)
            if axis is None:
                continue
            for name, function in always.items():
                yield Edge(name, [a], quiet(lambda a, f=function, axis=axis: f(a, axis=axis)), axis=axis, q=0.3)
            for name in ["all", "any"]:
                yield Edge(name, [a > 0], lambda a, f=getattr(np, name), axis=axis: f(a, axis=axis), axis=axis)
            for name in ["sum", "max", "mean"]:
                yield Edge(name, [a], quiet(lambda a, f=getattr(np, name), axis=axis: f(a, axis=(axis, 0))), axes=f"{axis},0")
            yield Edge("norm", [a], lambda a, axis=axis: np.linalg.norm(a, axis=axis), axis=axis)


def softmax(a, axis):
    e = np.exp(a - np.max(a, axis=axis, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=axis, keepdims=True)


def logsumexp(a, axis):
    return np.log(np.exp(a).sum(axis=axis))


def shapes():
    for shape in SHAPES:
        a = numbers(shape)
        for axis in axes_of(shape)[1:]:
            yield Edge("expand_dims", [a], lambda a, axis=axis: np.expand_dims(a, axis), axis=axis)
            yield Edge("squeeze", [a], lambda a, axis=axis: np.squeeze(a, axis), axis=axis)
            yield Edge("swapaxes", [a], lambda a, axis=axis: np.swapaxes(a, axis, 0), to=0, **{"from": axis})
            yield Edge("moveaxis", [a], lambda a, axis=axis: np.moveaxis(a, axis, 0), to=0, **{"from": axis})
            yield Edge("flip", [a], lambda a, axis=axis: np.flip(a, axis), axes=axis)
            yield Edge("roll", [a], lambda a, axis=axis: np.roll(a, 1, axis), axis=axis, shift=1)
            yield Edge("unstack", [a], lambda a, axis=axis: np.unstack(a, axis=axis), axis=axis)
            for n in [0, 2]:
                yield Edge("repeat", [a], lambda a, axis=axis, n=n: np.repeat(a, n, axis), axis=axis, n=n)
                yield Edge("diff", [a], lambda a, axis=axis, n=n: np.diff(a, n, axis), axis=axis, n=n)
            for n in [-1, 0, 1, 3]:
                yield Edge("split", [a], lambda a, axis=axis, n=n: np.split(a, n, axis), axis=axis, n=n)
                yield Edge("array_split", [a], lambda a, axis=axis, n=n: np.array_split(a, n, axis), axis=axis, n=n)
            for indices in [[], [0], [-1], [4], [-5]]:
                yield Edge("take", [a], lambda a, axis=axis, i=indices: np.take(a, np.array(i, int), axis),
                           axis=axis, indices=commas(indices))
            for size in [-1, 0, 1, 5]:
                yield Edge("windows", [a], lambda a, axis=axis, n=size: np.lib.stride_tricks.sliding_window_view(a, n, axis),
                           axis=axis, size=size)
        yield Edge("squeeze", [a], np.squeeze)
        for target in [(-1,), (0,), (2, 2), (-1, 0), (-1, -1), (4, -1), (), (-2,), (1, 1, 1, 1)]:
            yield Edge("reshape", [a], lambda a, s=target: a.reshape(s), shape=commas(target))
            yield Edge("broadcast_to", [a], lambda a, s=target: np.broadcast_to(a, s), shape=commas(target))
        for order in [(), (0,), (1, 0), (0, 0), (0, 1, 2), (2, 0, 1), (-1, 0), (5, 0)]:
            yield Edge("transpose", [a], lambda a, o=order: np.transpose(a, o), order=commas(order))
        for k in [-9, 0, 9]:
            for name in ["tril", "triu", "diagonal"]:
                yield Edge(name, [a], lambda a, f=getattr(np, name), k=k: f(a, k), k=k)
        yield Edge("rot90", [a], np.rot90, k=1)
        for reps in [(), (0,), (2, 1), (-1,), (2, 2, 2)]:
            yield Edge("tile", [a], lambda a, r=reps: np.tile(a, r), reps=commas(reps))
        for mode in ["edge", "reflect", "wrap"]:
            widths = [(2, 1)] * len(shape)
            yield Edge("pad", [a], lambda a, m=mode, w=widths: np.pad(a, w, mode=m) if w else a, mode=mode,
                       widths=commas(sum(widths, ())))
    for n in [-1, 0, 1, 3]:
        dummy = numbers((1,))
        yield Edge("eye", [dummy], lambda _, n=n: np.eye(n, 2), n=n, columns=2)
        yield Edge("linspace", [dummy], lambda _, n=n: np.linspace(0, 1, n), n=n)
        yield Edge("full", [dummy], lambda _, n=n: np.full((2, n), 2.0), shape=f"2,{n}")
    for step in [0.25, -0.5, 0, 3, np.nan]:
        yield Edge("arange", [numbers((1,))], lambda _, s=step: np.arange(0, 2, s), start=0, end=2, step=step)


def joining():
    for a, b in PAIRS:
        both = [numbers(a), numbers(b)]
        for axis in [-1, 0, 1, 3]:
            yield Edge("concatenate", both, lambda x, y, axis=axis: np.concatenate([x, y], axis), axis=axis)
            yield Edge("stack", both, lambda x, y, axis=axis: np.stack([x, y], axis), axis=axis)
        for name in ["vstack", "hstack", "dstack", "column_stack"]:
            yield Edge(name, both, lambda x, y, f=getattr(np, name): f([x, y]))


def products():
    for a, b in PAIRS:
        both = [numbers(a), numbers(b)]
        for name in ["matmul", "outer", "inner", "vdot", "kron", "cross", "convolve"]:
            yield Edge(name, both, getattr(np, name))
        yield Edge("correlate", both, np.correlate)
        if len(a) == len(b) == 1:
            yield Edge("dot", both, np.dot)
        for axes in [0, 1, 2, -1]:
            yield Edge("tensordot", both, lambda x, y, n=axes: np.tensordot(x, y, n), axes=axes)
        for formula in ["ij,jk->ik", "i,i->", "i,j->ij", "ij,ij->i", "...i,...i->...", "ij,j->", "ij->ii", "ij,jk->il"]:
            yield Edge("einsum", both, lambda x, y, f=formula: np.einsum(f, x, y), formula=formula)


def irfft(a, n=None, axis=-1):
    # NumPy 2.4 gives what was in memory for an axis without elements.
    if n is not None and n > 0 and -a.ndim <= axis < a.ndim and a.shape[axis] == 0:
        a = np.zeros([1 if place == axis % a.ndim else size for place, size in enumerate(a.shape)])
    return np.fft.irfft(a, n, axis)


def signals():
    transforms = {"fft": np.fft.fft, "ifft": np.fft.ifft, "rfft": np.fft.rfft, "irfft": irfft}
    for shape in [(), (0,), (1,), (4,), (3, 0), (3, 4), (0, 4)]:
        a = numbers(shape)
        for axis in [-1, 0, 1, 5]:
            for n in [None, 0, -1, 1, 7]:
                more = {} if n is None else {"n": n}
                for name, transform in transforms.items():
                    yield Edge(name, [a], lambda a, f=transform, n=n, axis=axis: f(a, n, axis), axis=axis, **more)
        if shape:
            yield Edge("fftn", [a], np.fft.fftn)
            yield Edge("fftshift", [a], np.fft.fftshift)
        yield Edge("polyval", [numbers((3,)), a], lambda c, x: np.polynomial.polynomial.polyval(x, c))
    for points, values in [((0,), (0,)), ((1,), (1,)), ((3,), (2,)), ((3,), (3,))]:
        yield Edge("interp", [numbers((4,)), np.arange(float(points[0])), numbers(values)], np.interp)


def algebra():
    norms = {"matrix_norm": lambda a: np.linalg.norm(a, axis=(-2, -1)), "cond": np.linalg.cond, "trace": trace,
             "svdvals": np.linalg.svdvals, "expm": scipy.linalg.expm, "qr": qr,
             "matrix_power": lambda a: np.linalg.matrix_power(a, 3)}
    for shape in [(), (0,), (3,), (0, 0), (3, 0), (0, 3), (1, 1), (2, 3), (3, 3), (0, 3, 3), (2, 0, 0), (2, 3, 3)]:
        a = numbers(shape)
        for name in ["inv", "det", "slogdet", "pinv", "matrix_rank"]:
            yield Edge(name, [a], getattr(np.linalg, name))
        for name, function in norms.items():
            yield Edge(name, [a], function, n=3)
        square = len(shape) > 1 and shape[-1] == shape[-2]
        for name in ["cholesky", "eigvalsh"]:
            yield Edge(name, [a @ a.swapaxes(-1, -2) if square else a], getattr(np.linalg, name))
    for a, b in PAIRS:
        yield Edge("solve", [numbers(a), numbers(b)], np.linalg.solve)
        yield Edge("lstsq", [numbers(a), numbers(b)], lambda x, y: np.linalg.lstsq(x, y)[0])
    broken = {"singular": np.ones((3, 3)), "nan": np.full((3, 3), np.nan), "inf": np.diag([1.0, np.inf, 2])}
    for kind, a in broken.items():
        yield Edge("inv", [a], np.linalg.inv)
        yield Edge("solve", [a, np.ones(3)], np.linalg.solve)
        yield Edge("cholesky", [a], np.linalg.cholesky)
        if kind != "singular":
            for name in ["svdvals", "eigvalsh", "pinv"]:
                yield Edge(name, [a], getattr(np.linalg, name))


def trace(a):
    return np.trace(a, axis1=-2, axis2=-1)


def qr(a):
    q, r = np.linalg.qr(a)
    return [q @ r, np.abs(r)]


FAMILIES = {f.__name__: f for f in [elementwise, reductions, shapes, joining, products, signals, algebra]}
