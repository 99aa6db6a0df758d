"""Linear algebra, einsum, Fourier transforms and signals, against NumPy and SciPy at random points."""

import numpy as np
import pytest
import scipy.linalg
import scipy.signal

import tensor_files


@pytest.fixture(scope="module")
def compute(shared_kernel, tmp_path_factory):
    """A function that hands arrays to the lines of a cell and gives what it puts in `out`."""
    folder = tmp_path_factory.mktemp("arrays")
    shared_kernel.ok("import Martlet")
    count = iter(range(1_000_000))

    def run(lines, **arrays):
        number = next(count)
        source, target = folder / f"in-{number}", folder / f"out-{number}"
        tensor_files.write(source, arrays)
        loads = [
            f'  let {name} = try file.tensor("{name}", as: '
            f'{"Double" if value.dtype == np.float64 else "Float"}.self)'
            for name, value in arrays.items()
        ]
        # A function, so that the cell leaves no names behind.
        code = "\n".join(
            [f"func work{number}() throws {{", f'  let file = try Safetensors.read("{source}")']
            + loads
            + ["  var out: [String: any AnyTensor] = [:]"]
            + [f"  {line}" for line in lines.strip().splitlines()]
            + [f'  try Safetensors.write(out, to: "{target}")', "}", f"try work{number}()"]
        )
        shared_kernel.ok(code)
        return tensor_files.read(target)

    return run


def close(actual, expected, tolerance=1e-9):
    expected = np.asarray(expected)
    assert actual.shape == expected.shape
    scale = max(np.abs(expected).max(initial=0), 1)
    assert np.abs(actual - expected).max(initial=0) <= tolerance * scale


def test_linear_algebra(compute):
    random = np.random.default_rng(1)
    a = random.standard_normal((3, 6, 6))
    b = random.standard_normal((6, 2))
    tall = random.standard_normal((2, 9, 4))
    right = random.standard_normal((2, 9, 3))
    positive = a @ a.swapaxes(1, 2) + np.eye(6)
    got = compute(
        """
        out["solve"] = try solve(a, b)
        out["inverse"] = try inverse(a)
        out["determinant"] = try determinant(a)
        out["logDeterminant"] = try logDeterminant(a).logAbsolute
        out["sign"] = try logDeterminant(a).sign
        out["cholesky"] = try cholesky(positive)
        out["singular"] = try singularValues(tall)
        out["pinv"] = try pseudoInverse(tall)
        out["eigh"] = try eigenvaluesSymmetric(positive)
        out["r"] = try qr(tall).r
        out["expm"] = try matrixExponential(a)
        out["power"] = try matrixPower(a, -3)
        out["rank"] = try matrixRank(tall)
        out["cond"] = try conditionNumber(a)
        out["norm"] = try matrixNorm(tall, .nuclear)
        out["lstsq"] = try leastSquares(tall, right).solution
        let e = try eigenvalues(a)
        out["real"] = e.real.contiguous()
        out["imaginary"] = e.imaginary.contiguous()
        let f = try lu(tall)
        out["l"] = f.l
        out["u"] = f.u
        """,
        a=a, b=b, tall=tall, positive=positive, right=right,
    )
    close(got["solve"], np.linalg.solve(a, np.broadcast_to(b, (3, 6, 2))))
    close(got["inverse"], np.linalg.inv(a))
    close(got["determinant"], np.linalg.det(a))
    sign, logarithm = np.linalg.slogdet(a)
    close(got["sign"], sign)
    close(got["logDeterminant"], logarithm)
    close(got["cholesky"], np.linalg.cholesky(positive))
    close(got["singular"], np.linalg.svd(tall, compute_uv=False))
    close(got["pinv"], np.linalg.pinv(tall))
    close(got["eigh"], np.linalg.eigvalsh(positive))
    close(got["r"], np.linalg.qr(tall).R)
    close(got["expm"], scipy.linalg.expm(a))
    close(got["power"], np.linalg.matrix_power(a, -3), 1e-7)
    assert (got["rank"] == np.linalg.matrix_rank(tall)).all()
    close(got["cond"], np.linalg.cond(a))
    for number in range(2):
        close(got["lstsq"][number], np.linalg.lstsq(tall[number], right[number])[0])
    close(got["norm"], np.linalg.norm(tall, "nuc", axis=(1, 2)))
    values = np.linalg.eigvals(a)
    close(got["real"] + 1j * got["imaginary"], values)
    for number in range(2):
        _, lower, upper = scipy.linalg.lu(tall[number])
        close(got["l"][number], lower)
        close(got["u"][number], upper)


FORMULAS = [
    ("ij,jk", [(3, 4), (4, 5)]), ("ij,kj->ki", [(3, 4), (5, 4)]), ("bij,bjk->bik", [(2, 3, 4), (2, 4, 5)]),
    ("...ij,...jk", [(2, 1, 3, 4), (5, 4, 2)]), ("ii->i", [(4, 4)]), ("ijk->kij", [(2, 3, 4)]),
    ("i,j,k->kji", [(2,), (3,), (4,)]), ("ab,bc,cd,de->ae", [(2, 3), (3, 4), (4, 5), (5, 2)]),
    ("ij,ij", [(3, 4), (3, 4)]), ("ji,...i", [(3, 4), (2, 4)]), ("i...,i...->...", [(3, 2, 2), (3, 2, 1)]),
    ("aab,b->a", [(3, 3, 2), (2,)]), ("abc,adc,bd->c", [(2, 3, 4), (2, 5, 4), (3, 5)]),
]


def test_einsum(compute):
    random = np.random.default_rng(2)
    arrays, lines, expected = {}, [], {}
    for number, (formula, shapes) in enumerate(FORMULAS):
        operands = [random.standard_normal(shape) for shape in shapes]
        names = [f"x{number}y{place}" for place in range(len(shapes))]
        arrays.update(zip(names, operands))
        lines.append(f'out["e{number}"] = einsum("{formula}", {", ".join(names)}).contiguous()')
        expected[f"e{number}"] = np.einsum(formula, *operands)
    got = compute("\n".join(lines), **arrays)
    for name, value in expected.items():
        close(got[name], value, 1e-12)


@pytest.mark.parametrize("kind, tolerance", [(np.float64, 1e-14), (np.float32, 5e-6)])
def test_every_length_of_fourier_transforms(compute, kind, tolerance):
    random = np.random.default_rng(3)
    x = random.standard_normal((2, 300)).astype(kind)
    part = "Double" if kind == np.float64 else "Float"
    lengths = [*range(1, 301), 509, 521, 1021, 1024, 2187, 4093, 10007]
    got = compute(
        f"""
        for n in {lengths} {{
          let z = Tensor<Complex<{part}>>(real: x[0], imaginary: x[1])
          let y = fft(z, length: n)
          out["r\\(n)"] = y.real.contiguous()
          out["i\\(n)"] = y.imaginary.contiguous()
          let h = rfft(x[0], length: n)
          out["hr\\(n)"] = h.real.contiguous()
          out["hi\\(n)"] = h.imaginary.contiguous()
          out["back\\(n)"] = irfft(z, length: n)
        }}
        """,
        x=x,
    )
    wide = x.astype(np.float64)
    z = wide[0] + 1j * wide[1]
    for n in lengths:
        close(got[f"r{n}"] + 1j * got[f"i{n}"], np.fft.fft(z, n), tolerance * 10)
        close(got[f"hr{n}"] + 1j * got[f"hi{n}"], np.fft.rfft(wide[0], n), tolerance * 10)
        close(got[f"back{n}"], np.fft.irfft(z, n), tolerance * 10)


def test_fourier_transforms_of_images(compute):
    random = np.random.default_rng(4)
    x = random.standard_normal((5, 12, 14))
    got = compute(
        """
        let y = rfftn(x, axes: [0, 1], norm: .ortho)
        out["r"] = y.real.contiguous()
        out["i"] = y.imaginary.contiguous()
        let z = fftn(Tensor<Complex<Double>>(real: x, imaginary: x * x))
        out["zr"] = z.real.contiguous()
        out["zi"] = z.imaginary.contiguous()
        """,
        x=x,
    )
    close(got["r"] + 1j * got["i"], np.fft.rfftn(x, axes=(0, 1), norm="ortho"))
    close(got["zr"] + 1j * got["zi"], np.fft.fftn(x + 1j * x * x))


def test_signals(compute):
    random = np.random.default_rng(5)
    x, y = random.standard_normal(50), random.standard_normal(7)
    image, kernel = random.standard_normal((2, 3, 9, 8)), random.standard_normal((4, 3, 3, 2))
    got = compute(
        """
        out["full"] = convolve(x, y)
        out["same"] = convolve(x, y, mode: .same).contiguous()
        out["valid"] = correlate(x, y).contiguous()
        out["hann"] = SignalWindow.hann.weights(50, as: Double.self)
        out["kaiser"] = SignalWindow.kaiser(beta: 8.6).weights(50, as: Double.self)
        out["blackman"] = SignalWindow.blackman.weights(50, as: Double.self)
        out["fit"] = try polyFit(x, convolve(x, y, mode: .same), degree: 3)
        out["straight"] = interpolate(x, Tensor<Double>.linspace(-1, 1, count: 7), y)
        out["conv"] = conv2d(image, kernel)
        """,
        x=x, y=y, image=image, kernel=kernel,
    )
    close(got["full"], np.convolve(x, y))
    close(got["same"], np.convolve(x, y, "same"))
    close(got["valid"], np.correlate(x, y))
    close(got["hann"], np.hanning(50))
    close(got["kaiser"], np.kaiser(50, 8.6))
    close(got["blackman"], np.blackman(50), 1e-15)
    close(got["fit"], np.polynomial.polynomial.polyfit(x, np.convolve(x, y, "same"), 3))
    close(got["straight"], np.interp(x, np.linspace(-1, 1, 7), y))
    for batch in range(2):
        for out in range(4):
            close(
                got["conv"][batch, out],
                sum(
                    scipy.signal.correlate2d(image[batch, c], kernel[out, c], "valid")
                    for c in range(3)
                ),
            )
