"""The kernels' pool of threads in a process that forks: the child starts helpers of its own, the parent keeps its."""

import os
import subprocess
import sys
from pathlib import Path

BIN = Path(os.environ.get("MARTLET_BIN", Path(__file__).parents[2] / ".build/release"))
LIMIT = 60

# Element type 0 is Float, operation 0 of two operands adds.
PROGRAM = """
import ctypes, os, sys
import numpy as np

library = ctypes.CDLL(sys.argv[1])
library.ck_set_thread_count(ctypes.c_size_t(3))
a = np.arange(4_000_000, dtype=np.float32)

def adds():
    out = np.empty_like(a)
    pointers = [ctypes.c_void_p(x.ctypes.data) for x in (out, a, a)]
    library.ck_binary_flat(0, 0, ctypes.c_size_t(a.size), pointers[0], pointers[1], ctypes.c_ssize_t(1), pointers[2], ctypes.c_ssize_t(1))
    return bool((out == a + a).all())

def threads():
    return len(os.listdir("/proc/self/task"))

assert adds()
alone = threads()
children = []
for _ in range(3):
    child = os.fork()
    if child == 0:
        ok = threads() == 1 and all(adds() for _ in range(20)) and threads() > 1
        grandchild = os.fork()
        if grandchild == 0:
            os._exit(0 if adds() else 1)
        _, status = os.waitpid(grandchild, 0)
        os._exit(0 if ok and status == 0 else 1)
    children.append(child)
assert all(adds() for _ in range(20))
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
assert threads() >= alone > 1
print("done")
"""


def test_kernels_run_after_a_fork():
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", PROGRAM, BIN / "libMartlet.so"], capture_output=True, text=True,
                          timeout=LIMIT, env=environment)
    assert done.stdout == "done\n", done.stderr[-1500:]
