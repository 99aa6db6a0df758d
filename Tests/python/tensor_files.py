"""Tensors to and from the kernel, in safetensors files written and read with NumPy alone."""

import json
import struct

import numpy as np

TYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64, "BOOL": np.bool_}


def write(path, arrays):
    """Writes arrays by name."""
    header, blocks, at = {}, [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array)
        kind = next(k for k, t in TYPES.items() if data.dtype == t)
        block = data.tobytes()
        header[name] = {
            "dtype": kind, "shape": list(data.shape), "data_offsets": [at, at + len(block)],
        }
        blocks.append(block)
        at += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def read(path):
    """Reads arrays by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    return {
        name: np.frombuffer(
            data[slice(*entry["data_offsets"])], dtype=TYPES[entry["dtype"]]
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }
