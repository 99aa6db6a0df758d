"""Histories of metrics."""


def histories(s):
    run, other = s.run(run_name="histories", start_time=3), s.run(run_name="others", start_time=3)
    points = [(5, 3, 1.0), (5, 1, 2.0), (4, 2, 0.5), (6, 2, "NaN"), (4, 2, 0.25), (7, -1, 1.5)]
    s.need("POST", "runs/log-batch", run_id=run, metrics=[{"key": "m", "value": v, "timestamp": t, "step": st} for t, st, v in points])
    s.need("POST", "runs/log-batch", run_id=other, metrics=[{"key": "m", "value": float(i % 7), "timestamp": i, "step": i} for i in range(50)])
    s.need("POST", "runs/log-batch", run_id=other, metrics=[{"key": "s", "value": float(i), "timestamp": 9, "step": i // 3} for i in range(30)])
    for label, query in {
        "all": {}, "run_uuid": {"run_uuid": run, "run_id": []}, "another key": {"metric_key": "none"}, "an unknown run": {"run_id": "0" * 32},
        "an empty run": {"run_id": ""}, "no key": {"metric_key": []}, "an empty key": {"metric_key": ""}, "no run": {"run_id": []},
        "max_results 2": {"max_results": 2}, "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
        "max_results a word": {"max_results": "x"},
        "max_results huge": {"max_results": 10**9}, "max_results too huge": {"max_results": 2**40}, "max_results empty": {"max_results": ""},
        "max_results a fraction": {"max_results": 1.5}, "token x": {"page_token": "x", "max_results": 2},
        "token 2": {"page_token": "eyJvZmZzZXQiOiAyfQ==", "max_results": 2}, "token empty": {"page_token": "", "max_results": 2},
        "token without max_results": {"page_token": "eyJvZmZzZXQiOiAyfQ=="}, "exactly as many": {"max_results": 6},
    }.items():
        s.get(label, "metrics/get-history", **{"run_id": run, "metric_key": "m"} | query)
    token = s.get("the first page", "metrics/get-history", run_id=run, metric_key="m", max_results=4).get("next_page_token")
    s.get("the second page", "metrics/get-history", run_id=run, metric_key="m", max_results=4, page_token=token)
    for prefix in ["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"]:
        name = "of the API" if prefix.startswith("/api") else "of pages"
        for label, query in {
            "all": {}, "one run": {"run_ids": [other]}, "10": {"max_results": 10, "run_ids": [other]}, "7": {"max_results": 7, "run_ids": [other]},
            "1": {"max_results": 1, "run_ids": [other]}, "2": {"max_results": 2, "run_ids": [other]}, "49": {"max_results": 49, "run_ids": [other]},
            "many at a step": {"metric_key": "s", "run_ids": [other], "max_results": 5}, "all at a step": {"metric_key": "s", "run_ids": [other]},
            "0": {"max_results": 0}, "-1": {"max_results": -1}, "2500": {"max_results": 2500}, "2501": {"max_results": 2501},
            "a word": {"max_results": "x"},
            "steps": {"start_step": 1, "end_step": 3}, "steps as many": {"start_step": 10, "end_step": 39, "max_results": 5, "run_ids": [other]},
            "steps the other way": {"start_step": 3, "end_step": 1}, "one step": {"start_step": 2, "end_step": 2}, "start only": {"start_step": 1},
            "end only": {"end_step": 1}, "negative steps": {"start_step": -5, "end_step": 0}, "no key": {"metric_key": []},
            "an empty key": {"metric_key": ""}, "another key": {"metric_key": "none"},
            "no runs": {"run_ids": []}, "an empty run": {"run_ids": [""]}, "an unknown run": {"run_ids": ["0" * 32]},
            "unknown and known": {"run_ids": ["0" * 32, run]}, "101 runs": {"run_ids": [f"{i:032x}" for i in range(101)]},
            "the same twice": {"run_ids": [run, run], "max_results": 2},
        }.items():
            s.get(f"sampled {name}, {label}", prefix + "metrics/get-history-bulk-interval", **{"run_ids": [run, other], "metric_key": "m"} | query)
    for label, query in {
        "all": {}, "10": {"max_results": 10}, "0": {"max_results": 0}, "-1": {"max_results": -1}, "a word": {"max_results": "x"},
        "no key": {"metric_key": []}, "no runs": {"run_id": []}, "an unknown run": {"run_id": ["0" * 32]},
        "101 runs": {"run_id": [f"{i:032x}" for i in range(101)]}, "an empty key": {"metric_key": ""}, "the same twice": {"run_id": [run, run]},
        "huge": {"max_results": 10**9},
    }.items():
        s.get(f"bulk, {label}", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", **{"run_id": [run], "metric_key": "m"} | query)


GROUPS = {"histories": histories}
