"""How requests are written: methods, paths, media types, JSON, names of fields and types of values."""

JSON = {"Content-Type": "application/json"}


def bodies(s):
    run = s.run(run_name="wire", start_time=3)
    odd = s.run(run_name="odd wire", start_time=3)
    tag = f'{{"run_id": "{run}", "key": "k", "value": "v"}}'
    for label, raw, headers in [
        ("a body that is well-formed", tag, JSON), ("with a charset", tag, {"Content-Type": "application/json; charset=utf-8"}),
        ("in capitals", tag, {"Content-Type": "Application/JSON"}), ("no media type", tag, {}), ("text/plain", tag, {"Content-Type": "text/plain"}),
        ("a form", "run_id=1&key=k", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("application/json-patch", tag, {"Content-Type": "application/json-patch+json"}),
        ("an empty body", "", JSON), ("an empty body and no media type", "", {}), ("spaces only", "  ", JSON), ("half of an object", tag[:-5], JSON),
        ("an array", "[1, 2]", JSON),
        ("a text", '"text"', JSON), ("a number", "5", JSON), ("null", "null", JSON), ("true", "true", JSON), ("an object in a text", '"{}"', JSON),
        ("rubbish after the object", tag + "x", JSON), ("a comma too many", tag[:-1] + ",}", JSON), ("single quotes", "{'run_id': 'x'}", JSON),
        ("a comment", "/* x */" + tag, JSON), ("a byte order mark", "\ufeff" + tag, JSON), ("not UTF-8", b'{"run_id": "\xff\xfe"}', JSON),
        ("the same field twice", f'{{"run_id": "no", "run_id": "{run}", "key": "k", "value": "v"}}', JSON),
        ("NaN as a word", f'{{"run_id": "{run}", "key": "m", "value": NaN, "timestamp": 1}}', JSON),
        ("a NUL in a value", f'{{"run_id": "{run}", "key": "n", "value": "a\\u0000b"}}', JSON),
        ("a lone surrogate", f'{{"run_id": "{run}", "key": "s", "value": "\\ud800"}}', JSON),
    ]:
        path = "runs/log-metric" if label.startswith("NaN") else "runs/set-tag"
        raw = raw.replace(run, odd) if label.startswith("NaN") else raw
        s.ask(label, "POST", path, raw=raw if isinstance(raw, bytes) else raw.encode(), headers=headers)
    s.ask("deep nesting", "POST", "runs/set-tag", raw=b'{"run_id": ' + b"[" * 200 + b"]" * 200 + b"}", headers=JSON)
    s.get("what was stored", "runs/get", run_id=run)


def fields(s):
    run = s.run(run_name="fields", start_time=3)
    for label, body in {
        "unknown fields": {"run_id": run, "key": "a", "value": "1", "other": {"x": [1]}}, "camel case": {"runId": run, "key": "b", "value": "1"},
        "both cases": {"runId": run, "run_id": run, "key": "c", "value": "1"}, "run_uuid": {"run_uuid": run, "key": "d", "value": "1"},
        "runUuid": {"runUuid": run, "key": "d2", "value": "1"},
        "run_uuid beside an empty run_id": {"run_id": "", "run_uuid": run, "key": "d3", "value": "1"},
        "run_id null": {"run_id": None, "key": "e", "value": "1"}, "run_id empty": {"run_id": "", "key": "e", "value": "1"},
        "run_id a number": {"run_id": 5, "key": "e", "value": "1"},
        "run_id a list": {"run_id": [run], "key": "e", "value": "1"}, "run_id an object": {"run_id": {}, "key": "e", "value": "1"},
        "run_id true": {"run_id": True, "key": "e", "value": "1"},
        "run_id unknown": {"run_id": "0" * 32, "key": "e", "value": "1"}, "run_id of another form": {"run_id": "../../x", "key": "e", "value": "1"},
        "key missing": {"run_id": run, "value": "1"}, "key null": {"run_id": run, "key": None, "value": "1"},
        "key empty": {"run_id": run, "key": "", "value": "1"},
        "key a number": {"run_id": run, "key": 7, "value": "1"}, "value missing": {"run_id": run, "key": "f"},
        "value null": {"run_id": run, "key": "g", "value": None},
        "value empty": {"run_id": run, "key": "h", "value": ""}, "value a number": {"run_id": run, "key": "i", "value": 1},
        "value true": {"run_id": run, "key": "i", "value": True},
        "value a list": {"run_id": run, "key": "i", "value": []}, "everything missing": {},
    }.items():
        s.post(label, "runs/set-tag", **body | ({"key": "other"} if "runId" in body or "runUuid" in body or label.endswith("an empty run_id") else {}))
    s.need("POST", "runs/set-tag", run_id=run, key="other", value="1")
    s.get("camel case in a query", "runs/get", runId=run)
    s.get("run_uuid in a query", "runs/get", run_uuid=run)
    s.ask("a field twice in a query", "GET", "runs/get", query=[("run_id", "no"), ("run_id", run)])
    s.get("an unknown field in a query", "runs/get", run_id=run, other="x")
    s.ask("GET with a body", "GET", "runs/get", raw=f'{{"run_id": "{run}"}}'.encode(), headers=JSON)
    s.ask("POST with a query", "POST", f"runs/set-tag?run_id={run}&key=q&value=1", raw=b"{}", headers=JSON)
    s.ask("POST with a query and no body", "POST", f"runs/set-tag?run_id={run}&key=q&value=1", raw=b"", headers={})
    s.ask("a query with plus and percent", "GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=a+b%20c%2B", raw=None, headers={})
    s.ask("a query with a broken escape", "GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=%zz", raw=None, headers={})
    s.ask("a query that is not UTF-8", "GET", "/api/2.0/mlflow/experiments/get-by-name?experiment_name=%ff", raw=None, headers={})


def paths(s):
    run = s.run(run_name="paths", start_time=3)
    for label, method, path in [
        ("ajax-api", "GET", f"/ajax-api/2.0/mlflow/runs/get?run_id={run}"), ("api 3.0", "GET", f"/api/3.0/mlflow/runs/get?run_id={run}"),
        ("api 1.0", "GET", f"/api/1.0/mlflow/runs/get?run_id={run}"),
        ("preview", "GET", f"/api/2.0/preview/mlflow/runs/get?run_id={run}"),
        ("a slash at the end", "GET", f"/api/2.0/mlflow/runs/get/?run_id={run}"),
        ("two slashes", "GET", f"/api/2.0/mlflow//runs/get?run_id={run}"), ("capitals", "GET", f"/api/2.0/mlflow/Runs/Get?run_id={run}"),
        ("an escaped letter", "GET", f"/api/2.0/mlflow/runs/ge%74?run_id={run}"),
        ("no such call", "GET", "/api/2.0/mlflow/runs/none"), ("no such place", "GET", "/none"), ("the root of the API", "GET", "/api/2.0/mlflow"),
        ("POST for GET", "POST", "/api/2.0/mlflow/runs/get"), ("GET for POST", "GET", "/api/2.0/mlflow/runs/create"),
        ("PUT for POST", "PUT", "/api/2.0/mlflow/runs/create"),
        ("DELETE for POST", "DELETE", "/api/2.0/mlflow/runs/delete"), ("PATCH for POST", "PATCH", "/api/2.0/mlflow/runs/update"),
        ("POST for PATCH", "POST", "/api/2.0/mlflow/registered-models/update"),
        ("POST for DELETE", "POST", "/api/2.0/mlflow/registered-models/delete"),
        ("GET for POST of experiments", "GET", "/api/2.0/mlflow/experiments/create"),
        ("POST of get-by-name", "POST", "/api/2.0/mlflow/experiments/get-by-name"),
        ("PUT of artifacts/list", "PUT", "/api/2.0/mlflow/artifacts/list"),
        ("PATCH of a logged model's search", "PATCH", "/api/2.0/mlflow/logged-models/search"),
        ("server-info", "GET", "/api/3.0/mlflow/server-info"), ("server-info for pages", "GET", "/ajax-api/3.0/mlflow/server-info"),
        ("health", "GET", "/health"), ("version", "GET", "/version"),
        ("bulk histories of the API", "GET", f"/api/2.0/mlflow/metrics/get-history-bulk?run_id={run}&metric_key=m"),
        ("bulk histories of pages", "GET", f"/ajax-api/2.0/mlflow/metrics/get-history-bulk?run_id={run}&metric_key=m"),
        ("search-datasets of the API", "POST", "/api/2.0/mlflow/experiments/search-datasets"), ("get-artifact without a run", "GET", "/get-artifact"),
    ]:
        s.ask(label, method, path)
    for method in ["HEAD", "OPTIONS", "TRACE"]:
        s.ask(f"{method} of runs/get", method, f"/api/2.0/mlflow/runs/get?run_id={run}", raw=b"" if method != "TRACE" else None, headers={})


GROUPS = {"bodies": bodies, "fields": fields, "paths": paths}
