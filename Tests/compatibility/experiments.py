"""Experiments: made, found, renamed, tagged, deleted, restored."""


def create(s):
    s.know(s.post("a name", "experiments/create", name="create a").get("experiment_id"))
    for label, body in {
        "the same name": {"name": "create a"}, "no name": {}, "an empty name": {"name": ""}, "spaces": {"name": "   "}, "null": {"name": None},
        "a number": {"name": 12}, "true": {"name": True},
        "a list": {"name": ["x"]}, "500 characters": {"name": "n" * 500}, "501 characters": {"name": "n" * 501}, "unicode": {"name": "Wörter 数据 🐦"},
        "quotes": {"name": "it's \"x\" `y`"}, "slashes": {"name": "/a/../b"},
        "a newline": {"name": "a\nb"}, "a percent": {"name": "100%"},
        "tags": {"name": "create t", "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]},
        "a tag twice": {"name": "create u", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "a tag without a value": {"name": "create v", "tags": [{"key": "a"}]},
        "a tag without a key": {"name": "create w", "tags": [{"value": "a"}]},
        "a tag's key too long": {"name": "create x", "tags": [{"key": "k" * 251, "value": "a"}]},
        "a tag's value too long": {"name": "create y", "tags": [{"key": "k", "value": "a" * 5001}]},
        "a tag's value far too long": {"name": "create yy", "tags": [{"key": "k", "value": "a" * 20001}]},
        "tags of another kind": {"name": "create z", "tags": {"a": "b"}},
        "tags that are texts": {"name": "create z2", "tags": ["a"]}, "tags null": {"name": "create z3", "tags": None},
        "a tag null": {"name": "create z4", "tags": [None]},
        "a location": {"name": "create l", "artifact_location": "s3://bucket/x"},
        "a location with a slash": {"name": "create l2", "artifact_location": "s3://bucket/x/"},
        "a location with a fragment": {"name": "create l3", "artifact_location": "s3://bucket/x#y"},
        "a location with a query": {"name": "create l4", "artifact_location": "s3://bucket/x?a=b"},
        "a location of dots": {"name": "create l5", "artifact_location": "s3://bucket/../x"},
        "an empty location": {"name": "create l6", "artifact_location": ""},
        "a location that is a number": {"name": "create l7", "artifact_location": 5},
        "a location with a parameter": {"name": "create l8", "artifact_location": "s3://bucket/x;y"},
    }.items():
        made = s.post(label, "experiments/create", **body)
        s.know(made.get("experiment_id"))
        if "location" in label and "experiment_id" in made:
            s.get(label + ", shown", "experiments/get", experiment_id=made["experiment_id"])
    located = s.experiment("create l9", artifact_location="s3://bucket/y")
    s.get("a run where a location is said", "runs/get", run_id=s.run(located, run_name="located", start_time=3))
    s.get("shown by name", "experiments/get-by-name", experiment_name="create t")
    s.get("unicode by name", "experiments/get-by-name", experiment_name="Wörter 数据 🐦")


def get(s):
    one = s.experiment("get one", tags=[{"key": "team", "value": "x"}])
    for label, query in {
        "by id": {"experiment_id": one}, "Default": {"experiment_id": "0"}, "unknown": {"experiment_id": "987654"}, "no id": {},
        "an empty id": {"experiment_id": ""}, "a word": {"experiment_id": "abc"},
        "negative": {"experiment_id": "-1"}, "a fraction": {"experiment_id": "1.5"}, "huge": {"experiment_id": "9" * 30},
        "zeros before": {"experiment_id": "00"}, "a space": {"experiment_id": " 0 "}, "a plus": {"experiment_id": "+0"},
    }.items():
        s.get(label, "experiments/get", **query)
    for label, query in {
        "by name": {"experiment_name": "get one"}, "unknown name": {"experiment_name": "none"}, "no name": {},
        "an empty name": {"experiment_name": ""}, "another case": {"experiment_name": "GET ONE"}, "a part": {"experiment_name": "get%"},
    }.items():
        s.get(label, "experiments/get-by-name", **query)


def change(s):
    one, two = s.experiment("change one"), s.experiment("change two")
    for label, body in {
        "rename": {"experiment_id": one, "new_name": "change 1"}, "rename to itself": {"experiment_id": one, "new_name": "change 1"},
        "rename to a taken name": {"experiment_id": one, "new_name": "change two"},
        "rename to nothing": {"experiment_id": one, "new_name": ""}, "rename without a name": {"experiment_id": one},
        "rename without an id": {"new_name": "x"}, "rename an unknown one": {"experiment_id": "987654", "new_name": "x"},
        "rename to null": {"experiment_id": one, "new_name": None}, "rename to a number": {"experiment_id": one, "new_name": 3},
        "rename to a long name": {"experiment_id": one, "new_name": "l" * 501}, "rename a word": {"experiment_id": "abc", "new_name": "x"},
        "rename to spaces": {"experiment_id": one, "new_name": "  "}, "rename by a number": {"experiment_id": 5, "new_name": "x"},
    }.items():
        s.post(label, "experiments/update", **body)
    s.get("after renaming", "experiments/get", experiment_id=one)
    for label, body in {
        "tag": {"key": "a", "value": "1"}, "tag again": {"key": "a", "value": "2"}, "tag without a value": {"key": "b"},
        "tag with an empty value": {"key": "b2", "value": ""}, "tag without a key": {"value": "1"},
        "tag with an empty key": {"key": "", "value": "1"},
        "tag with a number": {"key": "c", "value": 1}, "tag of 250": {"key": "k" * 250, "value": "1"}, "tag of 251": {"key": "k" * 251, "value": "1"},
        "tag with 5001": {"key": "d", "value": "v" * 5001}, "tag with 20001": {"key": "d2", "value": "v" * 20001},
        "tag with a colon": {"key": "a:b", "value": "1"}, "tag with a question mark": {"key": "a?b", "value": "1"},
        "tag with dots": {"key": "../a", "value": "1"}, "tag with unicode": {"key": "ü", "value": "🐦"},
        "tag with a newline": {"key": "a\nb", "value": "1"},
    }.items():
        s.post(label, "experiments/set-experiment-tag", experiment_id=two, **body)
    s.post("tag an unknown one", "experiments/set-experiment-tag", experiment_id="987654", key="a", value="1")
    s.post("tag none", "experiments/set-experiment-tag", key="a", value="1")
    for label, body in {"untag": {"key": "a"}, "untag again": {"key": "a"}, "untag nothing": {}, "untag an empty key": {"key": ""}}.items():
        s.post(label, "experiments/delete-experiment-tag", experiment_id=two, **body)
    s.get("after tagging", "experiments/get", experiment_id=two)


def lives(s):
    one = s.experiment("lives one")
    run, gone = s.run(one, run_name="kept", start_time=3), s.run(one, run_name="gone", start_time=3)
    s.need("POST", "runs/delete", run_id=gone)
    for label, path, body in [
        ("restore an active one", "restore", {"experiment_id": one}), ("delete", "delete", {"experiment_id": one}),
        ("delete again", "delete", {"experiment_id": one}), ("rename a deleted one", "update", {"experiment_id": one, "new_name": "lives 1"}),
        ("tag a deleted one", "set-experiment-tag", {"experiment_id": one, "key": "a", "value": "1"}),
        ("untag a deleted one", "delete-experiment-tag", {"experiment_id": one, "key": "a"}),
        ("delete an unknown one", "delete", {"experiment_id": "987654"}), ("delete none", "delete", {}),
        ("delete a word", "delete", {"experiment_id": "abc"}), ("restore an unknown one", "restore", {"experiment_id": "987654"}),
        ("restore none", "restore", {}),
    ]:
        s.know(s.post(label, f"experiments/{path}", **body).get("experiment_id"))
    s.get("deleted", "experiments/get", experiment_id=one)
    s.get("deleted by name", "experiments/get-by-name", experiment_name="lives one")
    s.get("its run", "runs/get", run_id=run)
    s.post("a run in it", "runs/create", experiment_id=one, start_time=1)
    s.post("a metric of its run", "runs/log-metric", run_id=run, key="m", value=1, timestamp=1)
    s.post("a model in it", "logged-models", experiment_id=one, name="m")
    s.post("its run restored", "runs/restore", run_id=run)
    s.post("search in it", "runs/search", experiment_ids=[one], run_view_type="ALL", order_by=["run_name"])
    s.post("restore", "experiments/restore", experiment_id=one)
    s.get("restored", "experiments/get", experiment_id=one)
    s.get("its run after", "runs/get", run_id=run)
    s.get("its deleted run after", "runs/get", run_id=gone)
    other = s.experiment("lives again")
    s.need("POST", "experiments/delete", experiment_id=other)
    s.post("make one of a deleted one's name", "experiments/create", name="lives again")
    s.post("restore one whose name is taken", "experiments/restore", experiment_id=other)


def search(s):
    ids = [s.experiment(f"find {n}", tags=[{"key": "team", "value": t}, {"key": "n.dot", "value": str(i)}]) for i,
        (n, t) in enumerate([("alpha", "x"), ("beta", "y"), ("Gamma", "x")])]
    s.need("POST", "experiments/delete", experiment_id=ids[1])
    here = "name ILIKE 'find %'"
    for label, body in {
        "no max_results": {"filter": here}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
        "max_results 50000": {"filter": here, "max_results": 50000, "order_by": ["name"]},
        "max_results 50001": {"filter": here, "max_results": 50001}, "max_results a text": {"filter": here, "max_results": "2", "order_by": ["name"]},
        "max_results a word": {"max_results": "x"}, "max_results a fraction": {"max_results": 1.5},
        "max_results 2.0": {"filter": here, "order_by": ["name"], "max_results": 2.0},
        "max_results null": {"filter": here, "max_results": None}, "max_results true": {"max_results": True},
        "max_results huge": {"max_results": 10**30},
    }.items():
        s.post(label, "experiments/search", **body)
    for view in ["ACTIVE_ONLY", "DELETED_ONLY", "ALL", "active_only", "NONE", "", 1, 2, 3, 0, 9, "2", True, None]:
        s.post(f"view {view!r}", "experiments/search", filter=here, max_results=9, order_by=["name"], view_type=view)
    for order in ["name", "name DESC", "name desc", "name ASC", "`name`", "name DOWN", "experiment_id DESC", "attribute.name", "attributes.name DESC",
        "creation_time", "last_update_time", "tags.team", "other", "", " ", "name, experiment_id", "name DESC DESC", "name;"]:
        s.post(f"order {order!r}", "experiments/search", filter=here, max_results=9,
            order_by=[order, "name"] if "name" not in order and order.strip() else [order])
    s.post("order not a list", "experiments/search", filter=here, max_results=9, order_by="name")
    s.post("order twice", "experiments/search", filter=here, max_results=9, order_by=["name", "name DESC"])
    for filter in [
        "name = 'find alpha'", "name != 'find alpha' AND name LIKE 'find %'", "name == 'find alpha'", "name <> 'find alpha'", "name LIKE 'find a%'",
        "name LIKE 'FIND A%'", "name ILIKE 'FIND A%'", "name like 'find _lpha'", "name IN ('find alpha', 'find Gamma')",
        "name NOT IN ('find alpha')", "name > 'find b'", "name = find", "name = \"find alpha\"", "attribute.name = 'find alpha'",
        "attributes.name = 'find alpha'", "attr.name = 'find alpha'", "tag.team = 'x'", "tags.team = 'x'", "tags.team != 'x'", "tags.team LIKE 'X'",
        "tags.team ILIKE 'X'",
        "tags.`n.dot` = '2'", "tags.n.dot = '2'", "tags.\"team\" = 'x'", "tags.team IS NULL", "tags.team IS NOT NULL", "tags.other IS NULL",
        "tags.team IN ('x')", "team = 'x'", "creation_time > 0", "creation_time > '0'", "creation_time < 5", "creation_time LIKE '1%'",
        "last_update_time >= 1.5", "experiment_id = '0'", "experiment_id = 0", "experiment_id > '0'", "experiment_id LIKE '0%'",
        "experiment_id IN ('0')", "experiment_id IN (0)", "lifecycle_stage = 'active'", "artifact_location = 'x'", "name", "name =", "= 'x'",
        "name = 'x", "name = x'", "name 'x'", "(name = 'find alpha')",
        "name = 'find alpha' AND", "AND name = 'find alpha'", "name = 'find alpha' AND tags.team = 'x'", "name = 'find alpha' and tags.team = 'x'",
        "name = 'find alpha' OR name = 'find Gamma'", "NOT name = 'x'", "name = 'find alpha';", "name = 'x' -- comment", "1 = 1", "metrics.a > 1",
        "params.a = 'x'",
        "name LIKE '%'", "name = ''", "name IS NULL", "name ILIKE '%A'", "name='find alpha'", "  name  =  'find alpha'  ", "name = 'it''s'",
        "name LIKE 5",
    ]:
        full = filter if "find" in filter else f"{filter} AND {here}"
        s.post(f"filter {filter}", "experiments/search", filter=full, max_results=9, order_by=["name"])
    s.post("filter empty", "experiments/search", filter="", max_results=1, order_by=["experiment_id"])
    s.post("filter spaces", "experiments/search", filter="   ", max_results=1, order_by=["experiment_id"])
    s.post("filter a number", "experiments/search", filter=5, max_results=1)
    s.post("filter null", "experiments/search", filter=None, max_results=1, order_by=["experiment_id"])
    s.ask("by GET", "GET", "experiments/search", query={"filter": here, "max_results": 9, "order_by": ["name DESC"], "view_type": "ALL"})
    s.ask("by GET without max_results", "GET", "experiments/search", query={"filter": here})
    page = s.post("the first page", "experiments/search", filter=here, max_results=1, order_by=["name"])
    s.post("the second page", "experiments/search", filter=here, max_results=1, order_by=["name"], page_token=page.get("next_page_token"))
    for token in ["x", "5", "", "e30=", "eyJvZmZzZXQiOiAtMX0=", 5, None]:
        s.post(f"page token {token!r}", "experiments/search", filter=here, max_results=1, order_by=["name"], page_token=token)


GROUPS = {"creating experiments": create, "getting experiments": get, "changing experiments": change, "lives of experiments": lives,
    "searching experiments": search}
