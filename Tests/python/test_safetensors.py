"""Safetensors files, exchanged with the package of that name in both directions."""

import json
import struct

import numpy
import pytest
from safetensors.numpy import load_file, save_file

from test_files import TYPES, array, same

# The format has no complex numbers of two doubles.
KINDS = [(name, swift) for name, swift in TYPES if name != "complex128"]


@pytest.mark.parametrize("mapped", [False, True])
def test_files_cross_both_ways(kernel, tmp_path, mapped):
    source, out = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    arrays = {}
    for name, _ in KINDS:
        for kind, shape in {"a": (2, 3, 4), "scalar": (), "none": (0, 2), "é\"": (7,)}.items():
            arrays[f"{name}/{kind}"] = numpy.asarray(array(name, shape))
    save_file(arrays, source, metadata={"format": "np", "note": "a \"b\"\n"})
    code = [
        "import Martlet",
        f'let archive = try Safetensors.read("{source}", mapped: {str(mapped).lower()})',
        "var all: [String: any AnyTensor] = [:]",
        "for name in archive.names {", "  switch archive.dataType(of: name) {",
    ]
    for name, swift in KINDS:
        code.append(f"  case .{name}: all[name] = try archive.tensor(name, as: {swift}.self)")
    code += [
        "  default: break", "  }", "}",
        f'try Safetensors.write(all, to: "{out}", metadata: archive.metadata)',
    ]
    kernel.ok("\n".join(code))
    again = load_file(out)
    assert sorted(again) == sorted(arrays)
    for name, values in arrays.items():
        same(again[name], values)
    data = out.read_bytes()
    header = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
    assert header["__metadata__"] == {"format": "np", "note": "a \"b\"\n"}


def test_numbers_of_brain_floats_keep_their_bits(kernel, tmp_path):
    bits = numpy.arange(0, 65536, 7, dtype="uint16")
    header = json.dumps({"x": {"dtype": "BF16", "shape": [len(bits)], "data_offsets": [0, 2 * len(bits)]}}).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bits.tobytes())
    kernel.ok(
        "import Martlet\n"
        f'let x = try Safetensors.read("{tmp_path}/a.safetensors").tensor("x", as: BFloat16.self)\n'
        f'try Safetensors.write(["x": x], to: "{tmp_path}/b.safetensors")')
    assert (tmp_path / "b.safetensors").read_bytes()[-2 * len(bits):] == bits.tobytes()


def test_files_of_damaged_headers_are_refused_by_both(kernel, tmp_path):
    from safetensors import SafetensorError

    def file(header, data=b"", length=None):
        text = header if isinstance(header, bytes) else json.dumps(header).encode()
        return struct.pack("<Q", len(text) if length is None else length) + text + data

    a = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    files = {
        "too long": file(b"{}", length=1 << 62),
        "no json": file(b"{'a'}"),
        "short": file({"a": a}, b"1234"),
        "hole": file({"a": a | {"data_offsets": [4, 12]}}, bytes(12)),
        "overlap": file({"a": a, "b": a}, bytes(8)),
        "large": file({"a": a | {"shape": [1 << 40]}}, bytes(8)),
        "backwards": file({"a": a | {"data_offsets": [8, 0]}}, bytes(8)),
        "rest": file({"a": a}, bytes(9)),
    }
    kernel.ok("import Martlet")
    for name, data in files.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(data)
        with pytest.raises(SafetensorError):
            load_file(path)
        error = kernel.fails(f'let archive = try Safetensors.read("{path}")')
        assert str(path) in str(error)
