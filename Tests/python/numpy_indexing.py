"""Reading and assigning by indices of every kind, as drawn cases."""

import numpy as np

from numpy_cases import broadcastable, commas, operation, pick


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
