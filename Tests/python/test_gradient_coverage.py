"""No operation of tensors is left without a gradient by oversight: each is in a gradient test, or has none for a reason."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "Sources" / "Tensors"
TESTS = [ROOT / "Tests" / "GradientsTests", ROOT / "Tests" / "NeuralNetworksTests"]

# Why an operation is not in a gradient test.
WITHOUT = {
    "gives whole numbers or Booleans": """
        all any argmax argmin argsorted argwhere bincount countNonzero histogram isClose isFinite isIn isInf isNaN nonzero
        searchSorted signBit matrixRank nanArgmax nanArgmin allClose intersect1d setdiff1d setxor1d union1d unique
        uniqueElements""",
    "is of whole numbers or Booleans": "gcd lcm",
    "makes a tensor of no other": """
        arange eye full identity linspace ones zeros oneHot random randomNormal fftFrequencies rfftFrequencies weights""",
    "reads, writes or shows": "describe read write decode parse htmlTable rowMajorBytes hash encode shape dataType tensor",
    "gives a number of Swift": "item",
    "is flat wherever it has a slope": "ceil floor floorDivide round sign trunc",
    "refuses, as RecordingTests show": "eigen eigenvalues lu nextAfter trigamma",
    "is about recording itself": "stopGradient withoutGradients",
    "only gives operations that are tested a name, or chains them": """
        rotated90 movingAxis hstack vstack dstack columnStack fftShift ifftShift ifft2 ifftn swappingAxes unstacked""",
    "is of numbers, not of tensors": """
        distance advanced negate round formSquareRoot addProduct isEqual isLess isLessThanOrEqualTo formRemainder
        formTruncatingRemainder""",
    "is a choice of the caller's": "selection",
    "asks for elements that were put off": "evaluated",
}


def operations():
    names = set()
    for path in SOURCES.rglob("*.swift"):
        if path.parent.name in ("Random", "Files", "Recording") or "CSV" in path.name or "Safetensors" in path.name:
            continue
        names |= set(re.findall(r"^ *public (?:static |mutating )*func (\w+)", path.read_text(), re.MULTILINE))
    return names


def test_every_operation_has_a_gradient_test_or_a_reason():
    text = "\n".join(path.read_text() for folder in TESTS for path in folder.rglob("*.swift"))
    reasons = {name for names in WITHOUT.values() for name in names.split()}
    missing = sorted(name for name in operations() - reasons if not re.search(rf"\b{name}\b", text))
    assert not missing, f"no gradient test and no reason: {' '.join(missing)}"


@pytest.mark.parametrize("reason", ["refuses, as RecordingTests show"])
def test_refusals_are_in_the_sources(reason):
    text = "\n".join(path.read_text() for path in SOURCES.rglob("*.swift"))
    for name in WITHOUT[reason].split():
        assert re.search(rf'refuseRecording\((?:"{name}"|operation)\)', text), f"{name} does not refuse"
