"""Files of arrays, exchanged with NumPy in both directions."""

import gzip
import zipfile

import numpy
import pytest

# NumPy's type and ours.
TYPES = [
    ("bool", "Bool"),
    ("int8", "Int8"),
    ("int16", "Int16"),
    ("int32", "Int32"),
    ("int64", "Int"),
    ("uint8", "UInt8"),
    ("uint16", "UInt16"),
    ("uint32", "UInt32"),
    ("uint64", "UInt64"),
    ("float16", "Float16"),
    ("float32", "Float"),
    ("float64", "Double"),
    ("complex64", "Complex<Float>"),
    ("complex128", "Complex<Double>"),
]


def array(name, shape):
    """Numbers that differ, of both signs where there are two, and of every byte."""
    generator = numpy.random.default_rng(len(name) + len(shape))
    dtype = numpy.dtype(name)
    size = int(numpy.prod(shape))
    if dtype.kind in "iu":
        raw = generator.integers(0, 256, size * dtype.itemsize, dtype=numpy.uint8)
        return raw.view(dtype).reshape(shape)
    if dtype.kind == "b":
        return generator.integers(0, 2, shape).astype(bool)
    values = generator.normal(size=shape) * 100
    if dtype.kind == "c":
        values = values + 1j * generator.normal(size=shape)
    return values.astype(dtype)


def same(a, b):
    assert a.dtype == b.dtype and a.shape == b.shape
    assert a.tobytes() == b.tobytes()


def test_npy_files_cross_both_ways(kernel, tmp_path):
    code, expected = ["import Martlet"], {}
    for name, swift in TYPES:
        for kind, shape in {"c": (2, 3, 4), "f": (3, 5), "scalar": (), "none": (0, 2)}.items():
            values = array(name, shape)
            if kind == "f":
                values = numpy.asfortranarray(values)
            for order in "<>":
                file = tmp_path / f"{name}-{kind}-{'be' if order == '>' else 'le'}.npy"
                numpy.save(file, values.astype(values.dtype.newbyteorder(order), order="K"))
                out = file.with_suffix(".out.npy")
                mapped, fortran = str(order == "<").lower(), str(kind == "f").lower()
                code.append(f'copy("{file}", "{out}", {swift}.self, {mapped}, {fortran})')
                expected[out] = values
    kernel.ok(
        "import Martlet\n"
        "func copy<S: TensorScalar>(\n"
        "  _ from: String, _ to: String, _ type: S.Type, _ mapped: Bool, _ fortranOrder: Bool\n"
        ") {\n"
        "  do {\n"
        "    let x = try NPY.read(from, as: type, mapped: mapped)\n"
        "    try NPY.write(x, to: to, fortranOrder: fortranOrder)\n"
        "  } catch { print(error) }\n"
        "}"
    )
    assert kernel.ok("\n".join(code)).stream() == ""
    for file, values in expected.items():
        again = numpy.load(file)
        same(again, values)
        assert again.flags.f_contiguous or not values.flags.f_contiguous


@pytest.mark.parametrize("compressed", [False, True])
def test_npz_files_cross_both_ways(kernel, tmp_path, compressed):
    code, expected = ["import Martlet"], {}
    for name, swift in TYPES:
        file, out = tmp_path / f"{name}.npz", tmp_path / f"{name}.out.npz"
        arrays = {
            "a": array(name, (2, 3, 4)),
            "folder/b": array(name, ()),
            "é": array(name, (300, 40)),
            "f": numpy.asfortranarray(array(name, (4, 2))),
        }
        (numpy.savez_compressed if compressed else numpy.savez)(file, **arrays)
        expected[out] = arrays
        code.append(f'copy("{file}", "{out}", {swift}.self)')
    kernel.ok(
        "import Martlet\n"
        "func copy<S: TensorScalar>(_ from: String, _ to: String, _ type: S.Type) {\n"
        "  do {\n"
        "    let archive = try NPZ.read(from)\n"
        "    var all: [String: any AnyTensor] = [:]\n"
        "    for name in archive.names { all[name] = try archive.tensor(name, as: type) }\n"
        f"    try NPZ.write(all, to: to, compressed: {str(compressed).lower()})\n"
        "  } catch { print(error) }\n"
        "}"
    )
    shown = kernel.ok("\n".join(code)).stream()
    assert shown == ""
    for file, arrays in expected.items():
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
        with numpy.load(file) as again:
            assert sorted(again.files) == sorted(arrays)
            for name, values in arrays.items():
                same(again[name], values)


def test_gzipped_idx_files_of_python_are_read(kernel, tmp_path):
    values = array("uint8", (5, 4, 3))
    header = bytes([0, 0, 8, 3]) + numpy.array(values.shape, ">u4").tobytes()
    with gzip.open(tmp_path / "images.gz", "wb") as file:
        file.write(header + values.tobytes())
    kernel.ok(f'import Martlet\nlet x: Tensor<UInt8> = try IDX.read("{tmp_path}/images.gz")')
    assert kernel.ok("x.shape").value == "[5, 4, 3]"
    assert kernel.ok("x.scalars").value == str(values.ravel().tolist())


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_every_version_of_npy_is_read(kernel, tmp_path, version):
    with open(tmp_path / "v.npy", "wb") as file:
        numpy.lib.format.write_array(file, numpy.arange(6.0).reshape(2, 3), version=version)
    kernel.ok(f'import Martlet\nlet v = try NPY.read("{tmp_path}/v.npy", as: Double.self)')
    assert kernel.ok("v.scalars").value == "[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]"


def test_what_tensors_cannot_hold_is_refused_by_name(kernel, tmp_path):
    kernel.ok("import Martlet")
    refused = {
        "objects": numpy.array([1, "a", None], dtype=object),
        "texts": numpy.array(["a", "bc"]),
        "fields": numpy.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]),
        "dates": numpy.array(["2026-01-01"], dtype="datetime64[D]"),
        "long": numpy.zeros(2, dtype=numpy.longdouble),
    }
    for name, values in refused.items():
        file = tmp_path / f"{name}.npy"
        numpy.save(file, values, allow_pickle=True)
        error = kernel.fails(f'let x = try NPY.read("{file}", as: Float.self)')
        assert f"{file} has elements of type" in str(error)
        assert "astype" in str(error)
