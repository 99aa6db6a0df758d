"""Operations that NumPy does not have, with awkward operands: each computes something or says why not."""

import os
import re
import resource
import subprocess
from pathlib import Path

RUNNER = Path(os.environ.get("MARTLET_BIN", Path(__file__).parents[2] / ".build/release")) / "EdgeRunner"
# Above what all cases together take, below what a length of 2³³ would.
MOST_BYTES = 8 << 30
# An operation's name and what is wrong, from the library: not a trap of Swift's own.
MESSAGE = re.compile(r"\w+/\S+ Fatal error: (\w+)\b(.{20,})")
# By what else a message may begin, when the operation is made of others.
PARTS = {
    "Conv2d": ["conv2d"], "Conv1d": ["conv1d"], "ConvTranspose2d": ["convTranspose2d"],
    "maxPool1d": ["maxPool2d"], "averagePool1d": ["averagePool2d"], "Linear": ["linear"], "LayerNorm": ["layerNorm"],
    "RMSNorm": ["rmsNorm"], "MultiHeadAttention": ["linear", "scaledDotProductAttention"], "LSTM": ["linear"],
    "GRU": ["linear"], "Embedding": ["take"],
}


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def outcomes():
    """What came of each operation: its name, its operands and a shape or the error's text."""
    found = []
    environment = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}
    while True:
        done = subprocess.run(
            [RUNNER, str(len(found))], capture_output=True, text=True, timeout=60, env=environment, preexec_fn=limit_memory)
        lines = done.stdout.splitlines()
        for start, result in zip(lines[::2], lines[1::2]):
            found.append((*start.split("\t")[1:], result))
        if not done.returncode:
            return found
        said = [line for line in done.stderr.splitlines() if "atal error" in line]
        found.append((*lines[-1].split("\t")[1:], said[-1] if said else f"status {done.returncode}: {done.stderr[-300:]}"))


def difference(operation, result):
    """What is wrong with an outcome, or None."""
    if re.fullmatch(r"\[[\d, ]*\]", result):
        return None
    said = MESSAGE.match(result)
    if said and said[1] in [operation, *PARTS.get(operation, [])]:
        return None
    return f"said {result[:300]!r}"


def test_network_edges():
    found = outcomes()
    assert len(found) > 500
    # Some of both kinds, or the cases are not what they were.
    computed = sum(result.startswith("[") for _, _, result in found)
    assert 150 < computed < len(found) - 150
    wrong = [f"{operation} {about}: {text}" for operation, about, result in found if (text := difference(operation, result))]
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong)
