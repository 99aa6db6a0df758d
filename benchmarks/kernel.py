#!/usr/bin/env python3
"""Measures Martlet's kernel and ipykernel side by side, from outside, as a frontend sees them.

    make bench-kernel
    .venv/bin/python benchmarks/kernel.py [--starts 5] [--cells 50] [--json FILE]

Both kernels are started in turn, so that a busy moment of the machine meets both. Every figure is
the median over the starts. Messages are read straight from the sockets, so that no time of the
client library is in them. Memory is that of all processes of a kernel, at rest after the first
cell; PSS shares a library's pages among the processes that use it, RSS counts them for each.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time

import psutil
import zmq
from jupyter_client.manager import KernelManager

CODE = {
    "swift": {
        "print": 'for _ in 0..<100_000 { print(String(repeating: "x", count: 80)) }',
        "spin": 'print("on")\nwhile true {}',
    },
    "python3": {
        "print": 'for _ in range(100_000): print("x" * 80)',
        "spin": 'print("on", flush=True)\nwhile True: pass',
    },
}
PRINTED_BYTES = 100_000 * 81
LIMIT = 180
# What waits for work beside the kernel and the worker is counted by itself.
COMPILERS = ("swift-frontend", "swiftc", "ld", "ld.lld")


class Kernel:
    """One started kernel; `execute` measures until the idle status."""

    def __init__(self, name):
        self.name = name
        start = time.perf_counter()
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(stdout=sys.stderr, stderr=sys.stderr)
        self.client = self.manager.client()
        self.client.start_channels(hb=False)
        self.shell = self.client.shell_channel.socket
        self.iopub = self.client.iopub_channel.socket
        self.request("kernel_info_request", {})
        self.start_seconds = time.perf_counter() - start
        # Before anything is timed, broadcasts have to arrive.
        end = time.perf_counter() + 10
        while time.perf_counter() < end:
            self.request("kernel_info_request", {})
            if self.iopub.poll(100):
                break
        while self.iopub.poll(100):
            self.receive(self.iopub)

    def receive(self, socket):
        _, parts = self.client.session.feed_identities(socket.recv_multipart())
        return self.client.session.deserialize(parts)

    def request(self, kind, content):
        message = self.client.session.send(self.shell, kind, content)
        while True:
            if not self.shell.poll(LIMIT * 1000):
                raise TimeoutError(f"{self.name} did not answer {kind} within {LIMIT} s")
            reply = self.receive(self.shell)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]

    def execute(self, code, status="ok", on_stream=None):
        """Runs a cell; gives the seconds until it was idle and the bytes that it printed."""
        content = {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": True,
        }
        start = time.perf_counter()
        message = self.client.session.send(self.shell, "execute_request", content)
        identity = message["header"]["msg_id"]
        printed = 0
        seconds = None
        poller = zmq.Poller()
        poller.register(self.shell, zmq.POLLIN)
        poller.register(self.iopub, zmq.POLLIN)
        reply = None
        while seconds is None or reply is None:
            ready = dict(poller.poll(LIMIT * 1000))
            if not ready:
                raise TimeoutError(f"{self.name} did not end a cell within {LIMIT} s:\n{code}")
            if self.iopub in ready:
                broadcast = self.receive(self.iopub)
                if broadcast["parent_header"].get("msg_id") == identity:
                    kind, said = broadcast["msg_type"], broadcast["content"]
                    if kind == "stream":
                        printed += len(said["text"].encode())
                        if on_stream:
                            on_stream(said["text"])
                    elif kind == "status" and said["execution_state"] == "idle":
                        seconds = time.perf_counter() - start
            if self.shell in ready:
                answer = self.receive(self.shell)
                if answer["parent_header"].get("msg_id") == identity:
                    reply = answer["content"]
        if reply["status"] != status:
            raise RuntimeError(f"{self.name}: {code!r} ended with {reply}")
        return seconds, printed

    def memory(self):
        """MiB of RSS and PSS of the kernel with its worker, and PSS of waiting compilers."""
        kernel = psutil.Process(self.manager.provisioner.pid)
        figures = {"rss": 0.0, "pss": 0.0, "compiler": 0.0}
        for process in [kernel, *kernel.children(recursive=True)]:
            try:
                full = process.memory_full_info()
                if process.name().startswith(COMPILERS):
                    figures["compiler"] += full.pss / 2**20
                else:
                    figures["rss"] += full.rss / 2**20
                    figures["pss"] += full.pss / 2**20
            except psutil.NoSuchProcess:
                continue
        return figures

    def interrupt(self):
        """Milliseconds from the interrupt of an endless loop to the idle status."""
        sent = []

        def stop(_):
            if not sent:
                time.sleep(0.2)  # The loop shall be running, not starting.
                sent.append(time.perf_counter())
                self.manager.interrupt_kernel()

        self.execute(CODE[self.name]["spin"], status="error", on_stream=stop)
        return (time.perf_counter() - sent[0]) * 1000

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def measure(name, cells):
    """Everything about one start of a kernel, in the table's units."""
    kernel = Kernel(name)
    try:
        figures = {"start": kernel.start_seconds * 1000}
        figures["first"] = kernel.execute("1+1")[0] * 1000
        times = sorted(kernel.execute("1+1")[0] * 1000 for _ in range(cells))
        figures["least"] = times[0]
        figures["median"] = statistics.median(times)
        figures["p99"] = times[min(len(times) - 1, int(len(times) * 0.99))]
        time.sleep(1)
        memory = kernel.memory()
        figures |= {"rss": memory["rss"], "pss": memory["pss"], "compiler": memory["compiler"]}
        seconds, printed = kernel.execute(CODE[name]["print"])
        figures["print"] = seconds * 1000
        if printed != PRINTED_BYTES:
            raise RuntimeError(f"{name} printed {printed} bytes of {PRINTED_BYTES}")
        figures["interrupt"] = kernel.interrupt()
        return figures
    finally:
        kernel.stop()


ROWS = [
    ("start", "start to first kernel_info_reply", "ms"),
    ("first", "first cell, 1+1", "ms"),
    ("least", "1+1 to idle, least", "ms"),
    ("median", "1+1 to idle, median", "ms"),
    ("p99", "1+1 to idle, 99th percentile", "ms"),
    ("print", "100,000 printed lines", "ms"),
    ("interrupt", "interrupt to idle", "ms"),
    ("pss", "memory at rest, PSS", "MiB"),
    ("rss", "memory at rest, RSS", "MiB"),
    ("compiler", "waiting compiler, PSS", "MiB"),
]


def table(results):
    lines = [
        f"{'':36}{'Martlet':>12}{'ipykernel':>12}{'ratio':>8}",
    ]
    for key, title, unit in ROWS:
        ours, theirs = results["swift"][key], results["python3"][key]
        ratio = f"{ours / theirs:.2f}" if theirs else "-"
        lines.append(f"{title:36}{ours:>8.1f} {unit:3}{theirs:>8.1f} {unit:3}{ratio:>8}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=5, help="starts of each kernel (5)")
    parser.add_argument("--cells", type=int, default=50, help="cells of 1+1 at each start (50)")
    parser.add_argument("--json", metavar="FILE", help="write every figure of every start there")
    arguments = parser.parse_args()
    starts = {name: [] for name in CODE}
    for number in range(1, arguments.starts + 1):
        for name in starts:
            print(f"start {number} of {arguments.starts}: {name}", file=sys.stderr, flush=True)
            starts[name].append(measure(name, arguments.cells))
    medians = {
        name: {key: statistics.median(start[key] for start in list_) for key, _, _ in ROWS}
        for name, list_ in starts.items()
    }
    load = os.getloadavg()[0]
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {load:.1f}; "
          f"medians of {arguments.starts} starts, {arguments.cells} cells each\n")
    print(table(medians))
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"starts": starts, "medians": medians, "load": load}, file, indent=1)


if __name__ == "__main__":
    main()
