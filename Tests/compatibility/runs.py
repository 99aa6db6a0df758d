"""Runs: made, read, updated, deleted, restored."""


def create(s):
    here = s.experiment()
    for label, body in {
        "everything": {"run_name": "all", "user_id": "anna", "start_time": 5, "tags": [{"key": "a", "value": "1"}]}, "nothing": {},
        "a start as a text": {"start_time": "7", "run_name": "a"}, "a start below zero": {"start_time": -5, "run_name": "a"},
        "a start that is a fraction": {"start_time": 1.5, "run_name": "a"}, "a start that is a word": {"start_time": "x", "run_name": "a"},
        "a start of 1e12": {"start_time": 1e12, "run_name": "a"}, "a huge start": {"start_time": 2**63, "run_name": "a"},
        "a start that is null": {"start_time": None, "run_name": "a"},
        "an empty name": {"run_name": "", "start_time": 1}, "a name of spaces": {"run_name": "  ", "start_time": 1},
        "a name that is a number": {"run_name": 4}, "a name of 250": {"run_name": "n" * 250, "start_time": 1},
        "a name of 251": {"run_name": "n" * 251, "start_time": 1}, "a name of 5001": {"run_name": "n" * 5001, "start_time": 1},
        "unicode": {"run_name": "Wörter 🐦\n", "start_time": 1},
        "a name by tag": {"tags": [{"key": "mlflow.runName", "value": "tagged"}], "start_time": 1},
        "name and tag alike": {"run_name": "x", "tags": [{"key": "mlflow.runName", "value": "x"}], "start_time": 1},
        "name and tag that differ": {"run_name": "x", "tags": [{"key": "mlflow.runName", "value": "y"}]},
        "an empty name and a tag": {"run_name": "", "tags": [{"key": "mlflow.runName", "value": "y"}], "start_time": 1},
        "a tag with an empty name": {"tags": [{"key": "mlflow.runName", "value": ""}], "start_time": 1},
        "a tag twice": {"run_name": "x", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}], "start_time": 1},
        "a tag without a value": {"run_name": "x", "tags": [{"key": "a"}], "start_time": 1},
        "a tag without a key": {"run_name": "x", "tags": [{"value": "a"}], "start_time": 1},
        "a tag's key of 251": {"run_name": "x", "tags": [{"key": "k" * 251, "value": "1"}], "start_time": 1},
        "a tag's value of 8001": {"run_name": "x", "tags": [{"key": "k", "value": "v" * 8001}], "start_time": 1},
        "tags of another kind": {"run_name": "x", "tags": "a"},
        "a parent": {"run_name": "x", "tags": [{"key": "mlflow.parentRunId", "value": "none"}], "start_time": 1},
        "a user by tag": {"run_name": "x", "tags": [{"key": "mlflow.user", "value": "u"}], "start_time": 1},
        "an end": {"run_name": "x", "end_time": 9, "start_time": 1},
        "a status": {"run_name": "x", "status": "FINISHED", "start_time": 1},
        "an id of its own": {"run_name": "x", "run_id": "0" * 32, "start_time": 1}, "a user that is a number": {"run_name": "x", "user_id": 1},
        "a tag's name with a colon": {"run_name": "x", "tags": [{"key": "a:b", "value": "1"}], "start_time": 1},
        "a tag's name with a question mark": {"run_name": "x", "tags": [{"key": "a?b", "value": "1"}], "start_time": 1},
    }.items():
        s.post(label, "runs/create", experiment_id=here, **body)
    for label, id in {"unknown": "987654", "a word": "abc", "a number": 0, "empty": "", "null": None, "negative": "-1", "a fraction": "1.0",
        "a list": ["0"]}.items():
        s.post(f"experiment {label}", "runs/create", experiment_id=id, run_name="x", start_time=1)
    s.post("no experiment", "runs/create", run_name="x", start_time=1)


def get(s):
    run = s.run(run_name="get", start_time=3)
    s.log(run, {"p": "1", "é": "ü"}, {"m": 1, "n": 0.1, "o": 1e300}, {"t": "v"})
    s.get("a run", "runs/get", run_id=run)
    for label, id in {"unknown": "0" * 32, "empty": "", "capitals": run.upper(), "its beginning": run[:8], "its name": "get",
        "a quote": "'; DROP TABLE runs; --", "long": "x" * 3000, "a space": run + " "}.items():
        s.get(label, "runs/get", run_id=id)
    s.get("none", "runs/get")
    s.get("both ids", "runs/get", run_id=run, run_uuid="0" * 32)
    s.get("an empty id beside run_uuid", "runs/get", run_id="", run_uuid=run)


def update(s):
    run = s.run(run_name="update", start_time=3)
    for label, body in {
        "a status": {"status": "FINISHED"}, "an end": {"end_time": 10}, "both": {"status": "FAILED", "end_time": 11}, "nothing": {},
        "a status of a number": {"status": 1}, "a status in small letters": {"status": "finished"}, "an unknown status": {"status": "DONE"},
        "status 9": {"status": 9}, "status 0": {"status": 0},
        "status true": {"status": True}, "status null": {"status": None}, "status as a digit": {"status": "4"}, "an end below zero": {"end_time": -1},
        "an end before the start": {"end_time": 1, "status": "KILLED"}, "an end as a text": {"end_time": "12"},
        "an end that is a word": {"end_time": "x"}, "an end that is a fraction": {"end_time": 1.5}, "an end of 13.0": {"end_time": 13.0},
        "a huge end": {"end_time": 2**63}, "an end that is true": {"end_time": True}, "a name": {"run_name": "new"},
        "an empty name": {"run_name": ""}, "a name of spaces": {"run_name": " "}, "a name that is a number": {"run_name": 2},
        "a long name": {"run_name": "n" * 300}, "scheduled": {"status": "SCHEDULED"}, "running again": {"status": "RUNNING"},
        "an end of 0": {"end_time": 0}, "user": {"user_id": "bert"},
    }.items():
        s.post(label, "runs/update", run_id=run, **body)
    s.get("after", "runs/get", run_id=run)
    s.post("by run_uuid", "runs/update", run_uuid=run, status="FINISHED", end_time=20)
    s.post("unknown", "runs/update", run_id="0" * 32, status="FINISHED")
    s.post("none", "runs/update", status="FINISHED")
    other = s.run(run_name="update 2", start_time=3)
    s.post("finished without an end", "runs/update", run_id=other, status="FINISHED")


def lives(s):
    here = s.experiment()
    run = s.run(here, run_name="lives", start_time=3)
    s.log(run, {"p": "1"}, {"m": 1}, {"t": "v"})
    for label, path, body in [
        ("restore an active one", "restore", {}), ("delete", "delete", {}), ("delete again", "delete", {}),
        ("update", "update", {"status": "FINISHED"}), ("metric", "log-metric", {"key": "m", "value": 1, "timestamp": 1}),
        ("param", "log-parameter", {"key": "p", "value": "1"}),
        ("tag", "set-tag", {"key": "t", "value": "1"}), ("untag", "delete-tag", {"key": "t"}),
        ("batch", "log-batch", {"tags": [{"key": "t", "value": "1"}]}), ("empty batch", "log-batch", {}),
        ("inputs", "log-inputs", {"datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "x", "source": "y"}}]}),
        ("outputs", "outputs", {"models": [{"model_id": "m-1", "step": 0}]}),
    ]:
        s.post(label, f"runs/{path}", run_id=run, **body)
    s.get("deleted", "runs/get", run_id=run)
    s.get("its history", "metrics/get-history", run_id=run, metric_key="m")
    s.get("its artifacts", "artifacts/list", run_id=run)
    for view in ["ACTIVE_ONLY", "DELETED_ONLY", "ALL", "other", 2, "2", None]:
        s.post(f"search {view!r}", "runs/search", experiment_ids=[here], run_view_type=view)
    s.post("restore", "runs/restore", run_id=run)
    s.get("restored", "runs/get", run_id=run)
    for path in ["delete", "restore"]:
        s.post(f"{path} an unknown one", f"runs/{path}", run_id="0" * 32)
        s.post(f"{path} none", f"runs/{path}")
        s.post(f"{path} an empty id", f"runs/{path}", run_id="")
        s.post(f"{path} by run_uuid", f"runs/{path}", run_uuid=run)
    s.get("at the end", "runs/get", run_id=run)


GROUPS = {"creating runs": create, "getting runs": get, "updating runs": update, "lives of runs": lives}
