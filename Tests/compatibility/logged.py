"""Single metrics, params, tags, data sets of a run."""

#: Metrics that only one of the two servers takes go to a run of their own, so that they do not show in what is compared later.
ODD = [
    "a step that is a fraction", "a step too huge", "a step that is true", "nan in small letters", "inf", "1e400", "underscores",
    "a time that is a fraction", "a time too huge", "a time that is true", "a text with spaces", "Infinity", "-Infinity", "a word",
]

NAMES = {
    "empty": "", "null": None, "a number": 5, "a space": " ", "spaces around": " a ", "250 characters": "k" * 250, "251 characters": "k" * 251,
    "a slash": "a/b", "a slash first": "/a", "a slash last": "a/", "two slashes": "a//b", "dots": "../a", "a dot": ".", "dots within": "a/../b",
    "dot within": "a/./b", "two dots": "..", "three dots": "...",
    "dots after letters": "a..b", "a colon": "a:b", "a minus": "a-b", "an underscore": "a_b", "a point": "a.b", "unicode": "größe", "Chinese": "数据",
    "an emoji": "🐦", "a quote": "a'b", "a double quote": 'a"b', "a backquote": "a`b", "a percent": "a%b", "a question mark": "a?b", "a hash": "a#b",
    "a backslash": "a\\b", "a newline": "a\nb", "a tab": "a\tb",
    "brackets": "a[0]", "parentheses": "a(b)", "an at sign": "a@b", "an equals sign": "a=b", "a star": "a*b", "a NUL": "a\0b", "an exclamation": "a!",
    "a plus": "a+b", "a comma": "a,b", "a dollar": "$a",
}


def metrics(s):
    run, odd = s.run(run_name="metrics", start_time=3), s.run(run_name="odd metrics", start_time=3)
    ok = {"key": "m", "value": 1, "timestamp": 1, "step": 0}
    for label, change in {
        "all": {}, "again": {}, "another value": {"value": 2}, "a lower step": {"step": -3}, "a step as a text": {"step": "5"},
        "a step that is a fraction": {"step": 1.5}, "a step of 6.0": {"step": 6.0}, "a step that is a word": {"step": "x"},
        "a step that is null": {"step": None}, "a huge step": {"step": 2**63 - 1}, "a step too huge": {"step": 2**63}, "a step of 1e3": {"step": 1e3},
        "a step that is true": {"step": True}, "a step that is a list": {"step": [1]},
        "NaN": {"key": "nan", "value": "NaN"}, "Infinity": {"key": "inf", "value": "Infinity"}, "-Infinity": {"key": "ninf", "value": "-Infinity"},
        "nan in small letters": {"value": "nan"}, "inf": {"value": "inf"}, "a text": {"key": "text", "value": "3.5"},
        "a text with spaces": {"value": " 3.5 "}, "a text of an exponent": {"key": "e", "value": "1e5"}, "a word": {"value": "x"},
        "an empty text": {"value": ""},
        "true": {"key": "true", "value": True}, "null": {"value": None}, "a list": {"value": [1]}, "an object": {"value": {}},
        "1e308": {"key": "big", "value": 1e308}, "1e400": {"value": "1e400"}, "a small one": {"key": "small", "value": 5e-324},
        "minus zero": {"key": "zero", "value": -0.0}, "a huge integer": {"key": "int", "value": 2**70}, "a tenth": {"key": "tenth", "value": 0.1},
        "hexadecimal": {"value": "0x10"}, "underscores": {"value": "1_000"},
        "a time below zero": {"timestamp": -1}, "a time as a text": {"timestamp": "9"}, "a time that is a fraction": {"timestamp": 1.5},
        "a time that is a word": {"timestamp": "x"}, "a time that is null": {"timestamp": None}, "a time that is empty": {"timestamp": ""},
        "a huge time": {"timestamp": 2**63 - 1, "key": "late"}, "a time too huge": {"timestamp": 2**63}, "a time of 2.0": {"timestamp": 2.0},
        "a time that is true": {"timestamp": True}, "a time of 0": {"key": "first", "timestamp": 0},
        "a model that is not there": {"model_id": "m-1", "key": "of model"},
        "a data set": {"dataset_name": "d", "dataset_digest": "1", "key": "of data"}, "an empty model": {"model_id": "", "key": "of no model"},
        "a model that is a number": {"model_id": 5},
    }.items():
        s.post(label, "runs/log-metric", run_id=odd if label in ODD else run, **ok | change)
    for field in ["key", "value", "timestamp", "step"]:
        s.post(f"without {field}", "runs/log-metric", run_id=run, **{k: v for k, v in ok.items() if k != field})
    s.post("unknown run", "runs/log-metric", run_id="0" * 32, **ok)
    s.post("no run", "runs/log-metric", **ok)
    s.get("what was stored", "runs/get", run_id=run)
    s.get("the history", "metrics/get-history", run_id=run, metric_key="m")
    other = s.run(run_name="names", start_time=3)
    for label, name in NAMES.items():
        s.post(f"name: {label}", "runs/log-metric", run_id=other, key=name, value=1, timestamp=1)
    s.get("the names", "runs/get", run_id=other)


def params(s):
    run = s.run(run_name="params", start_time=3)
    for label, body in {
        "a value": {"key": "p", "value": "1"}, "the same": {"key": "p", "value": "1"}, "another": {"key": "p", "value": "2"},
        "an empty value": {"key": "e", "value": ""}, "no value": {"key": "n"}, "no value again": {"key": "n", "value": ""},
        "null": {"key": "z", "value": None}, "a number": {"key": "x", "value": 1}, "true": {"key": "x", "value": True},
        "an object": {"key": "x", "value": {}},
        "6000 characters": {"key": "l", "value": "v" * 6000}, "6001 characters": {"key": "l1", "value": "v" * 6001},
        "6001 again": {"key": "l1", "value": "v" * 6001}, "6000 of them": {"key": "l1", "value": "v" * 6000},
        "unicode": {"key": "u", "value": "ü🐦\n"}, "long unicode": {"key": "lu", "value": "🐦" * 6001},
        "no key": {"value": "1"}, "spaces": {"key": "s", "value": " 1 "}, "another case": {"key": "P", "value": "5"},
    }.items():
        s.post(label, "runs/log-parameter", run_id=run, **body)
    s.post("unknown run", "runs/log-parameter", run_id="0" * 32, key="a", value="1")
    s.post("no run", "runs/log-parameter", key="a", value="1")
    s.get("what was stored", "runs/get", run_id=run)
    other = s.run(run_name="names", start_time=3)
    for label, name in NAMES.items():
        s.post(f"name: {label}", "runs/log-parameter", run_id=other, key=name, value="1")
    s.get("the names", "runs/get", run_id=other)


def tags(s):
    run = s.run(run_name="tags", start_time=3)
    for label, body in {
        "a value": {"key": "t", "value": "1"}, "another": {"key": "t", "value": "2"}, "8000 characters": {"key": "l", "value": "v" * 8000},
        "the run's name": {"key": "mlflow.runName", "value": "renamed"}, "a user": {"key": "mlflow.user", "value": "u"},
        "a note": {"key": "mlflow.note.content", "value": "# x"}, "a parent": {"key": "mlflow.parentRunId", "value": "x"},
    }.items():
        s.post(label, "runs/set-tag", run_id=run, **body)
    s.get("what was stored", "runs/get", run_id=run)
    for label, key in {"remove": "t", "remove again": "t", "remove none": "none", "remove an empty key": "", "remove null": None,
        "remove the run's name": "mlflow.runName", "remove a number": 5}.items():
        s.post(label, "runs/delete-tag", run_id=run, key=key)
    s.post("remove without a key", "runs/delete-tag", run_id=run)
    s.post("remove of an unknown run", "runs/delete-tag", run_id="0" * 32, key="t")
    s.get("what is left", "runs/get", run_id=run)
    s.post("remove by run_uuid", "runs/delete-tag", run_uuid=run, key="l")
    s.post("an empty run's name", "runs/set-tag", run_id=s.run(run_name="kept", start_time=3), key="mlflow.runName", value="")
    long = s.run(run_name="long", start_time=3)
    s.post("8001 characters", "runs/set-tag", run_id=long, key="l1", value="v" * 8001)
    s.get("what is left of 8001 characters", "runs/get", run_id=long)
    other = s.run(run_name="names", start_time=3)
    for label, name in NAMES.items():
        s.post(f"name: {label}", "runs/set-tag", run_id=other, key=name, value="1")
    s.get("the names", "runs/get", run_id=other)


def inputs(s):
    here = s.experiment()
    run, other = s.run(here, run_name="inputs", start_time=3), s.run(run_name="other inputs", start_time=3)
    ok = {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}
    one = lambda dataset, **rest: {"datasets": [{"dataset": dataset, **rest}]}
    # What only one of the two servers takes goes to a run of its own, so that it does not show in what is compared later.
    odd = ["no data set", "texts", "a data set that is a text", "name empty", "name a number", "tag without a key", "a model without an id",
        "tag without a value", "for something else"]
    for label, body in {
        "a data set": one(ok, tags=[{"key": "mlflow.data.context", "value": "train"}]),
        "again": one(ok, tags=[{"key": "mlflow.data.context", "value": "train"}]),
        "for something else": one(ok, tags=[{"key": "mlflow.data.context", "value": "test"}]), "without a context": one(ok | {"digest": "2"}),
        "schema and profile": one(ok | {"digest": "3", "schema": "[]", "profile": "{}"}),
        "other tags": one(ok | {"digest": "4"}, tags=[{"key": "a", "value": "1"}, {"key": "mlflow.data.context", "value": "x"}]), "none": {},
        "an empty list": {"datasets": []}, "no data set": {"datasets": [{}]}, "null": {"datasets": None}, "another kind": {"datasets": "x"},
        "texts": {"datasets": ["x"]}, "a data set that is a text": {"datasets": [{"dataset": "x"}]},
        "name empty": one(ok | {"name": ""}), "name of 500": one(ok | {"name": "n" * 500}), "name of 501": one(ok | {"name": "n" * 501}),
        "digest of 36": one(ok | {"digest": "d" * 36}), "digest of 37": one(ok | {"digest": "d" * 37}), "name a number": one(ok | {"name": 5}),
        "tag without a value": one(ok | {"digest": "5"}, tags=[{"key": "a"}]), "tag without a key": one(ok | {"digest": "6"}, tags=[{"value": "a"}]),
        "tag's key of 256": one(ok | {"digest": "7"}, tags=[{"key": "k" * 256, "value": "1"}]),
        "tag's value of 501": one(ok | {"digest": "8"}, tags=[{"key": "k", "value": "v" * 501}]),
        "source of 65536": one(ok | {"digest": "9", "source": "s" * 65536}), "an unknown model": {"models": [{"model_id": "m-none"}]},
        "a model without an id": {"models": [{}]},
    }.items():
        s.post(label, "runs/log-inputs", run_id=other if label in odd else run, **body)
    for field in ok:
        s.post(f"without {field}", "runs/log-inputs", run_id=other, **one({k: v for k, v in ok.items() if k != field}))
    s.post("unknown run", "runs/log-inputs", run_id="0" * 32, **one(ok))
    s.post("no run", "runs/log-inputs", **one(ok))
    s.get("what was stored", "runs/get", run_id=run)
    path = "/ajax-api/2.0/mlflow/experiments/search-datasets"
    for label, ids in {"the data sets": [here], "of none": [], "of an unknown one": ["987654"], "of a word": ["x"],
        "of 21": [str(i) for i in range(100, 121)], "of null": None, "of a number": [0]}.items():
        s.post(label, path, experiment_ids=ids)
    s.post("outputs of an unknown model", "runs/outputs", run_id=run, models=[{"model_id": "m-none", "step": 1}])
    for label, body in {"outputs without models": {}, "outputs empty": {"models": []}, "outputs without a step": {"models": [{"model_id": "m-1"}]},
        "outputs without an id": {"models": [{"step": 1}]}, "outputs null": {"models": None}, "outputs of another kind": {"models": "x"}}.items():
        s.post(label, "runs/outputs", run_id=other if label == "outputs without an id" else run, **body)
    s.post("outputs of an unknown run", "runs/outputs", run_id="0" * 32, models=[{"model_id": "m-1", "step": 0}])
    for label, text in {"log-model": '{"artifact_path": "m", "flavors": {}, "run_id": "x", "utc_time_created": "t"}',
        "log-model twice": '{"artifact_path": "n", "flavors": {}, "run_id": "x", "utc_time_created": "t"}', "log-model of no JSON": "x",
        "log-model of too little": "{}", "log-model of a list": "[]", "log-model of nothing": "", "log-model of null": None}.items():
        s.post(label, "runs/log-model", run_id=run, model_json=text)
    s.get("at the end", "runs/get", run_id=run)


GROUPS = {"metrics": metrics, "params": params, "tags": tags, "inputs and outputs": inputs}
