#!/usr/bin/env python3
"""Writes notebooks/data/diabetes.csv from the data set that scikit-learn carries.

    python3 -m venv /tmp/diabetes && /tmp/diabetes/bin/pip install scikit-learn
    /tmp/diabetes/bin/python scripts/make_diabetes.py

The file is kept in the repository, so that only who changes it needs scikit-learn.
"""

import pathlib

from sklearn.datasets import load_diabetes

target = pathlib.Path(__file__).parent.parent / "notebooks" / "data" / "diabetes.csv"
patients = load_diabetes(scaled=False)
with target.open("w", encoding="ascii", newline="\n") as file:
    print(",".join([*patients.feature_names, "progression"]), file=file)
    for features, progression in zip(patients.data, patients.target):
        print(",".join(f"{value:.10g}" for value in [*features, progression]), file=file)
print(f"{target}: {len(patients.target)} patients, {target.stat().st_size} bytes")
