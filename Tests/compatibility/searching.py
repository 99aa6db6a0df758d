"""runs/search: filters, orders, pages, experiments."""

ENTITIES = [
    "metrics.m > 1", "metric.m > 1", "metrics.m >= 2", "metrics.m < 2", "metrics.m <= 1", "metrics.m = 1", "metrics.m != 1", "metrics.m == 1",
    "metrics.m <> 1", "metrics.m > '1'", "metrics.m > \"1\"", "metrics.m > x", "metrics.m > 1e0", "metrics.m > .5", "metrics.m > -1",
    "metrics.m > +1", "metrics.m > 1.", "metrics.m > NaN", "metrics.nan != 1", "metrics.nan = 1",
    "metrics.nan > 1", "metrics.m LIKE '1'", "metrics.m IS NULL", "metrics.m IS NOT NULL", "metrics.m IN (1)", "metrics.m BETWEEN 1 AND 2",
    "metrics.`a b` > 0", "metrics.\"a b\" > 0", "metrics.'a b' > 0", "metrics.a/b > 0", "metrics.a.b > 0", "metrics.a-b > 0", "metrics.a:b > 0",
    "metrics.a b > 0", "metrics.none > 0", "metrics.none != 0", "metrics. > 0", "metrics > 0", "metrics.m > 0x1", "metrics.m > 1_0", "metrics.m>1",
    "metrics.m > 1e400", "METRICS.m > 1", "Metrics.m > 1", "metrics.M > 1",
    "params.p = '1'", "param.p = '1'", "parameter.p = '1'", "parameters.p = '1'", "params.p != '1'", "params.p = \"1\"", "params.p = 1",
    "params.p > '1'", "params.p LIKE '1%'", "params.p ILIKE 'A'", "params.p LIKE 'A'", "params.p LIKE 'a'", "params.p like 'a'", "params.p ilike 'A'",
    "params.p NOT LIKE 'a'", "params.p IN ('1', 'a')", "params.p NOT IN ('1')", "params.p IS NULL", "params.p IS NOT NULL", "params.p is null",
    "params.none = '1'", "params.none != '1'", "params.none IS NULL", "params.p = ''", "params.p = 'a\"b'", "params.p = 'it''s'", "params.p = x",
    "params.p", "params.p =", "params.p LIKE '%'", "params.p LIKE '_'", "params.p LIKE '\\%'", "params.`x y` = '1'", "params.\"x y\" = '1'",
    "params.p = 'ü'", "params.p = TRUE", "params.p = NULL", "params.p IS 'a'", "params.p = (1)", "params.p LIKE 5",
    "tags.t = 'v'", "tag.t = 'v'", "tags.t != 'v'", "tags.t LIKE 'V'", "tags.t ILIKE 'V'", "tags.t = v", "tags.t IN ('v')", "tags.t > 'v'",
    "tags.t IS NULL", "tags.t IS NOT NULL", "tags.mlflow.runName = 'one'", "tags.`mlflow.runName` = 'one'", "tags.\"mlflow.runName\" = 'one'",
    "tags.a.b.c = '1'", "tags.none IS NULL", "tags.none != 'x'", "tags.t = 5", "tags.mlflow.user = 'u'", "tags.`mlflow.parentRunId` = 'x'",
    "attributes.status = 'FINISHED'", "attribute.status = 'RUNNING'", "attr.status = 'RUNNING'", "run.status = 'RUNNING'", "status = 'RUNNING'",
    "status = 'running'", "status != 'RUNNING'", "status LIKE 'RUN%'", "status ILIKE 'run%'", "status IN ('RUNNING')", "status = RUNNING",
    "status = 'NONE'", "status > 'A'", "Status = 'RUNNING'", "status IS NULL",
    "run_name = 'one'", "run_name LIKE 'o%'", "run_name ILIKE 'O%'", "run_name != 'one'", "run_name IN ('one')", "attributes.run_name = 'one'",
    "attributes.`Run name` = 'one'", "attributes.`run name` = 'one'", "attributes.\"Run Name\" = 'one'", "`Run name` = 'one'",
    "attributes.`RUN NAME` = 'one'", "run_name = one", "run_name IS NULL",
    "start_time > 0", "start_time = 10", "start_time != 10", "start_time >= 20", "start_time < '20'", "start_time > 1.5", "start_time > x",
    "start_time LIKE '1'", "start_time IN (10)", "end_time > 0", "end_time IS NULL", "end_time = 50", "end_time != 50", "attributes.created > 0",
    "created > 5", "Created > 5", "attributes.Created > 5", "start_time > -5", "start_time = 1e1", "start_time = 10.0", "start_time IS NOT NULL",
    "artifact_uri LIKE '%artifacts'", "artifact_uri = 'x'", "user_id = 'anna'", "user_id LIKE 'A%'", "user_id ILIKE 'A%'", "user_id != 'anna'",
    "user_id IN ('anna')", "run_id = 'x'", "run_id != 'x'", "run_id LIKE 'x%'", "run_id IN ('x')", "run_id NOT IN ('x')", "run_id IN ()",
    "run_id IN 'x'", "run_id IN ('x',)", "run_id IN (x)", "run_id IN (\"x\", \"y\")", "run_id IN ('x' 'y')", "run_id IN ('x', 5)", "run_id in ('x')",
    "run_id not in ('x')", "run_uuid = 'x'", "run_id > 'x'", "run_id NOT LIKE 'x'",
    "lifecycle_stage = 'active'", "experiment_id = '0'", "attributes.lifecycle_stage = 'active'", "source_name = 'x'", "attributes.none = 'x'",
    "none = 'x'", "other.x = 'x'",
    "datasets.name = 'd'", "dataset.name = 'd'", "datasets.name LIKE 'D'", "datasets.name ILIKE 'D'", "datasets.name != 'd'",
    "datasets.name IN ('d', 'e')", "datasets.name NOT IN ('d')", "datasets.digest = '1'", "datasets.digest != '1'", "datasets.context = 'train'",
    "datasets.context IN ('train')", "datasets.context LIKE 't%'", "datasets.name > 'd'", "datasets.other = 'd'", "datasets.name = d",
    "datasets.name IS NULL", "datasets.name = 'd' AND datasets.context = 'test'", "datasets.digest IN ('1')",
]

FORMS = [
    "", " ", "\n", "AND", "OR", "x", "'x'", "5", "= 1", "metrics.m", "metrics.m >", "> 1", "metrics.m > 1 AND", "AND metrics.m > 1",
    "metrics.m > 1 AND AND params.p = 'a'", "metrics.m > 1 metrics.m < 3", "metrics.m > 1, metrics.m < 3", "metrics.m > 1; DROP TABLE runs",
    "metrics.m > 1;", ";", "metrics.m > 1 -- x", "metrics.m > 1 /* x */", "(metrics.m > 1)",
    "((metrics.m > 1))", "(metrics.m > 1) AND params.p = 'a'", "(metrics.m > 1", "metrics.m > 1)", "NOT metrics.m > 1",
    "metrics.m > 1 OR metrics.m < 0", "metrics.m > 1 or params.p = 'a'", "metrics.m > 1 && metrics.m < 3", "metrics.m > 1 AND metrics.m < 3",
    "metrics.m > 1 and metrics.m < 3", "metrics.m > 1 And metrics.m < 3", "metrics.m > 1 AND metrics.m > 1",
    "metrics.m > 1\nAND metrics.m < 3", "\tmetrics.m\t>\t1\t", "1 < metrics.m", "metrics.m > metrics.n", "params.p = params.q",
    "metrics.m > 1 AND params.p = 'a' AND tags.t = 'v' AND status = 'RUNNING'", "params.p = 'a' AND params.p != 'b'", "abs(metrics.m) > 1",
    "metrics.m + 1 > 1", "metrics.m > 1 + 1", "params.p = 'a' AND 'b'", "SELECT * FROM runs", "params.p = 'AND'", "params.p = 'a AND b'",
    "params.p = '(x)'", "params.p = 'x;y'",
    "params.p = '--'", "params.p = 'unclosed", "params.p = unopened'", "params.`unclosed = '1'", "metrics.`m` > 1", "metrics.``m`` > 1",
    "metrics.m ! 1", "metrics.m => 1", "metrics.m =< 1", "metrics.m !> 1", "metrics.m >> 1", "metrics.m >= = 1", "params.p IS NOT",
    "params.p NOT NULL", "params.p IS NOT NULL AND metrics.m > 1", "metrics.m > 1 AND params.p IS NULL", "params.p LIKE", "LIKE 'x'",
    "params.p = 'a' LIMIT 1", "params.p = 'a' ORDER BY x", "params = 'a'", ".p = 'a'", "params..p = 'a'", "params.p. = 'a'",
]

ORDERS = [
    "metrics.m", "metrics.m ASC", "metrics.m DESC", "metrics.m asc", "metric.m desc", "metrics.nan", "metrics.nan DESC", "metrics.none",
    "metrics.`a b`", "metrics.\"a b\" DESC", "params.p", "params.p DESC", "param.p", "parameters.p", "tags.t", "tag.t DESC", "tags.`mlflow.runName`",
    "tags.mlflow.runName", "attributes.start_time", "start_time", "start_time DESC", "attribute.start_time", "attr.start_time", "run.start_time",
    "created", "Created DESC", "attributes.created", "end_time", "end_time DESC", "status", "status DESC", "run_name", "`Run Name` DESC",
    "attributes.`run name`",
    "user_id", "user_id DESC", "experiment_id", "lifecycle_stage", "none", "attributes.none", "other.x", "datasets.name", "metrics.m DOWN",
    "metrics.m ASC DESC", "metrics.m, params.p", "metrics", "metrics.", "", " ", "  metrics.m   DESC  ", "metrics.m;", "metrics.m DESC NULLS FIRST",
    "'metrics.m'", "\"metrics.m\"", "`metrics.m`", "DESC", "metrics.a b", "metrics.m  ASC", "METRICS.m", "count(*)", "duration", "source_name",
    "Duration",
]


def fill(s):
    here = s.experiment()
    runs = []
    for index, (name, m, p) in enumerate([("one", 1, "1"), ("two", 2, "a"), ("three", 3, "A"), ("four", None, "ü")]):
        run = s.run(here, run_name=name, start_time=10 * (index + 1), user_id=["anna", "bert", "anna", ""][index],
            tags=[{"key": "mlflow.user", "value": "u"}] if index == 1 else [])
        runs.append(run)
        metrics = {} if m is None else {"m": m, "a b": m, "a/b": -m, "a.b": m, "a-b": m}
        s.log(run, {"p": p} | ({"x y": "1"} if index == 0 else {}),
            metrics | ({"nan": "NaN"} if index == 2 else {"nan": float(index)} if index else {}),
            {"t": "vw"[index % 2], "a.b.c": "1"} if index < 3 else {})
    s.need("POST", "runs/update", run_id=runs[1], status="FINISHED", end_time=50)
    s.need("POST", "runs/update", run_id=runs[2], status="FAILED", end_time=40)
    for index, context in [(0, "train"), (1, "test")]:
        s.need("POST", "runs/log-inputs", run_id=runs[index],
            datasets=[{"dataset": {"name": "de"[index], "digest": str(index + 1), "source_type": "x", "source": "y"},
                    "tags": [{"key": "mlflow.data.context", "value": context}]}])
    return here, runs


def names(s, label, **body):
    """A search that is compared by the names of what it finds."""
    s.post(label, "runs/search", **body)
    answer = s.answers[f"{s.group}: {label}"]
    if answer.status == 200:
        answer.body = {**answer.body, "runs": [run["info"]["run_name"] for run in answer.body["runs"]]} if "runs" in answer.body else answer.body


def filters(s):
    here, runs = fill(s)
    for filter in ENTITIES + FORMS:
        names(s, repr(filter), experiment_ids=[here], filter=filter.replace("'x'", f"'{runs[0]}'") if filter.startswith("run_id") else filter)
    for label, filter in {"a number": 5, "null": None, "a list": ["metrics.m > 1"], "an object": {}, "long": " AND ".join(["metrics.m > 0"] * 60),
        "very long": "params.p = '" + "x" * 10000 + "'"}.items():
        names(s, label, experiment_ids=[here], filter=filter)


def orders(s):
    here, _ = fill(s)
    for order in ORDERS:
        names(s, repr(order), experiment_ids=[here], order_by=[order])
    for label, order in {
        "none": [], "null": None, "a text": "metrics.m", "a number": [5], "two": ["tags.t", "metrics.m DESC"],
        "the same twice": ["metrics.m", "metrics.m DESC"], "the same twice, times": ["start_time", "start_time"],
        "an alias twice": ["start_time", "created DESC"], "an object": [{"field": "x"}], "a null among them": [None],
        "thirty": [f"metrics.m{i}" for i in range(30)],
    }.items():
        names(s, label, experiment_ids=[here], order_by=order)


def pages(s):
    here, runs = fill(s)
    other = s.experiment()
    s.run(other, run_name="other", start_time=5)
    for label, body in {
        "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1}, "max_results 1": {"max_results": 1},
        "max_results as a text": {"max_results": "2"}, "max_results 50000": {"max_results": 50000}, "max_results 50001": {"max_results": 50001},
        "max_results a word": {"max_results": "x"}, "max_results a fraction": {"max_results": 1.5}, "max_results null": {"max_results": None},
        "max_results huge": {"max_results": 2**40}, "max_results true": {"max_results": True}, "max_results a list": {"max_results": [1]},
        "token x": {"page_token": "x"}, "token empty": {"page_token": ""}, "token null": {"page_token": None}, "token 5": {"page_token": 5},
        "token '5'": {"page_token": "5"}, "token of an empty object": {"page_token": "e30="},
        "token below zero": {"page_token": "eyJvZmZzZXQiOiAtMX0="}, "token beyond the end": {"page_token": "eyJvZmZzZXQiOiA5OX0="},
        "token 1": {"page_token": "eyJvZmZzZXQiOiAxfQ=="}, "token of a text": {"page_token": "eyJvZmZzZXQiOiAieCJ9"},
        "view ALL": {"run_view_type": "ALL"}, "view 3": {"run_view_type": 3}, "view in small letters": {"run_view_type": "all"},
        "view of a number as a text": {"run_view_type": "3"},
    }.items():
        names(s, label, experiment_ids=[here], **body)
    token = s.post("the first page", "runs/search", experiment_ids=[here], max_results=3).get("next_page_token")
    names(s, "the second page", experiment_ids=[here], max_results=3, page_token=token)
    names(s, "exactly as many", experiment_ids=[here], max_results=4)
    for label, ids in {
        "both experiments": [here, other], "the same twice": [here, here], "none": [], "null": None, "unknown": ["987654"],
        "unknown and known": ["987654", other], "a word": ["abc"], "a number": [0], "empty": [""], "a text": here, "a fraction": ["1.5"],
        "negative": ["-1"], "a null among them": [None],
    }.items():
        names(s, f"experiments {label}", experiment_ids=ids, order_by=["start_time"])
    names(s, "no experiments")
    names(s, "camel case", experimentIds=[here], maxResults=1, orderBy=["start_time"])
    s.post("whole runs", "runs/search", experiment_ids=[here], order_by=["start_time"])


GROUPS = {"filters of runs": filters, "orders of runs": orders, "pages of runs": pages}
