"""log-batch."""


#: Batches that only one of the two servers takes go to a run of their own, so that they do not show in what is compared later.
ODD = ["a metric's value a word", "a metric's time a word", "a metric's step a fraction", "a param's value a number", "a tag's value a number",
    "a step too huge", "a metric's value Infinity", "a tag's value long", "a param without a key", "a tag without a key", "a metric without a key",
    "a model"]


def batches(s):
    m = lambda key="m", **c: {"key": key, "value": 1, "timestamp": 1, "step": 0} | c
    p = lambda key="p", value="1": {"key": key, "value": value}
    many = lambda make, n: [make(f"k{i}") for i in range(n)]
    run = s.run(run_name="batches", start_time=3)
    odd = s.run(run_name="odd batches", start_time=3)
    for label, body in {
        "all kinds": {"metrics": [m()], "params": [p()], "tags": [p("t")]}, "again": {"metrics": [m()], "params": [p()], "tags": [p("t")]},
        "nothing": {}, "empty lists": {"metrics": [], "params": [], "tags": []}, "nulls": {"metrics": None, "params": None, "tags": None},
        "metrics not a list": {"metrics": m()}, "params not a list": {"params": {"a": "b"}}, "tags not a list": {"tags": "x"},
        "texts for metrics": {"metrics": ["x"]}, "texts for params": {"params": ["x"]}, "a null among metrics": {"metrics": [None]},
        "a null among params": {"params": [None]}, "1000 metrics": {"metrics": many(m, 1000)}, "1001 metrics": {"metrics": many(m, 1001)},
        "100 params": {"params": many(p, 100)}, "101 params": {"params": many(p, 101)}, "100 tags": {"tags": many(p, 100)},
        "101 tags": {"tags": many(p, 101)},
        "1001 in all": {"metrics": many(m, 901), "params": many(p, 100)}, "1000 in all": {"metrics": many(m, 900), "params": many(p, 100)},
        "a param twice": {"params": [p("twice"), p("twice")]}, "a param with two values": {"params": [p("two"), p("two", "2")]},
        "a param that conflicts": {"metrics": [m("lost")], "params": [p("p", "2")], "tags": [p("lost")]},
        "a tag twice": {"tags": [p("tt"), p("tt", "2")]},
        "a metric twice": {"metrics": [m("mm"), m("mm")]}, "a metric without a value": {"metrics": [{"key": "x", "timestamp": 1}]},
        "a metric without a time": {"metrics": [{"key": "x", "value": 1}]},
        "a metric without a step": {"metrics": [{"key": "nostep", "value": 1, "timestamp": 1}]},
        "a metric without a key": {"metrics": [{"value": 1, "timestamp": 1}]},
        "a metric's value null": {"metrics": [m(value=None)]}, "a metric's value a word": {"metrics": [m(value="x")]},
        "a metric's value NaN": {"metrics": [m("nan", value="NaN")]}, "a metric's value Infinity": {"metrics": [m("inf", value="Infinity")]},
        "a metric's value true": {"metrics": [m("true", value=True)]}, "a metric's value a list": {"metrics": [m(value=[1])]},
        "a metric's time a word": {"metrics": [m(timestamp="x")]}, "a metric's time below zero": {"metrics": [m(timestamp=-1)]},
        "a metric's step a fraction": {"metrics": [m(step=1.5)]}, "a metric's step a text": {"metrics": [m("text", step="4")]},
        "a metric's step null": {"metrics": [m("stepnull", step=None)]}, "a metric's name wrong": {"metrics": [m("a?b")]},
        "a metric's name long": {"metrics": [m("k" * 251)]}, "a metric's name empty": {"metrics": [m("")]},
        "a metric's name a number": {"metrics": [m(5)]}, "a metric's name with dots": {"metrics": [m("../x")]},
        "one good, one wrong metric": {"metrics": [m("good"), m("b?d")]},
        "a param without a value": {"params": [{"key": "novalue"}]}, "a param without a key": {"params": [{"value": "x"}]},
        "a param's value a number": {"params": [p("x", 5)]}, "a param's value null": {"params": [p("null", None)]},
        "a param's name wrong": {"params": [p("a?b")]}, "a param's name long": {"params": [p("k" * 251)]},
        "a param's value long": {"params": [p("long", "v" * 6001)]}, "a param's name empty": {"params": [p("")]},
        "a param's name with dots": {"params": [p("a/../b")]},
        "a tag without a value": {"tags": [{"key": "novalue"}]}, "a tag without a key": {"tags": [{"value": "x"}]},
        "a tag's value a number": {"tags": [p("x", 5)]}, "a tag's value null": {"tags": [p("null", None)]},
        "a tag's name wrong": {"tags": [p("a?b")]}, "a tag's name long": {"tags": [p("k" * 251)]},
        "a tag's value long": {"tags": [p("long", "v" * 8001)]}, "a tag's name empty": {"tags": [p("")]},
        "the run's name": {"tags": [p("mlflow.runName", "renamed")]},
        "unknown fields": {"other": 1, "metrics": [m("extra", other=5)]}, "a huge step": {"metrics": [m("huge", step=2**63 - 1)]},
        "a step too huge": {"metrics": [m(step=2**63)]}, "a model": {"metrics": [m("model", model_id="m-none")]},
    }.items():
        s.post(label, "runs/log-batch", run_id=odd if label in ODD else run, **body)
    s.post("unknown run", "runs/log-batch", run_id="0" * 32, tags=[p("t")])
    s.post("unknown run, nothing", "runs/log-batch", run_id="0" * 32)
    s.post("no run", "runs/log-batch", tags=[p("t")])
    s.post("run_uuid", "runs/log-batch", run_uuid=odd, tags=[p("uuid")])
    s.get("what was stored", "runs/get", run_id=run)


GROUPS = {"batches": batches}
