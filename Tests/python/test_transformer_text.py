"""The notebook of the language model, executed; judged by what it prints."""

import re

import pytest

from notebooks import ROOT, check_kept_without_outputs, execute_in

NOTEBOOK = ROOT / "notebooks" / "transformer-text.ipynb"


@pytest.fixture(scope="module")
def printed(kernelspec, tmp_path_factory):
    return execute_in(tmp_path_factory.mktemp("transformer"), NOTEBOOK)[2]


def test_the_notebook_is_kept_without_outputs():
    check_kept_without_outputs(NOTEBOOK)


def test_the_mask_keeps_the_model_from_looking_ahead(printed):
    before, after = re.search(r"before the change: (\S+), after: (\S+)", printed).groups()
    assert float(before) == 0 and float(after) > 0.01


def test_the_model_learns_the_tales(printed):
    perplexity = float(re.search(r"held-out loss: \S+, perplexity: (\S+)", printed)[1])
    assert 1 < perplexity < 1.4


def test_what_it_writes_is_made_of_the_tales_words(printed):
    known = set(re.findall("[A-Za-z]+", (ROOT / "notebooks" / "data" / "tales.txt").read_text()))
    tales = [line for line in printed.splitlines() if line.startswith("A heron ")]
    assert len(tales) >= 3
    for tale in tales:
        words = re.findall("[A-Za-z]+", tale)[:-1]
        assert sum(word in known for word in words) > 0.8 * len(words)
