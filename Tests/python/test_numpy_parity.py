"""Tensors against NumPy: operations, shapes, strides and element types drawn by a seeded generator.

The modules `numpy_elementwise`, `numpy_reductions` and so on draw the cases, `numpy_cases` has them computed.
"""

import os
import subprocess

import numpy_elementwise  # noqa: F401
import numpy_indexing  # noqa: F401
import numpy_reductions  # noqa: F401
import numpy_shapes  # noqa: F401
import numpy_sorting  # noqa: F401
import pytest
from numpy_cases import OPERATIONS, RUNNER, check, draw_cases, parse


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("environment", [{}, {"MARTLET_CHAIN_FROM": "1"}, {"MARTLET_CPU_LEVEL": "1"},
                                         {"MARTLET_CPU_LEVEL": "0", "MARTLET_NUM_THREADS": "3"}],
                         ids=["this machine", "in chains", "AVX2", "plain, three threads"])
def test_operations_agree_with_numpy(environment):
    cases = [case for name in OPERATIONS for case in draw_cases(name)]
    text = "\n".join(case.line() for case in cases) + "\n"
    done = subprocess.run([RUNNER], input=text, capture_output=True, text=True, timeout=120,
                          env={**os.environ, **environment})
    lines = done.stdout.splitlines()
    stopped = "" if len(lines) == len(cases) else f"stopped at: {cases[len(lines)].line()[:300]}\n{done.stderr[-800:]}"
    failures = {}
    for case, line in zip(cases, lines):
        try:
            check(case, [parse(part) for part in line.split("\t")])
        except AssertionError as error:
            failures.setdefault(case.operation, []).append(f"{case.line()[:200]}: {' '.join(str(error).split())[:400]}")
    report = "\n".join(f"{name}: {len(texts)} cases, as {texts[0]}" for name, texts in failures.items())
    assert not report and not stopped, report + stopped
