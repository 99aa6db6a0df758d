#!/usr/bin/env python3
"""Measures a long session of Martlet's kernel and of ipykernel, side by side.

    make bench-kernel
    .venv/bin/python benchmarks/session.py [--cells 1000]

What a cell costs must not depend on how many came before it: the table has the time of a cell that
declares a variable after 1, 10, 100, 200 and 1,000 of them, the median of the cells around, and at
the end in turns with a new session. Beside it: the least time of a cell, imports, interrupts in several states, arithmetic in plain code, and the
memory of all processes, compilers and completion included.
"""

import argparse
import os
import statistics
import sys
import time

import psutil
from kernel import Kernel

POINTS = (1, 10, 100, 200, 1000)
MATMUL_SWIFT = """
func multiply(_ n: Int) -> Double {
  let a = (0..<n * n).map { Double($0 % 7) }, b = (0..<n * n).map { Double($0 % 5) }
  var c = [Double](repeating: 0, count: n * n)
  for i in 0..<n { for j in 0..<n {
    var sum = 0.0
    for k in 0..<n { sum += a[i * n + k] * b[k * n + j] }
    c[i * n + j] = sum
  } }
  return c[n]
}
"""
MATMUL_PYTHON = """
def multiply(n):
    a = [float(i % 7) for i in range(n * n)]
    b = [float(i % 5) for i in range(n * n)]
    c = [0.0] * (n * n)
    for i in range(n):
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += a[i * n + k] * b[k * n + j]
            c[i * n + j] = total
    return c[n]
"""
CODE = {
    "swift": {
        "import": "import Foundation",
        "declare": "let declared{0} = {0}",
        "matmul": (
            MATMUL_SWIFT,
            "let taken = ContinuousClock().measure { _ = multiply(256) }\n"
            "print(taken / .milliseconds(1))",
        ),
        "complete": "declared",
        "states": {
            "spin": 'print("on")\nwhile true {}',
            "sleep": 'print("on")\nsleep(60)',
            "print": 'while true { print("on") }',
            "await": 'print("on")\ntry await Task.sleep(for: .seconds(10))',
        },
    },
    "python3": {
        "import": "import json, datetime, urllib.request",
        "declare": "declared{0} = {0}",
        "matmul": (
            MATMUL_PYTHON,
            "import time\nstart = time.perf_counter()\nmultiply(256)\n"
            "print((time.perf_counter() - start) * 1000)",
        ),
        "complete": "declared",
        "states": {
            "spin": 'print("on", flush=True)\nwhile True: pass',
            "sleep": 'import time\nprint("on", flush=True)\ntime.sleep(60)',
            "print": 'while True: print("on")',
            "await": 'import asyncio\nprint("on", flush=True)\nawait asyncio.sleep(10)',
        },
    },
}


def memory(kernel):
    """MiB of PSS of the kernel and everything that it has started."""
    root = psutil.Process(kernel.manager.provisioner.pid)
    total = 0.0
    for process in [root, *root.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss / 2**20
        except psutil.NoSuchProcess:
            continue
    return total


def interrupt(kernel, code):
    """Milliseconds from an interrupt to the idle status."""
    sent = []

    def stop(_):
        if not sent:
            time.sleep(0.2)
            sent.append(time.perf_counter())
            kernel.manager.interrupt_kernel()

    kernel.execute(code, status="error", on_stream=stop)
    return (time.perf_counter() - sent[0]) * 1000


def measure(name, cells):
    code = CODE[name]
    kernel = Kernel(name)
    figures = {}
    try:
        figures["first cell, an import"] = kernel.execute(code["import"])[0] * 1000
        for title, pause, count in (("1+1", 0, 50), ("1+1 after a pause", 4, 5)):
            times = []
            for _ in range(count):
                time.sleep(pause)
                times.append(kernel.execute("1+1")[0] * 1000)
            figures[f"{title}, least of {count}"] = min(times)
            figures[f"{title}, median"] = statistics.median(times)
            figures[f"{title}, most"] = max(times)
        for state, text in code["states"].items():
            figures[f"interrupt: {state}"] = interrupt(kernel, text)
        define, call = code["matmul"]
        kernel.execute(define)
        printed = []
        for _ in range(3):
            kernel.execute(call, on_stream=printed.append)
        figures["256³ products of plain code"] = min(map(float, "".join(printed).split()))
        kernel.request("complete_request", {"code": code["complete"], "cursor_pos": 3})
        time.sleep(15)
        figures["memory after a completion"] = memory(kernel)
        declared = [
            kernel.execute(code["declare"].format(number))[0] * 1000
            for number in range(1, cells + 1)
        ]
        for point in POINTS:
            if point <= cells:
                around = declared[max(point - 6, 0):point + 4]
                figures[f"declaring cell {point}"] = statistics.median(around)
        time.sleep(15)
        after = memory(kernel)
        figures["growth per declaring cell"] = (
            (after - figures["memory after a completion"]) / cells * 1024
        )
        old, new = beside_a_new_session(kernel, name, cells)
        figures[f"declaring cell after {cells}, beside"] = old
        figures["one of a new session, beside"] = new
        return figures
    finally:
        kernel.stop()


def beside_a_new_session(kernel, name, cells):
    """Median milliseconds of declaring cells here and in a new session, in turns.

    Only so does the machine's own unsteadiness, of a third within minutes, not pass for growth.
    """
    code = CODE[name]
    other = Kernel(name)
    try:
        other.execute(code["import"])
        times = {kernel: [], other: []}
        for number in range(cells + 1, cells + 31):
            for one, spent in times.items():
                spent.append(one.execute(code["declare"].format(number))[0] * 1000)
        return [statistics.median(spent) for spent in times.values()]
    finally:
        other.stop()


def unit(title):
    return "KiB" if title.startswith("growth") else "MiB" if title.startswith("memory") else "ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=1000, help="declaring cells (1000)")
    cells = parser.parse_args().cells
    results = {}
    for name in CODE:
        print(f"a session of {cells} declaring cells: {name}", file=sys.stderr, flush=True)
        results[name] = measure(name, cells)
    print(f"one session each, load {os.getloadavg()[0]:.1f}\n")
    print(f"{'':36}{'Martlet':>13}{'ipykernel':>13}{'ratio':>8}")
    for title, ours in results["swift"].items():
        theirs = results["python3"][title]
        ratio = f"{ours / theirs:.2f}" if theirs > 0 else "-"
        print(f"{title:36}{ours:>9.1f} {unit(title):3}{theirs:>9.1f} {unit(title):3}{ratio:>8}")


if __name__ == "__main__":
    main()
