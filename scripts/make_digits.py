#!/usr/bin/env python3
"""Writes notebooks/data/digits.csv from the digits that scikit-learn carries.

    python3 -m venv /tmp/digits && /tmp/digits/bin/pip install scikit-learn
    /tmp/digits/bin/python scripts/make_digits.py

The file is kept in the repository, so that only who changes it needs scikit-learn.
"""

import pathlib

from sklearn.datasets import load_digits

target = pathlib.Path(__file__).parent.parent / "notebooks" / "data" / "digits.csv"
digits = load_digits()
names = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
with target.open("w", encoding="ascii", newline="\n") as file:
    print(",".join([*names, "label"]), file=file)
    for pixels, label in zip(digits.data, digits.target):
        print(",".join(str(int(value)) for value in [*pixels, label]), file=file)
print(f"{target}: {len(digits.target)} digits, {target.stat().st_size} bytes")
