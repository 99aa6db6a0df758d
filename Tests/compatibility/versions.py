"""Versions of registered models, their stages and aliases."""


def versions(s):
    here = s.experiment()
    run = s.run(here, run_name="versions", start_time=3)
    s.need("POST", "registered-models/create", name="mv")
    home = f"mlflow-artifacts:/{here}/{run}/artifacts/model"
    create = lambda label, **body: s.post(label, "model-versions/create", **{"name": "mv"} | body)
    create("create", source=home, run_id=run)
    for label, body in {
        "with everything": {"source": f"runs:/{run}/model", "run_id": run, "description": "d", "run_link": "http://x",
            "tags": [{"key": "a", "value": "1"}]}, "from a bucket": {"source": "s3://bucket/model"}, "no source": {},
            "an empty source": {"source": ""}, "a source that is a number": {"source": 5}, "a source null": {"source": None},
            "an unknown model": {"name": "none", "source": "s3://b/m"}, "no model": {"name": None, "source": "s3://b/m"},
            "an empty model": {"name": "", "source": "s3://b/m"},
        "a local path": {"source": "/etc"}, "a local URI": {"source": "file:///etc"}, "a local path of a run": {"source": "/etc", "run_id": run},
        "a relative path": {"source": "model"}, "dots": {"source": "s3://b/../m"},
        "escaped dots": {"source": "mlflow-artifacts:/%2e%2e/x", "run_id": run}, "another run": {"source": home, "run_id": "0" * 32},
        "no run": {"source": home}, "a run that is not the source's": {"source": f"runs:/{'0' * 32}/model", "run_id": run},
        "runs without a run": {"source": f"runs:/{run}/model"},
        "an unknown logged model": {"source": "models:/m-none", "model_id": "m-none"}, "a logged model not named": {"source": "models:/m-none"},
        "a tag twice": {"source": "s3://b/m", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "a long tag": {"source": "s3://b/m", "tags": [{"key": "k" * 251, "value": "1"}]},
        "a run that is not there": {"source": "s3://b/m", "run_id": "0" * 32},
        "a long description": {"source": "s3://b/m", "description": "d" * 5001}, "http": {"source": "http://example.org/m"},
        "a long source": {"source": "s3://b/" + "m" * 500}, "another version": {"source": "models:/mv/1"},
        "a version that is not there": {"source": "models:/mv/99"},
        "a volume": {"source": "dbfs:/x"}, "a fragment": {"source": "s3://b/m#x"}, "a query": {"source": "s3://b/m?x=../y"},
    }.items():
        create(f"create {label}", **body)
    get = lambda label, path="get", **query: s.get(label, f"model-versions/{path}", **query)
    for label, query in {"get": {"name": "mv", "version": "1"}, "get the second": {"name": "mv", "version": "2"},
        "get unknown": {"name": "mv", "version": "99"}, "get a word": {"name": "mv", "version": "x"}, "get none": {"name": "mv"},
        "get empty": {"name": "mv", "version": ""}, "get 0": {"name": "mv", "version": "0"}, "get -1": {"name": "mv", "version": "-1"},
        "get 1.0": {"name": "mv", "version": "1.0"}, "get 01": {"name": "mv", "version": "01"},
        "get of an unknown model": {"name": "none", "version": "1"}, "get without a name": {"version": "1"},
        "get huge": {"name": "mv", "version": "9" * 30}}.items():
        get(label, **query)
        get(label + ", its place", "get-download-uri", **query)
    patch = lambda label, **body: s.ask(label, "PATCH", "model-versions/update", body)
    for label, body in {"describe": {"description": "x"}, "describe with nothing": {"version": "3"}, "describe empty": {"description": ""},
        "describe a number": {"description": 5}, "describe unknown": {"version": "99", "description": "x"},
        "describe by a number": {"version": 1, "description": "x"}, "describe a word": {"version": "x", "description": "y"},
        "describe null": {"version": "3", "description": None}}.items():
        patch(label, **{"name": "mv", "version": "1"} | body)
    for label, body in {"Staging": {"stage": "Staging"}, "small letters": {"stage": "production"}, "a wrong one": {"stage": "x"}, "none": {},
        "empty": {"stage": ""}, "archiving": {"stage": "Production", "archive_existing_versions": True, "version": "2"},
        "archiving as a text": {"stage": "Production", "archive_existing_versions": "true"},
        "archiving to Archived": {"stage": "Archived", "archive_existing_versions": True},
        "archiving by 1": {"stage": "Production", "archive_existing_versions": 1},
        "without archiving": {"stage": "Archived", "archive_existing_versions": None}, "None": {"stage": "None"},
        "an unknown version": {"stage": "Staging", "version": "99"}, "a number": {"stage": 1}}.items():
        s.post(f"stage {label}", "model-versions/transition-stage", **{"name": "mv", "version": "1", "archive_existing_versions": False} | body)
    for label, body in {"all": {}, "of stages": {"stages": ["Production", "Archived"]}, "of a stage in small letters": {"stages": ["production"]},
        "of a wrong stage": {"stages": ["x"]}, "of an empty list": {"stages": []}, "of a text": {"stages": "Production"}}.items():
        s.post(f"latest {label}", "registered-models/get-latest-versions", name="mv", **body)
        answer = s.answers[f"{s.group}: latest {label}"]
        if answer.status == 200 and "model_versions" in answer.body:
            answer.body["model_versions"].sort(key=lambda version: int(version["version"]))
    s.get("latest by GET", "registered-models/get-latest-versions", name="mv", stages=["Production"])
    for label, body in {"tag": {"key": "b", "value": "1"}, "tag without a value": {"key": "c"}, "tag without a key": {"value": "x"},
        "tag a number": {"key": "d", "value": 1}, "tag long": {"key": "k" * 251, "value": "1"}, "tag wrong": {"key": "a?b", "value": "1"},
        "tag unknown": {"version": "99", "key": "a", "value": "1"}, "tag a word": {"version": "x", "key": "a", "value": "1"},
        "tag without a version": {"version": None, "key": "a", "value": "1"}}.items():
        s.post(label, "model-versions/set-tag", **{"name": "mv", "version": "1"} | body)
    delete = lambda label, path, **body: s.ask(label, "DELETE", path, {"name": "mv", "version": "1"} | body)
    for label, body in {"untag": {"key": "b"}, "untag again": {"key": "b"}, "untag nothing": {},
        "untag unknown": {"key": "b", "version": "99"}}.items():
        delete(label, "model-versions/delete-tag", **body)
    for label, body in {"alias": {"alias": "best"}, "alias again": {"alias": "best", "version": "2"}, "alias without a name": {},
        "alias empty": {"alias": ""}, "alias of an unknown version": {"alias": "x", "version": "99"},
        "alias of a word": {"alias": "x", "version": "y"}, "alias like a version": {"alias": "v1"}, "alias V2": {"alias": "V2"},
        "alias latest": {"alias": "latest"}, "alias LATEST": {"alias": "LATEST"}, "alias with a space": {"alias": "a b"},
        "alias with a dot": {"alias": "a.b"}, "alias with a minus": {"alias": "a-b"}, "alias unicode": {"alias": "größe"},
        "alias of 255": {"alias": "a" * 255}, "alias of 256": {"alias": "a" * 256}, "alias a number": {"alias": 5}, "alias digits": {"alias": "12"},
        "alias with a slash": {"alias": "a/b"}, "alias of an unknown model": {"name": "none", "alias": "x"}, "alias Best": {"alias": "Best"}}.items():
        s.post(label, "registered-models/alias", **{"name": "mv", "version": "1"} | body)
    for label, query in {"by alias": {"alias": "best"}, "by a missing alias": {"alias": "none"}, "by latest": {"alias": "latest"},
        "by LATEST": {"alias": "LATEST"}, "by no alias": {}, "by an empty alias": {"alias": ""}, "by an alias like a version": {"alias": "v1"},
        "by another case": {"alias": "BEST"}, "by alias of an unknown model": {"name": "none", "alias": "best"}}.items():
        s.get(label, "registered-models/alias", **{"name": "mv"} | query)
    for label, body in {"remove an alias": {"alias": "best"}, "remove it again": {"alias": "best"}, "remove nothing": {},
        "remove of an unknown model": {"name": "none", "alias": "x"}, "remove latest": {"alias": "latest"}}.items():
        delete(label, "registered-models/alias", **body)
    s.get("the model", "registered-models/get", name="mv")
    for label, body in {"delete": {"version": "2"}, "delete again": {"version": "2"}, "delete unknown": {"version": "99"},
        "delete a word": {"version": "x"}, "delete without a version": {"version": None}}.items():
        delete(label, "model-versions/delete", **body)
    get("get the deleted one", name="mv", version="2")
    s.post("create after deleting", "model-versions/create", name="mv", source="s3://b/m")
    s.ask("get-artifact of a missing file", "GET", "/model-versions/get-artifact", query={"name": "mv", "version": "1", "path": "x"})


def search(s):
    for name in ["sv a", "sv b"]:
        s.need("POST", "registered-models/create", name=name)
    for name, source, tags in [("sv a", "s3://b/1", {"t": "x"}), ("sv a", "s3://b/2", {"t": "y"}), ("sv b", "s3://b/3", {}),
        ("sv a", "s3://c/4", {"t": "x"})]:
        s.need("POST", "model-versions/create", name=name, source=source, tags=[{"key": k, "value": v} for k, v in tags.items()])

    def find(label, **query):
        s.get(label, "model-versions/search", **query)
        answer = s.answers[f"{s.group}: {label}"]
        if answer.status == 200 and "model_versions" in answer.body:
            answer.body = answer.body | {"model_versions": [m["name"] + " " + m["version"] for m in answer.body["model_versions"]]}

    order = ["name", "version_number"]
    for filter in [
        "name = 'sv a'", "name LIKE 'sv%'", "name ILIKE 'SV%'", "name != 'sv a' AND name LIKE 'sv%'", "name IN ('sv a', 'sv b')",
        "name NOT IN ('sv a') AND name LIKE 'sv%'", "version_number = 1 AND name = 'sv a'", "version_number > 1 AND name = 'sv a'",
        "version_number = '1' AND name = 'sv a'", "version_number != 1 AND name = 'sv a'", "version_number IN (1, 2)", "version_number LIKE '1'",
        "version = 1", "source_path = 's3://b/1'", "source_path LIKE 's3://b/%'", "source_path ILIKE 'S3://B/%'",
        "source_path != 's3://b/1' AND name LIKE 'sv%'", "source_path IN ('s3://b/1')", "run_id = 'x'",
        "run_id IN ('x', 'y')", "run_id NOT IN ('x') AND name LIKE 'sv%'", "run_id IN ()", "run_id IN 'x'", "run_id LIKE 'x%'",
        "run_id != 'x' AND name LIKE 'sv%'", "run_id = ''", "tags.t = 'x'", "tag.t = 'x'", "tags.t != 'x'", "tags.t LIKE 'X'", "tags.t ILIKE 'X'",
        "tags.t IS NULL AND name LIKE 'sv%'", "tags.t IS NOT NULL", "current_stage = 'None'", "stage = 'None'", "attribute.name = 'sv a'",
        "attributes.name = 'sv a'", "creation_timestamp > 0", "name = sv", "name", "x", "name = 'sv a' OR name = 'sv b'", "(name = 'sv a')",
        "name = 'sv a' AND", "name = 'x", "name > 'a'", "status = 'READY'", "version_number > 1.5", "version_number > x", "user_id = 'x'",
        "aliases = 'x'", "source = 'x'", "model_id = 'x'",
    ]:
        find(f"filter {filter!r}", filter=filter, order_by=order)
    here = "name LIKE 'sv%'"
    for by in ["name", "name DESC", "version_number", "version_number DESC", "creation_timestamp", "last_updated_timestamp",
        "last_updated_timestamp DESC", "current_stage", "tags.t", "run_id", "source_path", "none", "", "version", "name DOWN", "attribute.name"]:
        find(f"order {by!r}", filter=here, order_by=[by, *(o for o in order if o not in by)])
    find("order the same twice", filter=here, order_by=["name", "name DESC"])
    for label, query in {"max_results 1": {"max_results": 1}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
        "max_results 200000": {"max_results": 200000}, "max_results 200001": {"max_results": 200001}, "max_results a word": {"max_results": "x"},
        "token x": {"page_token": "x"}, "token empty": {"page_token": ""}}.items():
        find(label, **{"filter": here, "order_by": order} | query)
    token = s.get("the first page", "model-versions/search", filter=here, order_by=order, max_results=3).get("next_page_token")
    find("the second page", filter=here, order_by=order, max_results=3, page_token=token or "")


GROUPS = {"versions": versions, "searching versions": search}
