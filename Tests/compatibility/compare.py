#!/usr/bin/env python3
"""Sends the same raw requests to a stock MLflow server and to ours, and tells where the answers differ.

    make compare-mlflow
    Tests/compatibility/compare.py [--group searching] [--messages] [--write-docs]

Both servers begin with fresh stores. Compared are the status, the error code and the values of the answer, without ids, times and tokens.
Texts of errors are our own; `--messages` shows those that differ. `differences.toml` names the differences that are meant, with the reason:
any other one, or one that is no more, makes the exit status 1. `--write-docs` writes docs/mlflow-differences.md from it.
"""

import argparse
import importlib
import itertools
import json
import os
import sys
import tempfile
import tomllib

from servers import HERE, Answer, Server, SetupFailed

GROUPS = ["wire", "experiments", "runs", "logged", "batches", "searching", "histories", "artifacts", "models", "versions", "logged_models", "graphql_queries"]
DOCS = os.path.join(HERE, "..", "..", "docs", "mlflow-differences.md")


def meant():
    """The reasons by what is different on purpose."""
    with open(os.path.join(HERE, "differences.toml"), "rb") as file:
        return tomllib.load(file)["difference"]


def ask(server, groups):
    server.start()
    for name in groups:
        for title, requests in importlib.import_module(name).GROUPS.items():
            server.begin(title)
            try:
                requests(server)
            except SetupFailed as failure:
                print(f"error: {failure}", file=sys.stderr)
                server.answers[f"{title}: the requests before"] = str(failure)


def differs(ours, theirs):
    if not isinstance(ours, Answer) or not isinstance(theirs, Answer):
        return True
    # What Flask answers itself is a page without an error code; ours always has one.
    code = theirs.code if theirs.code == "" else ours.code
    return (ours.status, code, ours.body) != (theirs.status, theirs.code, theirs.body)


def parts(ours, theirs, place=""):
    """Where two values differ, as (place, ours, theirs)."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in {**theirs, **ours}:
            if ours.get(key) != theirs.get(key) or (key in ours) != (key in theirs):
                yield from parts(ours.get(key), theirs.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, pair in enumerate(zip(ours, theirs)):
            if pair[0] != pair[1]:
                yield from parts(*pair, f"{place}[{index}]")
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield place, [v for v in ours if v not in theirs], [v for v in theirs if v not in ours]
    else:
        yield place, ours, theirs


def show(label, ours, theirs):
    print(label)
    if isinstance(ours, Answer) and isinstance(theirs, Answer) and ours.status == theirs.status < 400:
        for place, mine, others in itertools.islice(parts(ours.body, theirs.body), 8):
            print(f"  {place}\n    mlflow:  {json.dumps(others)[:400]}\n    martlet: {json.dumps(mine)[:400]}")
    else:
        print(f"  mlflow:  {str(theirs)[:300]}\n  martlet: {str(ours)[:300]}".replace("\n\n", "\n"))


def write_docs(differences, count):
    lines = [
        "# Where our server answers otherwise than MLflow's", "",
        f"`make compare-mlflow` sends {count} raw requests to a stock MLflow server (3.17.2) and to ours, and compares status, error code and",
        "values. These differ on purpose; the rest is answered alike. This page is made from `Tests/compatibility/differences.toml` by",
        "`Tests/compatibility/compare.py --write-docs`.", "", "| what | MLflow | here, and why |", "|---|---|---|"]
    lines += [f"| {d['what']} | {d['mlflow']} | {d['here']} |" for d in differences]
    with open(DOCS, "w") as file:
        file.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--group", action="append", choices=GROUPS, help="send these requests only")
    parser.add_argument("--messages", action="store_true", help="show the texts of errors that differ")
    parser.add_argument("--write-docs", action="store_true", help="write docs/mlflow-differences.md")
    arguments = parser.parse_args()
    groups = arguments.group or GROUPS
    with tempfile.TemporaryDirectory() as folder:
        servers = [Server("martlet", folder), Server("mlflow", folder)]
        try:
            for server in servers:
                ask(server, groups)
        finally:
            for server in servers:
                server.stop()
    ours, theirs = (server.answers for server in servers)
    differences = meant()
    reasons = {label: d for d in differences for label in d["requests"]}
    labels = list(dict.fromkeys([*theirs, *ours]))
    different = [label for label in labels if differs(ours.get(label), theirs.get(label))]
    for label in different:
        if label not in reasons:
            show(label, ours.get(label), theirs.get(label))
    said = [label for label in labels if label not in different and ours[label].message != theirs[label].message]
    if arguments.messages:
        for label in said:
            print(f"{label}\n  mlflow:  {theirs[label].message[:400]}\n  martlet: {ours[label].message[:400]}")
    unknown = [label for label in different if label not in reasons]
    gone = [label for label in reasons if label not in different and (label in labels or not arguments.group)]
    for label in gone:
        print(f"differences.toml names what does not differ: {label}")
    print(f"{len(labels)} requests: {len(labels) - len(different)} answered alike ({len(said)} of them refused in other words), "
          f"{len(different) - len(unknown)} differ on purpose, {len(unknown)} differ otherwise")
    if arguments.write_docs:
        write_docs(differences, len(labels))
    sys.exit(1 if unknown or gone else 0)


if __name__ == "__main__":
    main()
