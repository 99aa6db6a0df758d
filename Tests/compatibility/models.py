"""Registered models, their tags and aliases."""

NAMES = {"empty": "", "spaces": "  ", "null": None, "a number": 5, "a slash": "a/b", "a colon": "a:b", "unicode": "Größe 🐦", "quotes": "it's \"x\"",
    "a newline": "a\nb", "256 characters": "n" * 256, "257 characters": "n" * 257, "300 characters": "n" * 300, "dots": "..", "a dot": ".",
    "a percent": "100%", "a backslash": "a\\b", "a question mark": "a?b", "spaces around": " a ", "a list": ["x"]}


def models(s):
    make = lambda name, **fields: s.need("POST", "registered-models/create", name=name, **fields)
    s.post("create", "registered-models/create", name="rm one", description="d", tags=[{"key": "a", "value": "1"}])
    s.post("create again", "registered-models/create", name="rm one")
    s.post("create without a name", "registered-models/create")
    for label, name in NAMES.items():
        s.post(f"create {label}", "registered-models/create", name=name)
    for label, body in {"a tag twice": {"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "a tag without a value": {"tags": [{"key": "a"}]}, "a tag without a key": {"tags": [{"value": "a"}]},
        "a long tag": {"tags": [{"key": "k" * 251, "value": "1"}]}, "a long value": {"tags": [{"key": "k", "value": "v" * 100001}]},
        "tags of another kind": {"tags": "x"}, "a description that is a number": {"description": 5},
        "a long description": {"description": "d" * 5001}, "a description null": {"description": None}}.items():
        s.post(f"create with {label}", "registered-models/create", name=f"rm {label}", **body)
    s.get("get", "registered-models/get", name="rm one")
    for label, query in {"unknown": {"name": "none"}, "without a name": {}, "empty": {"name": ""}, "another case": {"name": "RM ONE"},
        "a slash": {"name": "a/b"}}.items():
        s.get(f"get {label}", "registered-models/get", **query)
    two = make("rm two")
    for label, body in {"rename": {"name": "rm two", "new_name": "rm zwei"}, "rename to itself": {"name": "rm zwei", "new_name": "rm zwei"},
        "rename to a taken one": {"name": "rm zwei", "new_name": "rm one"}, "rename an unknown one": {"name": "none", "new_name": "x"},
        "rename to nothing": {"name": "rm zwei"}, "rename to an empty one": {"name": "rm zwei", "new_name": ""},
        "rename to a slash": {"name": "rm zwei", "new_name": "a/b"}, "rename nothing": {"new_name": "x"},
        "rename to a number": {"name": "rm zwei", "new_name": 5}}.items():
        s.post(label, "registered-models/rename", **body)
    patch = lambda label, path, **body: s.ask(label, "PATCH", path, body)
    for label, body in {"describe": {"name": "rm one", "description": "new"}, "describe with nothing": {"name": "rm one"},
        "describe with an empty text": {"name": "rm one", "description": ""}, "describe an unknown one": {"name": "none", "description": "x"},
        "describe nothing": {"description": "x"}, "describe with a number": {"name": "rm one", "description": 5},
        "describe with null": {"name": "rm one", "description": None}}.items():
        patch(label, "registered-models/update", **body)
    for label, body in {"tag": {"key": "b", "value": "1"}, "tag again": {"key": "b", "value": "2"}, "tag without a value": {"key": "c"},
        "tag without a key": {"value": "x"}, "tag an empty key": {"key": "", "value": "x"}, "tag a number": {"key": "d", "value": 1},
        "tag long": {"key": "k" * 251, "value": "1"}, "tag a long value": {"key": "l", "value": "v" * 100001},
        "tag wrong": {"key": "a?b", "value": "1"}, "tag a colon": {"key": "a:b", "value": "1"}, "tag dots": {"key": "../a", "value": "1"},
        "tag a null": {"key": "n", "value": None}}.items():
        s.post(label, "registered-models/set-tag", name="rm one", **body)
    s.post("tag an unknown one", "registered-models/set-tag", name="none", key="a", value="1")
    delete = lambda label, path, **body: s.ask(label, "DELETE", path, body)
    for label, body in {"untag": {"name": "rm one", "key": "b"}, "untag again": {"name": "rm one", "key": "b"},
        "untag without a key": {"name": "rm one"}, "untag of an unknown one": {"name": "none", "key": "b"}, "untag of nothing": {"key": "b"}}.items():
        delete(label, "registered-models/delete-tag", **body)
    s.get("after changes", "registered-models/get", name="rm one")
    for label, body in {"delete": {"name": "rm zwei"}, "delete again": {"name": "rm zwei"}, "delete nothing": {},
        "delete an empty name": {"name": ""}}.items():
        delete(label, "registered-models/delete", **body)
    s.ask("delete by a query", "DELETE", "/api/2.0/mlflow/registered-models/delete?name=rm%20one", raw=b"", headers={})
    s.get("latest of none", "registered-models/get-latest-versions", name="rm one")
    s.post("latest of none by POST", "registered-models/get-latest-versions", name="rm one")
    s.get("latest of an unknown one", "registered-models/get-latest-versions", name="none")
    s.get("latest of a wrong stage", "registered-models/get-latest-versions", name="rm one", stages=["x"])


def search(s):
    for index, (name, tags) in enumerate([("find alpha", {"t": "x"}), ("find beta", {"t": "y"}), ("find Gamma", {}),
            ("find prompt", {"mlflow.prompt.is_prompt": "true"})]):
        s.need("POST", "registered-models/create", name=name, tags=[{"key": k, "value": v} for k, v in tags.items()])

    def find(label, **query):
        s.get(label, "registered-models/search", **query)
        answer = s.answers[f"{s.group}: {label}"]
        if answer.status == 200 and "registered_models" in answer.body:
            answer.body = answer.body | {"registered_models": [m["name"] for m in answer.body["registered_models"]]}

    for filter in [
        "name = 'find alpha'", "name != 'find alpha' AND name LIKE 'find%'", "name LIKE 'find%'", "name LIKE 'FIND%'", "name ILIKE 'FIND%'",
        "name like 'find%'", "name IN ('find alpha')", "name NOT IN ('find alpha') AND name LIKE 'find%'", "name = find", "name > 'a'",
        "name = \"find alpha\"", "attribute.name = 'find alpha'", "attributes.name = 'find alpha'", "tags.t = 'x'", "tag.t = 'x'", "tags.t != 'x'",
        "tags.t LIKE 'X'", "tags.t ILIKE 'X'", "tags.t IS NULL", "tags.t IS NOT NULL", "tags.t IN ('x')", "tags.`t` = 'x'",
        "name = 'find alpha' AND tags.t = 'x'",
        "name = 'find alpha' OR name = 'find beta'", "tags.`mlflow.prompt.is_prompt` = 'true'",
        "tags.`mlflow.prompt.is_prompt` != 'true' AND name LIKE 'find%'", "tags.`mlflow.prompt.is_prompt` = 'false' AND name LIKE 'find%'",
        "tags.none != 'x' AND name LIKE 'find%'", "version_number = 1", "run_id = 'x'", "creation_timestamp > 0", "last_updated_timestamp > 0",
        "name", "name =", "x", "name = 'find alpha' AND", "(name = 'find alpha')", "metrics.m > 1", "name = 'x", "name = ''", "name LIKE ''",
        "name = 5", "Name = 'find alpha'", "name IS NULL", "name='find alpha'", " ", "name = 'find alpha';", "description = 'x'", "aliases = 'x'",
    ]:
        find(f"filter {filter!r}", filter=filter)
    here = "name LIKE 'find%'"
    for order in ["name", "name DESC", "name ASC", "name desc", "timestamp", "timestamp DESC", "last_updated_timestamp", "creation_timestamp",
        "version_number", "tags.t", "none", "", "name,", "name DOWN", "`name`", "attribute.name", "name, name", "name;"]:
        find(f"order {order!r}", filter=here, order_by=[order, *([] if "name" in order else ["name"])])
    find("order the same twice", filter=here, order_by=["name", "name DESC"])
    for label, query in {"max_results 1": {"max_results": 1}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
        "max_results 1000": {"max_results": 1000}, "max_results 1001": {"max_results": 1001}, "max_results a word": {"max_results": "x"},
        "max_results empty": {"max_results": ""}, "token x": {"page_token": "x"}, "token empty": {"page_token": ""}, "token 5": {"page_token": "5"},
        "no filter": {"filter": [], "max_results": 1000}, "an empty filter": {"filter": ""}}.items():
        if "filter" in label:
            s.need("GET", "registered-models/search")
            find(label, **query | {"order_by": ["name"], "max_results": 1})
        else:
            find(label, **{"filter": here, "order_by": ["name"]} | query)
    token = s.get("the first page", "registered-models/search", filter=here, order_by=["name"], max_results=2).get("next_page_token")
    find("the second page", filter=here, order_by=["name"], max_results=2, page_token=token or "")


GROUPS = {"registered models": models, "searching models": search}
