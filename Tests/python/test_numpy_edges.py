"""Every operation at its edges: what NumPy computes is computed, what it refuses stops with a message that says why."""

import os
import re

import numpy_edges
import pytest
from numpy_cases import check, compute

EVERY = "MARTLET_EVERY_EDGE" in os.environ
# What a message calls an operation, where that is not NumPy's name.
NAMES = {
    "add": "+", "add_in_place": "+=", "divide": "/", "less": ".<", "equal": ".==", "arctan2": "atan2", "power": "pow",
    "where": "select", "var": "variance", "nansum": "nanSum", "nanmean": "nanMean", "nanmax": "nanMax",
    "nanmin": "nanMin", "nanvar": "nanVariance", "nanmedian": "nanMedian", "sort": "sorted", "argsort": "argsorted",
    "logsumexp": "logSumExp", "norm": "vectorNorm", "expand_dims": "expandingDims", "squeeze": "squeezed",
    "swapaxes": "swappingAxes", "moveaxis": "movingAxis", "flip": "flipped", "roll": "rolled", "unstack": "unstacked",
    "repeat": "repeating", "array_split": "split", "windows": "slidingWindows", "reshape": "reshaped",
    "broadcast_to": "broadcast", "transpose": "permuted", "rot90": "rotated90", "tile": "tiled", "pad": "padded",
    "column_stack": "columnStack", "fftshift": "fftShift", "polyval": "polyEvaluate", "interp": "interpolate",
    "inv": "inverse", "det": "determinant", "slogdet": "logDeterminant", "pinv": "pseudoInverse",
    "matrix_rank": "matrixRank", "matrix_norm": "matrixNorm", "cond": "conditionNumber", "svdvals": "singularValues",
    "expm": "matrixExponential", "matrix_power": "matrixPower", "eigvalsh": "eigenvaluesSymmetric",
    "lstsq": "leastSquares",
}

# Refused although NumPy computes something, as that is hardly what was meant.
REFUSED = {
    "reshape": "any negative length is the unknown one",
    "diff": "of order 0, the axis is not looked at",
    "windows": "of size 0",
    "tril": "of a vector, a matrix of its copies",
    "triu": "of a vector, a matrix of its copies",
    "tile": "a negative count is 0",
    "take": "without other elements, indices are not looked at",
    "convolve": "of scalars",
    "correlate": "of scalars",
    "tensordot": "a negative count of axes",
    "cross": "of two-dimensional vectors, which are going to be refused there, too",
    "matrix_rank": "of vectors, whether some element is not 0",
    "expm": "of a scalar",
    "svdvals": "of matrices with NaN or infinity",
    "pinv": "of matrices with NaN or infinity",
}
# Computed for batches, which NumPy refuses.
COMPUTED = {"lstsq"}

# An operation's name and what is wrong, from the library: not a trap of Swift's own.
MESSAGE = re.compile(r"(?:(?:Tensors|BLAS)/\S+ Fatal error: )?(\S+): (.{20,})")


def difference(case, answer):
    """How an answer differs from NumPy's, or None."""
    if isinstance(answer, str):
        found = MESSAGE.match(answer)
        if not found or found[1] != NAMES.get(case.operation, case.operation):
            return f"said {answer[:300]!r}"
        if isinstance(case.expected, Exception):
            return None
        # NumPy lets a scalar have an axis in some operations.
        if "of a scalar; a tensor of rank 0 has no axes" in answer:
            return None
        if case.operation in REFUSED:
            return None
        return f"refused what NumPy computes: {answer[:300]!r}"
    if isinstance(case.expected, Exception):
        if case.operation in COMPUTED:
            return None
        return f"computed {[part.shape for part in answer]}, where NumPy says {case.expected}"
    try:
        check(case, answer)
    except AssertionError as error:
        return " ".join(str(error).split())[:300]


def thinned(cases):
    """All that have a result, and some of each kind that have none, as each of these ends a process."""
    cases, kinds = list(cases), {}
    for case in cases:
        if isinstance(case.expected, Exception):
            kinds.setdefault((case.operation, type(case.expected)), []).append(case)
    kept = {id(case) for group in kinds.values() for case in (group if EVERY else group[:: len(group) // 4 + 1])}
    return [case for case in cases if not isinstance(case.expected, Exception) or id(case) in kept]


def describe(case):
    pairs = " ".join(f"{k}={v}" for k, v in case.parameters.items())
    return f"{pairs} of shapes " + " ".join(f"[{text.split('|')[1]}]" for text in case.operands)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("family", numpy_edges.FAMILIES)
def test_edges(family):
    cases = thinned(numpy_edges.FAMILIES[family]())
    failures = {}
    for case, answer in zip(cases, compute(cases), strict=True):
        found = difference(case, answer)
        if found:
            failures.setdefault(case.operation, []).append(f"{describe(case)}: {found}")
    report = "\n".join(f"{name}: {len(texts)} cases, as {texts[0]}" for name, texts in failures.items())
    assert not report, report
