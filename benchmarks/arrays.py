#!/usr/bin/env python3
"""Times arrays, linear algebra and training beside NumPy, JAX, PyTorch, MLX and scikit-learn, as far as installed.

    make bench-arrays
    benchmarks/arrays.py [part of a workload's name ...] [--rounds 3] [--loaded]

Each library runs in a process of its own, all of them in turn and that several times over; the table has the medians, the
ratio to the fastest peer, what part of the time the machine's limits account for (1: as fast as it can be; see array_limits.py), and the
most memory while a workload ran. Numbers of one run may be compared, those of
different runs hardly: machines that others use change their speed. `--loaded` adds some workloads with four busy
processes beside them. The table becomes a run of the tracking store, unless it is of chosen workloads.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time

import array_limits

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(os.environ.get("MARTLET_BIN", os.path.join(HERE, "..", ".build", "release")), "ArrayBenchmark")
DIGITS = os.path.join(HERE, "..", "notebooks", "data", "digits.csv")
THREADS = len(os.sched_getaffinity(0))
LOADED = ["add_1e6", "exp_1e6", "sum_1e7", "gemm_f32_256", "mlp_digits_epoch", "logreg_1000it"]


class Timer:
    """Measures what is wanted and prints a line of JSON for each."""

    def __init__(self, only, sync, context):
        self.only, self.sync, self.context, self.threads = only, sync, context, THREADS

    def wants(self, *names):
        return not self.only or any(part in name or name in part for part in self.only for name in names)

    def __call__(self, name, run, accuracy=None):
        if self.only and not any(part in name for part in self.only):
            return
        work = (lambda: self.sync(run())) if self.sync else run
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # Counts the most memory afresh.
        work()
        first = min(self.sample(work, 1), self.sample(work, 1))
        inner = max(1, int(3 / max(first, 1e-5))) if first < 3 else 1
        samples, start = [], time.perf_counter()
        while len(samples) < 9 or time.perf_counter() - start < 0.35:
            samples.append(self.sample(work, inner) / inner)
            if time.perf_counter() - start > 4 and len(samples) >= 3:
                break
        with open("/proc/self/status") as file:
            peak = next(int(line.split()[1]) // 1024 for line in file if line.startswith("VmHWM"))
        row = {"workload": name, "ms": statistics.median(samples), "least": min(samples), "peak": peak}
        print(json.dumps(row if accuracy is None else {**row, "accuracy": accuracy}), flush=True)

    @staticmethod
    def sample(run, count):
        start = time.perf_counter()
        for _ in range(count):
            run()
        return (time.perf_counter() - start) * 1e3


def digits():
    """Images and labels to train with, and those held out: every fifth."""
    import numpy as np

    table = np.loadtxt(DIGITS, delimiter=",", skiprows=1, dtype=np.float32)
    x, y = table[:, :64] / 16, table[:, 64].astype(np.int64)
    held_out = np.arange(len(x)) % 5 == 0
    return x[~held_out], y[~held_out], x[held_out], y[held_out]


def run_peer(name, only):
    import array_peers
    import array_training

    if name == "sklearn":
        timer = Timer(only, None, None)
        return array_peers.sklearn_learners(timer, digits(), THREADS)
    peer = array_peers.Peer(name, THREADS)
    timer = Timer(only, peer.sync, peer.context)
    with peer.context():
        for family in array_peers.FAMILIES:
            family(peer, timer)
    training = {"numpy": array_peers.numpy_training, "torch": array_training.torch_training,
                "jax": array_training.jax_training}
    if name in training:
        training[name](peer, timer, digits())


def measure(programs, only, rounds):
    """The rows of each program by workload, as many as rounds."""
    results = {program: {} for program in programs}
    environment = {**os.environ, "JAX_PLATFORMS": "cpu"}
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[variable] = str(THREADS)
    for number in range(rounds):
        for program in programs:
            command = [OURS, ",".join(only), DIGITS] if program == "martlet" else [
                sys.executable, __file__, "--peer", program, *only]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
            for line in done.stdout.splitlines():
                row = json.loads(line)
                results[program].setdefault(row["workload"], []).append(row)
            print(f"round {number + 1} of {rounds}: {program}", file=sys.stderr, flush=True)
    return results


def table(results, programs, peaks):
    """Prints the table; gives its figures by name."""
    names = list(dict.fromkeys(name for rows in results.values() for name in rows))
    print(f"\n{'milliseconds':26}" + "".join(f"{p:>10}" for p in programs) + f"{'/ best':>8}{'limit':>7}{'MiB':>7}{'best':>7}")
    figures = {}
    for name in names:
        medians = {p: statistics.median(r["ms"] for r in results[p][name]) for p in programs if name in results[p]}
        memory = {p: max(r["peak"] for r in results[p][name]) for p in medians}
        figures |= {f"{name}.{p}_ms": ms for p, ms in medians.items()} | {f"{name}.{p}_mebibytes": m for p, m in memory.items()}
        for program, rows in ((p, results[p][name]) for p in medians):
            if "accuracy" in rows[-1]:
                figures[f"{name}.{program}_accuracy"] = rows[-1]["accuracy"]
        least = array_limits.limit(name, peaks)
        share = f"{least / medians['martlet']:7.2f}" if least and "martlet" in medians else f"{'':7}"
        if least:
            figures[f"{name}.limit_ms"] = least
        peers = {p: ms for p, ms in medians.items() if p != "martlet"}
        text = f"{name:26}" + "".join(f"{medians[p]:10.4f}" if p in medians else f"{'':10}" for p in programs)
        if peers and "martlet" in medians:
            best = min(peers, key=peers.get)
            figures[f"{name}.ratio"] = ratio = medians["martlet"] / peers[best]
            text += f"{ratio:8.2f}{share}{memory['martlet']:7}{memory[best]:7}"
        print(text)
    return figures


def loaded(programs, quiet):
    """Prints how many times slower workloads become beside four busy processes."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2 * THREADS)]
    try:
        results = measure(programs, LOADED, 1)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    print(f"\n{'times slower when loaded':26}" + "".join(f"{p:>10}" for p in programs))
    figures = {}
    for name in LOADED:
        row = {p: statistics.median(r["ms"] for r in results[p][name]) / statistics.median(r["ms"] for r in quiet[p][name])
               for p in programs if name in results[p] and name in quiet[p]}
        figures |= {f"{name}.{p}_loaded_factor": factor for p, factor in row.items()}
        print(f"{name:26}" + "".join(f"{row[p]:10.2f}" if p in row else f"{'':10}" for p in programs))
    return figures


def record(figures, programs):
    """Writes the figures as a run of the tracking store."""
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    params = {"processor": processor, "threads": THREADS, "system": platform.release(), "programs": " ".join(programs),
              "openblas_coretype": os.environ.get("OPENBLAS_CORETYPE", "unset")}
    lines = [f"#{name} {value}" for name, value in params.items()] + [f"{name} {value}" for name, value in figures.items()]
    subprocess.run([OURS, "--record"], input="\n".join(lines) + "\n", text=True, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help="parts of names; all without")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loaded", action="store_true", help="measure some beside busy processes, too")
    parser.add_argument("--peers", default="numpy,jax,torch,mlx,sklearn")
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return run_peer(arguments.peer, arguments.workloads)
    programs = ["martlet"]
    for peer in arguments.peers.split(","):
        module = "mlx.core" if peer == "mlx" else peer
        if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0:
            programs.append(peer)
    peaks = array_limits.measure(THREADS)
    results = measure(programs, arguments.workloads, arguments.rounds)
    peaks = array_limits.better(peaks, array_limits.measure(THREADS))
    units = {"flops32": "Gflop/s single", "flops64": "Gflop/s double", "near": "GB/s near", "shared": "GB/s in the shared cache",
             "memory": "GB/s in memory"}
    print("\nlimits: " + ", ".join(f"{peaks[name] / 1e9:.3g} {unit}" for name, unit in units.items()))
    figures = table(results, programs, peaks) | {f"limits.{name}": value for name, value in peaks.items()}
    if arguments.loaded:
        figures |= loaded(programs, results)
    if not arguments.workloads:
        record(figures, programs)


if __name__ == "__main__":
    main()
