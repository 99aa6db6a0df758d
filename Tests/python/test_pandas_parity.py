"""Tables against pandas: files written by one and read by the other, groups, joins, sorting and summaries.

`FileRunner` (Tests/FileRunner) does with each file what pandas does; the results cross as CSV files.
"""

import numpy as np
import pandas as pd
import pytest

from file_runner import FileRunner


@pytest.fixture(scope="module")
def runner():
    with FileRunner() as runner:
        yield runner


@pytest.fixture
def frame():
    rng = np.random.default_rng(3)
    n = 4000
    frame = pd.DataFrame({
        "key": rng.integers(0, 40, n),
        "city": rng.choice(["Rome", "Paris, FR", 'the "Hague"', "São Paulo", "two\nlines"], n),
        "x": rng.normal(size=n) * 10.0 ** rng.integers(-8, 9, n),
        "y": np.round(rng.random(n), 2),
        "n": rng.integers(-(10**12), 10**12, n),
        "flag": rng.random(n) < 0.5,
    })
    frame.loc[rng.random(n) < 0.1, "y"] = np.nan
    frame.loc[rng.random(n) < 0.1, "city"] = None
    return frame


def same(actual, expected):
    pd.testing.assert_frame_equal(
        actual.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False, rtol=1e-12,
        atol=0, check_exact=False)


@pytest.fixture
def given(runner, frame, tmp_path):
    """The frame in both, and a function that fetches a table from the runner."""
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert runner.ask("read", "t", tmp_path / "t.csv") == "Int,String,Double,Double,Int,Bool"

    def fetch(name="r"):
        runner.ask("write", name, tmp_path / "r.csv")
        return pd.read_csv(tmp_path / "r.csv")

    return fetch


def test_files_cross_both_ways(runner, frame, given, tmp_path):
    back = given("t")
    same(back, frame)
    # Every bit of a number survives.
    assert (back["x"] == frame["x"]).all()
    runner.ask("batches", "r", tmp_path / "t.csv", 333)
    same(given(), frame)


@pytest.mark.parametrize("options, arguments", [
    (["delimiter=;", "decimal=,"], {"sep": ";", "decimal": ","}),
    (["skip=2", "comment=#", "rows=10"], {"skiprows": 2, "comment": "#", "nrows": 10}),
    (["columns=x,city"], {"usecols": ["x", "city"]}),
    (["header=no"], {"header": None}),
])
def test_options_mean_the_same(runner, frame, tmp_path, options, arguments):
    file = tmp_path / "t.csv"
    start = "# one\ntwo\n" if "skiprows" in arguments else ""
    frame = frame.replace({"city": {"two\nlines": "lines"}})
    text = frame.to_csv(
        index=False, sep=arguments.get("sep", ","), decimal=arguments.get("decimal", "."),
        header="header" not in arguments)
    file.write_text(start + text)
    runner.ask("read", "t", file, *options)
    runner.ask("write", "t", tmp_path / "r.csv")
    expected = pd.read_csv(file, **arguments)
    expected.columns = expected.columns.map(str)
    if "usecols" in arguments:
        expected = expected[["x", "city"]]
    same(pd.read_csv(tmp_path / "r.csv"), expected)


@pytest.mark.parametrize("operation", [
    "mean", "sum", "median", "std", "var", "min", "max", "first", "last", "nunique", "count", "0.3"])
@pytest.mark.parametrize("keys", [["key"], ["city", "flag"]])
def test_groups_agree(runner, frame, given, keys, operation):
    columns = ["x", "y", "n"]
    runner.ask("group", "r", "t", ",".join(keys), operation, ",".join(columns))
    groups = frame.groupby(keys, dropna=False)[columns]
    expected = groups.quantile(0.3) if operation == "0.3" else groups.agg(operation)
    pd.testing.assert_frame_equal(
        given(), expected.reset_index(), check_dtype=False, rtol=1e-9, check_exact=False)
    if operation == "count":
        runner.ask("group", "r", "t", ",".join(keys), "size", "")
        same(given(), frame.groupby(keys, dropna=False).size().reset_index(name="count"))


@pytest.mark.parametrize("keys", ["x", "-y", "city,-n", "flag,-city,key", "-flag,y"])
def test_sorting_agrees(runner, frame, given, keys):
    runner.ask("sort", "r", "t", keys)
    names = [key.lstrip("-") for key in keys.split(",")]
    expected = frame.sort_values(names, ascending=[not key.startswith("-") for key in keys.split(",")], kind="stable")
    same(given(), expected)


@pytest.mark.parametrize("how", ["inner", "left", "right", "outer"])
@pytest.mark.parametrize("keys", [["key"], ["key", "flag"]])
def test_joins_agree(runner, frame, given, tmp_path, how, keys):
    rng = np.random.default_rng(4)
    other = pd.DataFrame({
        "key": rng.integers(20, 60, 50), "flag": rng.random(50) < 0.5, "z": rng.random(50), "y": rng.random(50)})
    other = other.drop(columns=[name for name in ["flag"] if name not in keys])
    other.to_csv(tmp_path / "o.csv", index=False)
    runner.ask("read", "o", tmp_path / "o.csv")
    runner.ask("join", "r", "t", "o", ",".join(keys), how)
    expected = frame.merge(other, on=keys, how=how, suffixes=("", "_right"))
    actual = given()
    assert list(actual.columns) == list(expected.columns)
    if how == "outer":  # pandas sorts those by their keys.
        order = ["key", "n", "z"]
        actual, expected = actual.sort_values(order), expected.sort_values(order)
    same(actual, expected)


def test_summaries_agree(runner, frame, given, tmp_path):
    runner.ask("describe", "r", "t")
    expected = frame[["key", "x", "y", "n"]].describe().reset_index(names="statistic")
    pd.testing.assert_frame_equal(given(), expected, check_dtype=False, rtol=1e-9, check_exact=False)
    runner.ask("counts", "r", "t", "key")
    actual = given()
    counts = frame["key"].value_counts()
    assert actual["count"].is_monotonic_decreasing
    assert dict(zip(actual["key"], actual["count"])) == counts.to_dict()
    runner.ask("unique", "r", "t", "city,flag")
    same(given(), frame[["city", "flag"]].drop_duplicates())


def test_filters_and_missing_values_agree(runner, frame, given, tmp_path):
    for kind in ["filter", "typedFilter"]:
        runner.ask(kind, "r", "t", "y", "0.5")
        same(given(), frame[frame["y"] > 0.5])
    runner.ask("dropMissing", "r", "t")
    same(given(), frame.dropna())
    runner.ask("fill", "r", "t", "y", 7)
    same(given(), frame.fillna({"y": 7}))
    runner.ask("tensor", tmp_path / "x.npy", "t", "x,y,flag")
    expected = frame[["x", "y", "flag"]].astype(float).to_numpy()
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), expected)


def test_types_are_those_of_pandas(runner, tmp_path):
    """Every column of drawn fields has pandas' type and values."""
    rng = np.random.default_rng(5)
    pools = [
        ["1", "-2", "+3", "007", "0", ""], ["1.5", "1e3", "-0.25", ".5", "5.", "NaN", "3"],
        ["true", "False", "TRUE"], ["a", "1", "b c", '"x,y"', '"q""q"', "NA"],
        ["9223372036854775807", "-9223372036854775808", ""], ["inf", "-inf", "1.0"], ["", "NA", "null"],
    ]
    names = {"int64": "Int", "float64": "Double", "bool": "Bool", "str": "String", "object": "String"}
    for _ in range(60):
        chosen = [pools[i] for i in rng.integers(0, len(pools), 4)]
        rows = [",".join(rng.choice(pool) for pool in chosen) + ",1" for _ in range(int(rng.integers(1, 30)))]
        file = tmp_path / "t.csv"
        file.write_text("a,b,c,d,e\n" + "\n".join(rows) + "\n")
        found = runner.ask("read", "t", file).split(",")
        frame = pd.read_csv(file)
        runner.ask("write", "t", tmp_path / "r.csv")
        same(pd.read_csv(tmp_path / "r.csv"), frame)
        for name, column, ours in zip(frame.columns, frame.items(), found):
            values = column[1]
            # pandas has no whole numbers or Booleans beside missing ones.
            expected = names[str(values.dtype)]
            if expected != ours:
                assert values.isna().any() and ours in ("Int", "Bool"), (name, expected, ours, rows)
