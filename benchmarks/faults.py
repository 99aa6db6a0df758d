#!/usr/bin/env python3
"""Has many random faults in one session of Martlet's kernel, none of which may lose it.

    make bench-faults
    .venv/bin/python benchmarks/faults.py [--faults 1000] [--seed 1]

Traps, bad pointers, endless recursion, C++ exceptions, thrown errors, loops and deadlocks that are
interrupted, tasks, actors and threads that fail, workers that end: see Tests/python/faults.py. After
each, a variable must have kept its value, but where the worker has ended. Printed are the time of
each kind, its checks included, and what the worker has of memory and threads.
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "python"))

import faults  # noqa: E402
import session  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    session.LIMIT = 60
    with tempfile.TemporaryDirectory() as folder:
        kernel = session.Session(cwd=folder, env=dict(os.environ))
        try:
            trial = faults.FaultySession(kernel, options.seed)
            print("faults  resident  mapped  threads  replaced workers")

            def told(number, fault):
                if number % 50 == 0 or number == options.faults:
                    resident, mapped, threads = trial.memory()
                    print(f"{number:6}{resident:7.0f} MiB{mapped:5.0f} MiB{threads:7}{trial.deaths:10}",
                          flush=True)

            start = time.monotonic()
            times = trial.run(options.faults, told=told)
            print(f"\n{options.faults} faults in {time.monotonic() - start:.0f} s\n")
        finally:
            kernel.close()
    print("median ms  count  cell")
    for code, seconds in sorted(times.items(), key=lambda pair: statistics.median(pair[1])):
        print(f"{statistics.median(seconds) * 1000:9.0f}{len(seconds):7}  {code}")


if __name__ == "__main__":
    main()
