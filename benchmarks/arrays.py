#!/usr/bin/env python3
"""Times arrays beside NumPy, JAX and PyTorch, and learners beside scikit-learn, as far as they are installed.

    benchmarks/arrays.py [part of a workload's name ...] [--rounds 3]

Each library runs in a process of its own, all of them in turn and that several times over; the table has the medians.
Numbers of one run may be compared, those of different runs hardly: machines that others use change their speed.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(HERE, "..", ".build", "release", "ArrayBenchmark")
THREADS = len(os.sched_getaffinity(0))


def measure(name, run, wanted):
    if wanted and not any(part in name for part in wanted):
        return
    run()
    first = min(sample(run, 1), sample(run, 1))
    inner = max(1, int(3 / max(first, 1e-5))) if first < 3 else 1
    samples, start = [], time.perf_counter()
    while len(samples) < 9 or time.perf_counter() - start < 0.35:
        samples.append(sample(run, inner) / inner)
        if time.perf_counter() - start > 4 and len(samples) >= 3:
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"workload": name, "ms": statistics.median(samples), "least": min(samples), "peak": peak}), flush=True)


def sample(run, count):
    start = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - start) * 1e3


def workloads(lib, array, sync, only):
    """The workloads in terms of `lib`, a module with NumPy's names."""
    import numpy as np

    rng = np.random.default_rng(1)
    normal = lambda *shape: array(rng.standard_normal(shape, dtype=np.float32))  # noqa: E731

    def time_it(name, run):
        measure(name, (lambda: sync(run())) if sync else run, only)

    for n, size in ((1000, "1e3"), (1_000_000, "1e6"), (10_000_000, "1e7")):
        a, b, c = normal(n), normal(n), normal(n)
        time_it(f"add_{size}", lambda: a + b)
        if lib is np:
            out = np.empty_like(a)
            time_it(f"add_out_{size}", lambda: np.add(a, b, out=out))
        time_it(f"mul_add_{size}", lambda: a * b + c)
        time_it(f"exp_{size}", lambda: lib.exp(a))
        time_it(f"tanh_{size}", lambda: lib.tanh(a))
        time_it(f"sigmoid_chain_{size}", lambda: 1 / (1 + lib.exp(-a)))
        time_it(f"gelu_chain_{size}", lambda: 0.5 * a * (1 + lib.tanh(0.79788456 * (a + 0.044715 * a * a * a))))
        time_it(f"where_relu_{size}", lambda: lib.where(a > 0, a, 0 * a[0]))
    m, v = normal(1000, 1000), normal(1000)
    time_it("bcast_add_1000x1000", lambda: m + v)
    x, y = normal(2000, 2000), normal(2000, 2000)
    time_it("transposed_add_2000", lambda: x + y.T)
    line = normal(10_000_000)
    time_it("sum_1e7", lambda: line.sum())
    time_it("cumsum_1e7", lambda: lib.cumsum(line, 0))
    time_it("bool_mask_1e7", lambda: line[line > 0])
    m = normal(4000, 4000)
    time_it("sum_axis0_4000", lambda: m.sum(0))
    time_it("sum_axis1_4000", lambda: m.sum(1))
    time_it("max_axis1_4000", lambda: lib.amax(m, 1))
    time_it("argmax_axis1_4000", lambda: m.argmax(1))
    time_it("var_axis0_4000", lambda: m.var(0))
    time_it("var_axis1_4000", lambda: m.var(1))
    logits = normal(4000, 1000)

    def softmax():
        e = lib.exp(logits - lib.amax(logits, 1)[:, None])
        return e / e.sum(1)[:, None]

    def logsumexp():
        top = lib.amax(logits, 1)
        return lib.log(lib.exp(logits - top[:, None]).sum(1)) + top

    time_it("softmax_4000x1000", softmax)
    time_it("logsumexp_4000x1000", logsumexp)
    time_it("slice_copy_2000x2000", lambda: array(m[::2, 1000:3000]) + 0 if lib is not np else m[::2, 1000:3000].copy())
    table, rows = normal(1_000_000, 64), array(rng.integers(0, 1_000_000, 100_000))
    time_it("take_rows_100k_of_1Mx64", lambda: table[rows])
    line = normal(1_000_000)
    time_it("sort_1e6", lambda: lib.sort(line))
    time_it("argsort_1e6", lambda: lib.argsort(line))
    a, b = normal(10), normal(10)

    def adds():
        x = a
        for _ in range(1000):
            x = x + b
        return x

    time_it("smallop_1000adds", adds)


def learners(only):
    """Classic learners of scikit-learn on its digits, in its faster type."""
    import warnings

    import numpy as np
    from sklearn import cluster, datasets, decomposition, ensemble, linear_model, tree

    warnings.simplefilter("ignore")
    digits = datasets.load_digits()
    x, y = (digits.data / 16).astype(np.float32), digits.target
    for name, run in {
        "logreg_fit_digits": lambda: linear_model.LogisticRegression(max_iter=1000).fit(x, y),
        "kmeans_lloyd_digits": lambda: cluster.KMeans(10, init=x[:10], n_init=1, max_iter=100, tol=0).fit(x),
        "kmeans_full_digits": lambda: cluster.KMeans(10, n_init=10, random_state=0).fit(x),
        "pca_fit_digits": lambda: decomposition.PCA(16).fit(x),
        "tree_fit_digits": lambda: tree.DecisionTreeClassifier(random_state=0).fit(x, y),
        "forest_fit_digits": lambda: ensemble.RandomForestClassifier(20, random_state=0, n_jobs=THREADS).fit(x, y),
    }.items():
        measure(name, run, only)


def run_peer(name, only):
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(THREADS)
    if name == "numpy":
        import numpy

        workloads(numpy, numpy.array, None, only)
    elif name == "jax":
        import jax
        import jax.numpy

        workloads(jax.numpy, jax.numpy.array, jax.block_until_ready, only)
    elif name == "sklearn":
        learners(only)
    else:
        import torch

        torch.set_num_threads(THREADS)
        with torch.no_grad():
            workloads(torch, torch.as_tensor, None, only)


def table(results, programs):
    names = list(dict.fromkeys(name for r in results.values() for name in r))
    print(f"\n{'milliseconds':26}" + "".join(f"{p:>11}" for p in programs) + f"{'/ best':>9}{'peak MiB':>10}")
    rows = []
    for name in names:
        medians = {p: statistics.median(results[p][name]["ms"]) for p in programs if name in results[p]}
        peers = [ms for p, ms in medians.items() if p != "martlet"]
        ratio = medians["martlet"] / min(peers) if peers and "martlet" in medians else None
        cells = "".join(f"{medians[p]:11.4f}" if p in medians else f"{'':11}" for p in programs)
        peak = max(results["martlet"][name]["peak"]) if name in results["martlet"] else 0
        print(f"{name:26}{cells}" + (f"{ratio:9.2f}" if ratio is not None else f"{'':9}") + f"{peak:10}")
        rows.append((name, medians, ratio, peak))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", help="parts of names; all without")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        return run_peer(arguments.peer, arguments.workloads)
    programs = ["martlet"]
    for peer in ("numpy", "jax", "torch", "sklearn"):
        if subprocess.run([sys.executable, "-c", f"import {peer}"], capture_output=True).returncode == 0:
            programs.append(peer)
    results = {p: {} for p in programs}
    for _ in range(arguments.rounds):
        for program in programs:
            command = [OURS, ",".join(arguments.workloads)] if program == "martlet" else [
                sys.executable, __file__, "--peer", program, *arguments.workloads]
            done = subprocess.run([part for part in command if part], stdout=subprocess.PIPE, text=True, check=True)
            for line in done.stdout.splitlines():
                row = json.loads(line)
                entry = results[program].setdefault(row["workload"], {"ms": [], "peak": []})
                entry["ms"].append(row["ms"])
                entry["peak"].append(row["peak"])
    table(results, programs)


if __name__ == "__main__":
    main()
