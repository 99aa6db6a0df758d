#!/usr/bin/env python3
"""Measures cells that use tensors beside cells of the same contents that use arrays of Float.

    .venv/bin/python benchmarks/tensor_cells.py [--cells 9]

Each cell declares new names; the two kinds take turns, so that a busy moment meets both. The figure is the time from the
request to the idle status, nearly all of it compilation.
"""

import argparse
import statistics
import time

from kernel import Kernel

PAIRS = {
    "expression, sum, print": (
        "let a@: [Float] = [1, 2, 3]\nlet b@: [Float] = [4, 5, 6]\nvar c@ = a@\n"
        "for i in c@.indices { c@[i] = a@[i] * 2 + b@[i] }\nlet total@ = c@.reduce(0, +)\nprint(total@, c@)",
        "let a@: Tensor<Float> = [1, 2, 3]\nlet b@: Tensor<Float> = [4, 5, 6]\nvar c@ = a@ * 2 + b@\n"
        "let total@ = c@.sum()\nprint(total@, c@)",
    ),
    "largest element": (
        "let x@: [Float] = [1, 2, 3]\nx@.max()",
        "let x@: Tensor<Float> = [1, 2, 3]\nx@.max()",
    ),
    "numbers in order": (
        "let e@ = (0..<10).map { Float($0) }\ne@.map { $0 * 2 }",
        "let e@ = Tensor<Float>.arange(10)\ne@ * 2",
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=9)
    count = parser.parse_args().cells
    kernel, number = Kernel("swift"), 0

    def timed(code):
        nonlocal number
        number += 1
        # The next compiler gets ready while the user types.
        time.sleep(0.3)
        return kernel.execute(code.replace("@", str(number)))[0]

    try:
        before = statistics.median(timed("1 + 1") for _ in range(count))
        timed("import Martlet")
        after = statistics.median(timed("1 + 1") for _ in range(count))
        print(f"{'milliseconds':26}{'[Float]':>10}{'Tensor':>10}{'ratio':>8}")
        for name, codes in PAIRS.items():
            rounds = [[timed(code) for code in codes] for _ in range(count)]
            arrays, tensors = (statistics.median(column) for column in zip(*rounds))
            print(f"{name:26}{arrays * 1e3:10.0f}{tensors * 1e3:10.0f}{tensors / arrays:8.2f}")
        print(f"1 + 1: {before * 1e3:.0f} before import Martlet, {after * 1e3:.0f} after it")
    finally:
        kernel.stop()


if __name__ == "__main__":
    main()
