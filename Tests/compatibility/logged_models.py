"""Logged models."""


def models(s):
    here = s.experiment()
    run = s.run(here, run_name="logged", start_time=3)
    made = s.post("create", "logged-models", experiment_id=here, name="one", model_type="cnn", source_run_id=run, params=[{"key": "p", "value": "1"}],
        tags=[{"key": "t", "value": "v"}])
    id = made.get("model", {}).get("info", {}).get("model_id", "m-none")
    for label, body in {
        "no name": {}, "an empty name": {"name": ""}, "a slash": {"name": "a/b"}, "a colon": {"name": "a:b"}, "a dot": {"name": "a.b"},
        "a percent": {"name": "a%b"}, "a quote": {"name": "a'b"}, "a double quote": {"name": "a\"b"}, "unicode": {"name": "größe 🐦"},
        "a number": {"name": 5}, "a long name": {"name": "n" * 501}, "a run that is not there": {"name": "x", "source_run_id": "0" * 32},
        "a param twice": {"name": "x", "params": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "a long param": {"name": "x", "params": [{"key": "a", "value": "v" * 6001}]},
        "a long param's name": {"name": "x", "params": [{"key": "k" * 251, "value": "v"}]},
        "a tag twice": {"name": "x", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "a tag without a value": {"name": "x", "tags": [{"key": "a"}]}, "params of another kind": {"name": "x", "params": "x"},
        "a type that is a number": {"name": "x", "model_type": 5}, "the same name": {"name": "one"},
        "a wrong param": {"name": "x", "params": [{"key": "a?b", "value": "1"}]},
        "a long tag": {"name": "x", "tags": [{"key": "k" * 251, "value": "1"}]},
    }.items():
        s.post(f"create with {label}", "logged-models", experiment_id=here, **body)
    for label, body in {"none": {}, "unknown": {"experiment_id": "987654"}, "a word": {"experiment_id": "x"}, "empty": {"experiment_id": ""},
        "a number": {"experiment_id": 0}}.items():
        s.post(f"create in experiment {label}", "logged-models", name="x", **body)
    s.get("get", f"logged-models/{id}")
    s.get("get unknown", "logged-models/m-none")
    s.get("get empty", "logged-models/")
    patch = lambda label, path, **body: s.ask(label, "PATCH", f"logged-models/{path}", body)
    for label, status in {"ready": "LOGGED_MODEL_READY", "failed": "LOGGED_MODEL_UPLOAD_FAILED", "a number": 2, "pending": "LOGGED_MODEL_PENDING",
        "unknown": "DONE", "READY": "READY", "9": 9, "null": None, "ready again": "LOGGED_MODEL_READY"}.items():
        patch(f"status {label}", id, model_id=id, status=status)
    patch("status none", id, model_id=id)
    patch("status without the id in the body", id, status="LOGGED_MODEL_READY")
    patch("status of an unknown one", "m-none", model_id="m-none", status="LOGGED_MODEL_READY")
    for label, tags in {"tags": [{"key": "a", "value": "1"}], "a tag again": [{"key": "a", "value": "2"}],
        "a tag twice": [{"key": "c", "value": "1"}, {"key": "c", "value": "2"}], "no tags": [], "a tag without a value": [{"key": "b"}],
        "tags of another kind": "x", "tags null": None}.items():
        patch(label, f"{id}/tags", model_id=id, tags=tags)
    patch("tags of an unknown one", "m-none/tags", model_id="m-none", tags=[{"key": "a", "value": "1"}])
    for label, path in {"untag": f"{id}/tags/a", "untag again": f"{id}/tags/a", "untag unknown": "m-none/tags/a", "untag a slash": f"{id}/tags/a/b",
        "untag nothing": f"{id}/tags/"}.items():
        s.ask(label, "DELETE", f"logged-models/{path}", {})
    for label, params in {"params": [{"key": "q", "value": "1"}], "the same param": [{"key": "q", "value": "1"}],
        "another value": [{"key": "q", "value": "2"}], "no params": [], "a param without a value": [{"key": "r"}],
        "params of another kind": "x"}.items():
        s.post(label, f"logged-models/{id}/params", model_id=id, params=params)
    s.post("params of an unknown one", "logged-models/m-none/params", model_id="m-none", params=[{"key": "q", "value": "1"}])
    s.post("a metric of it", "runs/log-metric", run_id=run, key="m", value=1, timestamp=1, step=2, model_id=id, dataset_name="d", dataset_digest="1")
    s.post("outputs", "runs/outputs", run_id=run, models=[{"model_id": id, "step": 3}])
    s.post("inputs", "runs/log-inputs", run_id=run, models=[{"model_id": id}])
    s.get("its run", "runs/get", run_id=run)
    s.get("after changes", f"logged-models/{id}")
    s.post("a param twice", f"logged-models/{id}/params", model_id=id, params=[{"key": "tw", "value": "1"}, {"key": "tw", "value": "1"}])
    for label, query in {"files": {}, "files of a folder": {"artifact_directory_path": "x"}, "files by dots": {"artifact_directory_path": "../x"},
        "files from the root": {"artifact_directory_path": "/etc"}}.items():
        s.get(label, f"logged-models/{id}/artifacts/directories", **query)
    s.get("files of an unknown one", "logged-models/m-none/artifacts/directories")
    s.ask("delete", "DELETE", f"logged-models/{id}", {})
    s.ask("delete again", "DELETE", f"logged-models/{id}", {})
    s.ask("delete unknown", "DELETE", "logged-models/m-none", {})
    s.get("get the deleted one", f"logged-models/{id}")
    id = s.need("POST", "logged-models", experiment_id=here, name="gone")["model"]["info"]["model_id"]
    s.need("DELETE", f"logged-models/{id}")
    s.get("get the deleted one anyway", f"logged-models/{id}", allow_deleted="true")


def search(s):
    here = s.experiment()
    run = s.run(here, run_name="found", start_time=3)
    for index, (name, kind) in enumerate([("alpha", "cnn"), ("beta", "rnn"), ("Gamma", "cnn")]):
        id = s.need("POST", "logged-models", experiment_id=here, name=name, model_type=kind, source_run_id=run,
            params=[{"key": "p", "value": str(index)}], tags=[{"key": "t", "value": "xyx"[index]}])["model"]["info"]["model_id"]
        if index < 2:
            s.need("POST", "runs/log-metric", run_id=run, key="m", value=index + 1, timestamp=1, model_id=id, dataset_name="d" if index else "",
                dataset_digest="1" if index else "")

    def find(label, **body):
        s.post(label, "logged-models/search", **{"experiment_ids": [here], "order_by": [{"field_name": "name"}]} | body)
        answer = s.answers[f"{s.group}: {label}"]
        if answer.status == 200 and "models" in answer.body:
            answer.body = answer.body | {"models": [m["info"]["name"] for m in answer.body["models"]]}

    for filter in [
        "", "name = 'alpha'", "attributes.name = 'alpha'", "attribute.name = 'alpha'", "name != 'alpha'", "name LIKE 'A%'", "name ILIKE 'A%'",
        "name IN ('alpha')", "name NOT IN ('alpha')", "model_type = 'cnn'", "status = 'PENDING'", "status = 'LOGGED_MODEL_PENDING'",
        "status != 'READY'", "source_run_id = 'x'", "model_id = 'x'", "creation_timestamp > 0", "creation_timestamp_ms > 0", "creation_time > 0",
        "last_updated_timestamp > 0", "last_updated_timestamp_ms > 0", "creation_timestamp > 'x'", "metrics.m > 1", "metrics.m >= 1", "metrics.m = 1",
        "metrics.m != 1", "metrics.m LIKE '1'", "metrics.m > '1'", "metric.m > 1", "params.p = '1'", "params.p != '1'",
        "params.p LIKE '1'", "params.p IN ('0', '1')", "params.p > '1'", "params.p = 1", "param.p = '1'", "tags.t = 'x'", "tags.t != 'x'",
        "tags.t LIKE 'X'", "tags.t ILIKE 'X'", "tags.t IN ('x')", "tags.t IS NULL", "tag.t = 'x'", "t = 'x'", "none = 'x'", "attributes.none = 'x'",
        "name", "name =", "name = 'x", "name = 'alpha' AND tags.t = 'x'", "name = 'alpha' OR name = 'beta'", "(name = 'alpha')", "name = 'alpha' AND",
        "experiment_id = '0'", "artifact_location = 'x'", "name > 'a'", "metrics.`m` > 1", "metrics.\"m\" > 1", "name = 5", "x",
    ]:
        find(f"filter {filter!r}", filter=filter)
    for order in ["name", "attributes.name", "creation_timestamp", "creation_timestamp_ms", "creation_time", "last_updated_timestamp", "metrics.m",
        "params.p", "tags.t", "none", "model_id", "model_type", "status", "", "metrics.none", "metrics.", "name DESC", "source_run_id"]:
        more = [] if "name" in order else [{"field_name": "name"}]
        if order != "model_id":
            find(f"order {order!r}", order_by=[{"field_name": order}, *more])
        find(f"order {order!r} down", order_by=[{"field_name": order, "ascending": False},
                *more] if order != "model_id" else [{"field_name": "name", "ascending": False}])
    for label, body in {"order as a text": {"order_by": ["name"]}, "order without a name": {"order_by": [{"ascending": False}]},
        "order null": {"order_by": None}, "order by a metric of a data set": {"order_by": [{"field_name": "metrics.m", "dataset_name": "d",
                    "dataset_digest": "1"}]}, "order by a metric of a digest": {"order_by": [{"field_name": "metrics.m", "dataset_digest": "1"}]},
                    "order by an attribute of a data set": {"order_by": [{"field_name": "name", "dataset_name": "d"}]},
                    "order not a list": {"order_by": {"field_name": "name"}}}.items():
        find(label, **body)
    for label, body in {"data set d": {"datasets": [{"dataset_name": "d"}], "filter": "metrics.m > 0"},
        "data set and digest": {"datasets": [{"dataset_name": "d", "dataset_digest": "2"}], "filter": "metrics.m > 0"},
        "data set only": {"datasets": [{"dataset_name": "d"}]}, "data set without a name": {"datasets": [{"dataset_digest": "1"}]},
        "data set empty": {"datasets": [{"dataset_name": ""}]}, "data sets null": {"datasets": None},
        "data sets of another kind": {"datasets": "d"}}.items():
        find(label, **body)
    for label, body in {"max_results 1": {"max_results": 1}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
        "max_results 50": {"max_results": 50}, "max_results 51": {"max_results": 51}, "max_results 50001": {"max_results": 50001},
        "max_results a word": {"max_results": "x"}, "token x": {"page_token": "x"}, "token empty": {"page_token": ""}, "token 5": {"page_token": "5"},
        "no experiments": {"experiment_ids": []}, "experiments null": {"experiment_ids": None},
        "an unknown experiment": {"experiment_ids": ["987654"]}, "a word": {"experiment_ids": ["x"]}}.items():
        find(label, **body)
    s.post("nothing at all", "logged-models/search")
    token = s.post("the first page", "logged-models/search", experiment_ids=[here], order_by=[{"field_name": "name"}],
        max_results=2).get("next_page_token")
    find("the second page", max_results=2, page_token=token)
    find("the second page of another filter", max_results=2, page_token=token, filter="name = 'alpha'")


GROUPS = {"logged models": models, "searching logged models": search}
