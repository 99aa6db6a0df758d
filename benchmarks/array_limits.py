"""The least times that processor and memory allow for the workloads of benchmarks/arrays.

A workload's limit is the longer one of its floating-point operations at the processor's peak and of the bytes that it has to
read and write, once each, at the bandwidth of where they fit. Both were measured in the same run (benchmarks/limits). Where a
transcendental function is what costs, or a sort, the limit is that of memory and so below what any program can reach; parts of
workloads that depend on one another are not taken into account either.
"""

import json
import math
import os
import subprocess

LIMITS = os.path.join(os.environ.get("MARTLET_BIN", os.path.join(os.path.dirname(__file__), "..", ".build", "release")),
                      "MachineLimits")
# The arrays that an element-wise workload reads and writes.
ELEMENTWISE = {"add": 3, "add_out": 3, "mul_add": 4, "exp": 2, "tanh": 2, "sigmoid_chain": 2, "sigmoid_builtin": 2,
               "gelu_chain": 2, "gelu_builtin": 2, "where_relu": 2}


def work():
    """Operations and bytes of each workload: (in single precision, in double precision, bytes)."""
    rows = {f"{name}_{size}": (0, 0, arrays * 4 * n) for name, arrays in ELEMENTWISE.items()
            for n, size in ((1000, "1e3"), (10**6, "1e6"), (10**7, "1e7"))}
    for n in (64, 256, 1024, 2048):
        rows[f"gemm_f32_{n}"], rows[f"gemm_f64_{n}"] = (2 * n**3, 0, 12 * n * n), (0, 2 * n**3, 24 * n * n)
    rows |= {
        "bmm_f32_64x128": (64 * 2 * 128**3, 0, 64 * 12 * 128**2),
        "matvec_f32_4096": (2 * 4096**2, 0, 4 * 4096**2), "matvec_f64_4096": (0, 2 * 4096**2, 8 * 4096**2),
        "bcast_add_1000x1000": (0, 0, 8 * 10**6), "transposed_add_2000": (0, 0, 12 * 2000**2),
        "sum_1e7": (0, 0, 4 * 10**7), "cumsum_1e7": (0, 0, 8 * 10**7), "bool_mask_1e7": (0, 0, 6 * 10**7),
        "softmax_4000x1000": (0, 0, 8 * 4 * 10**6), "logsumexp_4000x1000": (0, 0, 4 * 4 * 10**6),
        "slice_copy_2000x2000": (0, 0, 8 * 2000**2), "take_rows_100k_of_1Mx64": (0, 0, 8 * 64 * 10**5),
        "sort_1e6": (0, 0, 8 * 10**6), "argsort_1e6": (0, 0, 12 * 10**6),
        "randn_1e7": (0, 0, 4 * 10**7), "rand_1e7": (0, 0, 4 * 10**7),
        # The usual counts of LAPACK's algorithms, which block for caches but not all into matrix products.
        "solve_f64_1000": (0, 2 / 3 * 1000**3, 8 * 1000**2), "cholesky_f64_1000": (0, 1000**3 / 3, 8 * 1000**2),
        "svd_f64_300": (0, 22 * 300**3, 0), "eigh_f64_500": (0, 9 * 500**3, 0),
        "qr_f64_500": (0, 8 / 3 * 500**3, 0), "inv_f64_500": (0, 2 * 500**3, 0),
        "fft_c64_1M": (5 * 2**20 * 20, 0, 16 * 2**20), "fft2_c64_1024": (5 * 2**20 * 20, 0, 16 * 2**20),
        "conv2d_fwd": (2 * 32 * 16 * 27 * 1024, 0, 4 * 32 * 19 * 1024),
        "conv2d_bwd": (4 * 32 * 16 * 27 * 1024, 0, 4 * 32 * 22 * 1024),
        "maxpool_fwd": (0, 0, 5 * 32 * 16 * 1024), "maxpool_bwd": (0, 0, 9 * 32 * 16 * 1024),
        # Training: two operations a weight forward, four backward; 22 batches of 64 images.
        "mlp_digits_epoch": (6 * 22 * 64 * (64 * 128 + 128 * 64 + 64 * 10), 0, 0),
        "cnn_digits_epoch": (22 * 64 * (4 * 64 * 16 * 9 + 6 * (16 * 32 * 144 + 128 * 10)), 0, 0),
        "transformer_step": (6 * 1024 * (2 * (12 * 64**2 + 2 * 64 * 64) + 64 * 65), 0, 0),
        "logreg_1000it": (1000 * 4 * 1797 * 64 * 10, 0, 0), "kmeans_lloyd_100it": (100 * 3 * 1797 * 64 * 10, 0, 0),
    }
    for axis in ("0", "1"):
        rows |= {f"{name}_axis{axis}_4000": (0, 0, 4 * 4000**2) for name in ("sum", "max", "argmax", "var")}
    return rows


def measure(threads):
    """The machine's peaks: operations and bytes a second."""
    done = subprocess.run([LIMITS, str(threads)], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def limit(name, peaks, rows=work()):
    """The least milliseconds of a workload, or None where nobody has counted."""
    if name not in rows:
        return None
    single, double, size = rows[name]
    place = "near" if size <= 1.5e6 else "shared" if size <= 2.4e7 else "memory"
    return 1e3 * max(single / peaks["flops32"], double / peaks["flops64"], size / peaks[place])


def better(first, second):
    """The higher one of each peak: what disturbs a machine only lowers them."""
    return {name: max(first[name], second.get(name, -math.inf)) for name in first}
