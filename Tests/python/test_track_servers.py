"""`track-cli` with a server in the place of a file: the same answers, changes, roles, completions, and notebooks."""

import json
import os
import re
import subprocess

import mlflow
import pytest
import requests
from mlflow.entities import Metric, Param

from servers import bearer, call, folder, serve, team, track  # noqa: F401
from session import LIMIT
from test_track_transfer import imported
from tracked import CLI, cli, paused_runner, served


def log(client, name, seed, experiment, rate):
    """A run with a curve, files of source, and what else `compare` shows."""
    run = client.create_run(experiment, run_name=name, start_time=1_700_000_000_000 + 1000 * seed).info.run_id
    client.log_batch(
        run, metrics=[Metric("loss", rate / (s + 1), 1_700_000_000_000 + s, s) for s in range(60)] + [Metric("accuracy", 0.5 + rate, 1, 0)],
        params=[Param("lr", str(rate)), Param("seed", str(seed)), Param("model", "cnn")])
    client.log_text(run, f"rate = {rate}\nsame\n", "source/train.py")
    client.log_text(run, "weights" * seed, "model/weights.bin")
    client.set_tag(run, "mlflow.source.name", f"train-{seed}.py")
    client.set_terminated(run, end_time=1_700_000_100_000 + seed)
    return run


@pytest.fixture
def both(folder, tmp_path):
    """A store, its server's address, and the runs in it."""
    store = tmp_path / "tracking.db"
    with served(store) as client:
        experiment = client.create_experiment("digits")
        runs = [log(client, f"net-{seed}", seed, experiment, rate) for seed, rate in enumerate((0.1, 0.2, 0.2), 1)]
        quoted = client.create_run("0", run_name="it's \"one\"", start_time=1_600_000_000_000).info.run_id
        client.set_terminated(quoted, end_time=1_600_000_000_001)
        child = client.create_run(experiment, run_name="child", start_time=1_650_000_000_000, tags={"mlflow.parentRunId": runs[0]}).info.run_id
        client.set_terminated(child, end_time=1_650_000_000_001)
        client.delete_run(client.create_run(experiment, run_name="gone", start_time=5).info.run_id)
        client.set_terminated(client.create_run("0", run_name="child", start_time=7).info.run_id, end_time=8)
        yield store, mlflow.get_tracking_uri(), runs


def test_a_server_is_shown_as_its_file_is(both):
    store, uri, runs = both
    for words in (
        ["runs"], ["runs", "--format", "json"], ["runs", "-n", "2"], ["runs", "-e", "digits", "-c", "metrics.loss,params.lr,tags.none"],
        ["runs", "-f", "metrics.loss < 0.003 OR params.seed = '1'", "-o", "metrics.loss DESC", "-o", "params.seed", "--format", "csv"],
        ["runs", "-f", "tags.none = 'x'"], ["runs", "--all", "--format", "markdown"], ["show", "net-1"], ["show", runs[1][:6], "--format", "csv"],
        ["show", "latest~1"], ["show", runs[2].upper()], ["metrics", "latest"], ["metrics", "net-2", "loss"], ["metrics", "net-2", "loss", "--format", "json"],
        ["metrics", "net-1", "loss", "--plot", "--with", "net-2"], ["compare", "net-1", "net-2", "net-3"], ["compare", "net-1", "net-2", "--diff", "--curves"],
        ["compare", "-e", "digits", "--limit", "3", "--format", "json"], ["compare", "net-2", "-b", "net-1", "--format", "markdown"],
        ["compare", "latest", "latest~1", "--plot", "loss"], ["compare", "-e", "digits", "--group-by", "params", "--best"],
        ["compare", "-e", "digits", "--group-by", "lr"], ["artifacts", "diff", "net-1", "net-2"], ["artifacts", "diff", "net-1", "net-2", "source/train.py"],
        ["note", "net-1"],
    ):
        shown = cli(*words, store=uri)
        assert shown and shown == cli(*words, store=store), words
    # Only a page of runs names its time of making.
    page = [re.sub(r"\d{4}-\d\d-\d\d[ T][\d:]+Z?", "", cli("compare", "net-1", "net-2", "--format", "html", store=place)) for place in (uri, store)]
    assert page[0] == page[1] and "<svg" in page[0]


def test_what_is_wrong_is_said_as_of_a_file(both):
    store, uri, runs = both
    for words in (
        ["show", "nobody"], ["show", "child"], ["show", "f" * 32], ["show", "ab"], ["show", "latest~99"], ["runs", "-e", "nowhere"],
        ["runs", "-f", "metrics.loss <"], ["runs", "-o", "metrics."], ["compare", "net-1", runs[0]], ["metrics", "net-1", "none"],
        ["artifacts", "get", "net-1", "no/such"], ["restore", "net-1"], ["delete", "-e", "nowhere"], ["models", "none"],
    ):
        assert cli(*words, store=uri, status=1) == cli(*words, store=store, status=1), words
    assert "no run matches" in cli("show", "it's \"one\"", store=uri, status=1)


def test_what_a_server_does_not_say_is_left_out(both):
    store, uri, runs = both
    experiments = json.loads(cli("experiments", "--format", "json", store=uri))
    of_file = json.loads(cli("experiments", "--format", "json", store=store))
    assert [e["runs"] for e in of_file] == [2, 4] and experiments == [e | {"runs": None} for e in of_file]
    assert "runs" not in cli("experiments", store=uri).splitlines()[0]
    listed = json.loads(cli("artifacts", "net-1", "--format", "json", store=uri))
    assert [(a["path"], a["bytes"], a["sha256"]) for a in listed] == [("model/weights.bin", 7, None), ("source/train.py", 16, None)]
    # Where each can be fetched.
    assert requests.get(listed[1]["file"], timeout=LIMIT).text == "rate = 0.1\nsame\n"
    assert "sha256" not in cli("artifacts", "net-1", store=uri)
    deleted = json.loads(cli("runs", "--view", "deleted", "--format", "json", store=uri))
    assert [run["name"] for run in deleted] == ["gone"] and deleted[0]["experiment_id"] == "1"


def test_changes_reach_the_server(both, tmp_path):
    store, uri, runs = both
    assert "team = vision" in cli("tag", "net-1", "team=vision", "a/b=c d", store=uri)
    assert "removed" in cli("tag", "net-1", "-r", "team", "-r", "never", store=uri)
    cli("note", "net-1", "# Best", store=uri)
    assert cli("note", "net-1", store=store) == "# Best\n"
    tags = json.loads(cli("show", "net-1", "--format", "json", store=store))["tags"]
    assert tags["a/b"] == "c d" and "team" not in tags
    assert cli("delete", "net-2", "net-3", store=uri).count("Deleted") == 2
    assert cli("runs", "-e", "digits", store=store).count("net-") == 1
    assert "Restored" in cli("restore", "net-2", store=uri)
    assert cli("runs", "-e", "digits", store=store).count("net-") == 2
    assert "Deleted the experiment digits" in cli("delete", "-e", "digits", store=uri)
    assert "no experiment" in cli("runs", "-e", "digits", store=store, status=1)
    assert "gone" in cli("runs", "--view", "deleted", store=uri)
    assert "Restored the experiment" in cli("restore", "-e", "digits", store=uri)
    cli("models", "register", "clf", "net-1", "model", store=uri)
    cli("models", "alias", "clf", "best", "1", store=uri)
    assert cli("models", "clf", store=uri) == cli("models", "clf", store=store) and "best" in cli("models", store=uri)
    assert "(1 file)" in cli("models", "get", "clf@best", "--output", tmp_path / "model", store=uri)
    assert (tmp_path / "model" / "weights.bin").read_text() == "weights"
    cli("artifacts", "get", "net-1", "source", "-o", tmp_path / "copy", store=uri)
    assert (tmp_path / "copy/source/train.py").read_text().startswith("rate") and not (tmp_path / "copy/model").exists()


def test_a_shell_is_offered_what_a_server_has(both):
    store, uri, runs = both

    def offered(*words):
        return [line.split("\t") for line in cli("__complete", *words, TRACKING_URI=uri).splitlines()]

    assert [word for word, _ in offered("show", "net-")] == ["net-3", "net-2", "net-1"]
    assert offered("runs", "--experiment", "d") == [["digits", "experiment 1"]]
    assert offered("restore", "")[0][0] == "gone"
    assert [word for word, _ in offered("metrics", "net-1", "")] == ["accuracy", "loss"]
    assert cli("__complete", "show", "", TRACKING_URI="http://127.0.0.1:9") == "latest\tthe newest run\n"


def test_where_the_environment_sends_it(both, tmp_path):
    store, uri, runs = both
    here = {"PWD": str(tmp_path)}
    assert "net-1" in cli("runs", **here, TRACKING_URI=uri)
    # As for the runs of notebooks, MLflow's variable counts where ours is not set.
    assert "net-1" in cli("runs", **here, MLFLOW_TRACKING_URI=uri)
    assert cli("runs", **here, MLFLOW_TRACKING_URI=uri, TRACKING_URI=str(store)) == cli("runs", store=store)
    for words in (["gc"], ["sql", "SELECT 1"], ["doctor"], ["export", "-t", "json", "-o", "x"]):
        told = cli(*words, **here, TRACKING_URI=uri, status=1)
        assert words[0] in told and uri in told and "track-cli import" in told
    assert "not a file store" in cli("serve", store=uri, status=1)
    assert "secret" not in cli("gc", store=uri.replace("//", "//ann:secret@"), status=1)


def test_a_run_whose_process_died_is_shown_as_such(folder, tmp_path):
    store = tmp_path / "tracking.db"
    with paused_runner(store, 5):
        pass
    with served(store) as client:
        uri = mlflow.get_tracking_uri()
        assert client.search_runs([e.experiment_id for e in client.search_experiments()])[0].info.status == "KILLED"
        shown = cli("show", "victim", store=uri)
        assert "interrupted: its process went away" in shown and shown == cli("show", "victim", store=store)
        assert imported(uri, store=tmp_path / "copy.db")[0] == 1
    assert "INTERRUPTED" in cli("runs", store=tmp_path / "copy.db")


def test_roles_count(team, track, folder):  # noqa: F811
    uri, admin, colleague = team
    call(uri, "runs/create", admin, experiment_id="0", run_name="secret")
    assert "secret" in cli("runs", store=uri, MLFLOW_TRACKING_TOKEN=admin)
    assert "secret" not in cli("runs", store=uri, MLFLOW_TRACKING_TOKEN=colleague)
    assert "401" in cli("runs", store=uri, status=1) and "401" in cli("runs", store=uri, status=1, MLFLOW_TRACKING_TOKEN="wrong")
    track("accounts", "grant", "colleague", "read", "-e", "Default")
    assert "secret" in cli("runs", store=uri, MLFLOW_TRACKING_TOKEN=colleague)
    for words in (["tag", "secret", "a=b"], ["delete", "secret"], ["delete", "-e", "Default"]):
        assert "403" in cli(*words, store=uri, status=1, MLFLOW_TRACKING_TOKEN=colleague)
    assert admin not in cli("runs", store=uri.replace("//", f"//admin:{admin}x@"), status=1)


def test_a_killed_one_leaves_nothing_for_long(folder, tmp_path):
    with served(tmp_path / "tracking.db") as client:
        client.create_run("0", run_name="one")
        uri = mlflow.get_tracking_uri()
        process = subprocess.Popen([CLI, "runs", "--watch", "--store", uri], stdout=subprocess.PIPE, text=True)
        try:
            assert "name" in process.stdout.readline() and "one" in process.stdout.readline()
            client.create_run("0", run_name="two")
            assert any("two" in process.stdout.readline() for _ in range(4))
        finally:
            process.kill()
            process.communicate(timeout=LIMIT)
        assert len(os.listdir(folder)) == 1
        cli("runs", store=uri)
        assert os.listdir(folder) == []


def test_a_notebook_compares_what_it_logged_to_a_server(start_kernel, serve, tmp_path):  # noqa: F811
    uri, _, _ = serve()
    kernel = start_kernel(TRACKING_URI=uri, XDG_STATE_HOME=str(tmp_path / "state"))
    kernel.ok("""
        import Martlet
        for rate in [0.1, 0.2] {
          try Run.with(experiment: "digits", name: "net-\\(rate)") { run in
            try run.logParam("lr", rate)
            for step in 0..<5 { try run.log("loss", 1 / (rate * Double(step + 1))) }
          }
        }
        """)
    shown = kernel.ok('try compareRuns(experiment: "digits")').value
    assert "net-0.1" in shown and "net-0.2" in shown and "loss ↓" in shown
    assert "no experiment" in kernel.fails('try compareRuns(experiment: "none")').error["evalue"]
    compared = cli("compare", "latest", "latest~1", store=uri)
    assert "net-0.1" in compared and "* best: lowest loss" in compared
