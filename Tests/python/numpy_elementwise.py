"""Operations of single elements, as drawn cases."""

import numpy as np

from numpy_cases import ALL, FLOATS, INTS, NUMBERS, REALS, broadcastable, operation


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
