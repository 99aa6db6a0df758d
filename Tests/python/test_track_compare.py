"""`track-cli compare` and `track-cli metrics`: statistics as SciPy has them, plots, pages, differences of code."""

import csv
import io
import json
import math
import subprocess

import pytest
from mlflow.entities import Metric, Param, RunTag
from scipy import stats

from tracked import cli, served

#: Accuracies of three learning rates over seeds: far apart, close, with few runs.
SEEDS = {
    "0.1": [0.812, 0.823, 0.807, 0.819, 0.815],
    "0.01": [0.934, 0.941, 0.929, 0.9385],
    "0.001": [0.801, 0.8225, 0.8101],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = tmp_path_factory.mktemp("compare") / "tracking.db"
    with served(store) as client:
        experiment = client.create_experiment("seeds")
        for lr, accuracies in SEEDS.items():
            for seed, accuracy in enumerate(accuracies):
                run = client.create_run(experiment, run_name=f"lr{lr}-{seed}", start_time=1 + seed).info.run_id
                client.log_batch(
                    run,
                    metrics=[Metric("loss", 2 / (step + 1) + seed, 1000 * step, step) for step in range(40)]
                    + [Metric("accuracy", accuracy, 1, 0)],
                    params=[Param("lr", lr), Param("seed", str(seed)), Param("model", "cnn")])
        code = client.create_experiment("code")
        for name, lines in (("old", ["a", "b", "c", "d", "e", "f", "g"]), ("new", ["a", "b", "C", "d", "e", "f", "g", "<h>"])):
            run = client.create_run(code, run_name=name).info.run_id
            client.log_batch(
                run, tags=[RunTag("mlflow.source.git.commit", ("1" if name == "old" else "2") * 40)],
                metrics=[Metric("loss", 1.5 if name == "old" else 0.75, 1, 0)])
            client.log_text(run, "\n".join(lines) + "\n", "source/train.py")
            client.log_text(run, "same\n", "source/same.py")
    return store


def test_groups_over_seeds_have_scipys_statistics(store):
    answer = json.loads(cli(
        "compare", "-e", "seeds", "--group-by", "params", "--baseline", "lr0.1-0", "--format", "json", store=store))
    groups = {group["group"]: group for group in answer["groups"]}
    assert sorted(len(group["runs"]) for group in groups.values()) == [3, 4, 5]
    by_lr = {group["values"]["lr"]: group for group in groups.values()}
    for lr, values in SEEDS.items():
        metric = by_lr[lr]["metrics"]["accuracy"]
        assert metric["count"] == len(values)
        assert metric["mean"] == pytest.approx(sum(values) / len(values), rel=1e-14)
        assert metric["deviation"] == pytest.approx(stats.tstd(values), rel=1e-12)
    assert groups[answer["reference"]]["values"]["lr"] == "0.1"
    tests = {groups[t["group"]]["values"]["lr"]: t for t in answer["differences"] if t["metric"] == "accuracy"}
    assert set(tests) == {"0.01", "0.001"}
    expected = {lr: stats.ttest_ind(SEEDS[lr], SEEDS["0.1"], equal_var=False) for lr in tests}
    for lr, test in tests.items():
        assert test["t"] == pytest.approx(expected[lr].statistic, rel=1e-10)
        assert test["degrees_of_freedom"] == pytest.approx(expected[lr].df, rel=1e-10)
        assert test["p"] == pytest.approx(expected[lr].pvalue, rel=1e-10)
    small, large = sorted(tests, key=lambda lr: tests[lr]["p"])
    assert tests[small]["p_holm"] == pytest.approx(2 * tests[small]["p"])
    assert tests[large]["p_holm"] == pytest.approx(max(tests[large]["p"], 2 * tests[small]["p"]))


def test_groups_read_well_in_a_terminal_and_as_csv(store):
    text = cli("compare", "-e", "seeds", "-g", "lr", "-b", "lr0.1-0", store=store)
    assert all(len(line) <= 80 for line in text.splitlines()), text
    assert "0.935625*" in text and "±" in text and "p (Holm)" in text
    plain = cli("compare", "-e", "seeds", "-g", "lr", store=store, LC_ALL="C")
    assert plain.isascii() and "+-" in plain
    rows = list(csv.DictReader(io.StringIO(cli("compare", "-e", "seeds", "-g", "lr", "--format", "csv", store=store))))
    assert {row["metric"] for row in rows} == {"accuracy", "loss"} and len(rows) == 6
    assert "tags.nothing" in cli("compare", "-e", "seeds", "-g", "tags.nothing", "--format", "json", store=store)


def test_a_baseline_gives_differences_and_ratios(store):
    text = cli("compare", "new", "--baseline", "old", store=store)
    assert "-0.75" in text and "0.5" in text and "baseline" in text
    answer = json.loads(cli("compare", "new", "old", "--baseline", "old", "--format", "json", store=store))
    loss = answer["runs"][0]["metrics"]["loss"]
    assert (loss["difference"], loss["ratio"]) == (-0.75, 0.5)
    assert answer["baseline"] == answer["runs"][1]["id"]
    rows = list(csv.DictReader(io.StringIO(cli("compare", "new", "-b", "old", "--format", "csv", store=store))))
    assert rows[1]["metrics.loss.ratio"] == "0.5"
    assert "no run matches" in cli("compare", "new", "-b", "nowhere", store=store, status=1)


def test_code_is_compared_line_by_line(store, tmp_path):
    text = cli("compare", "old", "new", store=store)
    assert "source.git.commit" in text and "11111111" in text and "--diff" in text
    shown = cli("compare", "old", "new", "--diff", store=store)
    (tmp_path / "a").write_text("a\nb\nc\nd\ne\nf\ng\n")
    (tmp_path / "b").write_text("a\nb\nC\nd\ne\nf\ng\n<h>\n")
    judge = subprocess.run(["diff", "-u", "a", "b"], cwd=tmp_path, capture_output=True, text=True).stdout
    assert "\n".join(judge.splitlines()[2:]) in shown
    assert "same.py" not in shown


def test_a_page_stands_alone(store):
    page = cli("compare", "-e", "seeds", "-n", "4", "--format", "html", store=store)
    assert page.startswith("<!DOCTYPE html>") and page.count("<svg") == 1  # accuracy has one point
    assert "<script" not in page and "http://www.w3.org" in page
    code = cli("compare", "old", "new", "--format", "html", store=store)
    assert "&lt;h&gt;" in code and "<h>" not in code
    assert "--format of runs is one of" in cli("runs", "--format", "html", store=store, status=64)


def test_curves_are_drawn(store):
    columns = cli("compare", "lr0.1-0", "lr0.1-1", "--curves", "--plot", "loss", store=store)
    assert set("▂▃▄▅▆▇█") & set(columns) and "▁" in columns and "* lr0.1-0" in columns and "+ lr0.1-1" in columns
    assert all(len(line) <= 80 for line in columns.splitlines())
    plot = cli("metrics", "lr0.1-0", "loss", "--plot", store=store, COLUMNS="60")
    lines = plot.splitlines()
    assert len(lines) == 15 and all(len(line) <= 60 for line in lines)
    assert any(0x2800 < ord(character) < 0x2900 for character in plot)
    assert "\x1b" not in plot
    plain = cli("metrics", "lr0.1-0", "loss", "-p", "-w", "lr0.1-1", "--log", "y", store=store, LC_ALL="POSIX")
    assert plain.isascii() and "(logarithmic)" in plain
    assert "30s" in cli("metrics", "lr0.1-0", "loss", "-p", "-x", "relative", store=store)
    assert "01-01 00:00" in cli("metrics", "lr0.1-0", "loss", "-p", "-x", "time", store=store, TZ="UTC")
    assert "go with --plot" in cli("metrics", "lr0.1-0", "--log", "y", store=store, status=64)
    assert "x, y or xy" in cli("metrics", "lr0.1-0", "-p", "--log", "z", store=store, status=64)


def test_a_curve_falls_from_left_to_right(store):
    """The first dot stands above the last, and a logarithm of 2/(x+1) over log x is a straight line."""
    plot = cli("metrics", "lr0.1-0", "loss", "-p", store=store, LC_ALL="C", COLUMNS="80").splitlines()[1:13]
    tops = {}
    for row, line in enumerate(plot):
        for column, character in enumerate(line):
            if character == "*":
                tops.setdefault(column, row)
    columns = sorted(tops)
    assert tops[columns[0]] == 0 and tops[columns[-1]] == 11
    assert all(tops[a] <= tops[b] for a, b in zip(columns, columns[1:]))


def test_values_that_cannot_be_drawn_are_told(tmp_path):
    store = tmp_path / "tracking.db"
    with served(store) as client:
        run = client.create_run("0", run_name="odd").info.run_id
        values = [math.nan, math.inf, 1e308, -1e308, 0.0]
        client.log_batch(run, metrics=[Metric("x", value, 1, step) for step, value in enumerate(values)])
        client.log_batch(run, metrics=[Metric("nan", math.nan, 1, step) for step in (0, 1)])
    assert "2 points are left out" in cli("metrics", "odd", "x", "-p", store=store)
    assert "no value that can be drawn" in cli("metrics", "odd", "nan", "-p", store=store)
    assert "4 points are left out" in cli("metrics", "odd", "x", "-p", "--log", "y", store=store)
