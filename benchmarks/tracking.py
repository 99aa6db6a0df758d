#!/usr/bin/env python3
"""Times the tracking store and its server beside MLflow's SQLite store and server.

    make bench-tracking
    benchmarks/tracking.py [--rounds 3] [--runs 1000]

Both servers answer the same requests over the same data: runs with 10 params and 10 metrics of 100 points each, and one metric of 100,000.
They take turns, round by round, and the table has the medians. Times of requests are the processor time of the server, all its processes
together, in milliseconds: other programs on the machine change that least. `reach` is what the project wants; a ratio above 1 says how many
times less ours takes (or more it does, where a row says "/s"). MLflow without jobs and telemetry, with one worker. Each round starts a
server several times over: the first start may wait for the disk, where the system dropped the programs' files from memory meanwhile.
"""

import argparse
import http.client
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

import requests

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("MARTLET_BIN", os.path.join(HERE, "..", ".build", "release"))
LONG = 100_000
STARTS = 3
EPOCH = 1_700_000_000_000
FILTER, ORDER = "metrics.loss < 0.5 and params.lr = '0.01'", ["metrics.loss ASC"]
KEYS = ["loss"] + [f"m{k}" for k in range(1, 10)]

# Name, unit, what is wanted (a bound above, or below where the unit is per second).
ROWS = [
    ("start to the first answer", "ms", 50),
    ("memory after the start", "MiB", 30),
    ("log-metric", "ms CPU", 0.3),
    ("log-metric, one connection", "/s", 2000),
    ("log-batch of 1,000 metrics", "ms CPU", 8),
    ("runs/get", "ms CPU", None),
    ("search, filter and order, 100 of the runs", "ms CPU", 5),
    ("search, all the runs", "ms CPU", 50),
    ("history of 100,000 points", "ms CPU", 150),
    ("the same sampled to 320", "ms CPU", 10),
    ("compare 10 runs", "ms", 50),
    ("store, per metric row", "bytes", 30),
    ("log in the process, one by one", "/s", 20_000),
    ("log in the process, in batches", "rows/s", 100_000),
]


def tree(pid):
    """The process `pid` and those below it."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            parents[int(name)] = int(open(f"/proc/{name}/stat").read().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass
    found = [pid]
    for process in found:
        found += [child for child, parent in parents.items() if parent == process]
    return found


def cpu_ms(pid):
    """The processor time of a tree of processes, ended children included."""
    ticks = 0
    for process in tree(pid):
        try:
            ticks += sum(map(int, open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[11:15]))
        except OSError:
            pass
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def memory_mib(pid):
    total = 0
    for process in tree(pid):
        try:
            lines = open(f"/proc/{process}/smaps_rollup").read().splitlines()
            total += int(next(line for line in lines if line.startswith("Pss:")).split()[1])
        except (OSError, StopIteration):
            pass
    return total / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """One of the two, its store kept from round to round."""

    def __init__(self, name, folder):
        self.name, self.folder, self.process = name, folder, None
        self.database = os.path.join(folder, "store.db")

    def command(self, port):
        if self.name == "martlet":
            return [os.path.join(BIN, "track-cli"), "serve", "--store", self.database, "--port", str(port)]
        return [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{self.database}", "--artifacts-destination",
                os.path.join(self.folder, "artifacts"), "--port", str(port), "--workers", "1"]

    def start(self):
        """Starts it; returns the milliseconds to its first answer."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.session = requests.Session()
        quiet = {"DO_NOT_TRACK": "true", "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        begin = time.perf_counter()
        with open(os.path.join(self.folder, "log"), "w+") as log:
            self.process = subprocess.Popen(self.command(port), stdout=log, stderr=log, env=os.environ | quiet, start_new_session=True)
        while time.perf_counter() - begin < 120:
            try:
                if self.session.get(f"{self.url}/health", timeout=5).status_code == 200:
                    return 1000 * (time.perf_counter() - begin)
            except requests.RequestException:
                time.sleep(0.002)
            if self.process.poll() is not None:
                break
        with open(os.path.join(self.folder, "log")) as log:
            sys.exit(f"{self.name}'s server does not start: {' '.join(self.command(port))}\n{log.read()[-2000:]}")

    def stop(self):
        if self.process is None:
            return
        processes = tree(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            for process in processes:
                os.kill(process, signal.SIGKILL)
        self.process = None

    def post(self, path, **body):
        answer = self.session.post(f"{self.url}/api/2.0/mlflow/{path}", json=body)
        answer.raise_for_status()
        return answer.json()

    def get(self, path, api="api", **query):
        answer = self.session.get(f"{self.url}/{api}/2.0/mlflow/{path}", params=query)
        answer.raise_for_status()
        return answer.json()

    def cpu(self, count, call):
        """The server's milliseconds for one of `count` calls, and the calls per second."""
        before, begin = cpu_ms(self.process.pid), time.perf_counter()
        for number in range(count):
            call(number)
        return (cpu_ms(self.process.pid) - before) / count, count / (time.perf_counter() - begin)


def runs(count):
    """The data: for each run its params, and its metrics as (key, value, time, step)."""
    chance = random.Random(1)
    for number in range(count):
        params = {"lr": ["0.1", "0.01", "0.001"][number % 3], **{f"p{k}": str(chance.randrange(1000)) for k in range(1, 10)}}
        yield f"run-{number}", params, [(key, chance.random(), EPOCH + s, s) for key in KEYS for s in range(100)]
    yield "long", {}, [("long", s * 0.001, EPOCH + s, s) for s in range(LONG)]


def fill(server, count):
    """Fills a server's store through its API; returns the bytes per metric row."""
    experiment = server.post("experiments/create", name="bench")["experiment_id"]
    rows = 0
    for name, params, metrics in runs(count):
        run = server.post("runs/create", experiment_id=experiment, run_name=name, start_time=EPOCH)["run"]["info"]["run_id"]
        server.post("runs/log-batch", run_id=run, params=[{"key": k, "value": v} for k, v in params.items()])
        for start in range(0, len(metrics), 1000):
            server.post("runs/log-batch", run_id=run, metrics=[
                {"key": k, "value": v, "timestamp": t, "step": s} for k, v, t, s in metrics[start:start + 1000]])
        rows += len(metrics)
    return rows


def fill_mlflow(server, count):
    """The same by MLflow's tables, since its API would take a quarter of an hour."""
    experiment = server.post("experiments/create", name="bench")["experiment_id"]
    server.stop()
    rows, database = 0, sqlite3.connect(server.database)
    for name, params, metrics in runs(count):
        run = uuid.uuid4().hex
        database.execute(
            "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, source_version, "
            "lifecycle_stage, artifact_uri, experiment_id) VALUES (?, ?, 'UNKNOWN', '', '', '', 'RUNNING', ?, '', 'active', ?, ?)",
            (run, name, EPOCH, f"mlflow-artifacts:/{experiment}/{run}/artifacts", experiment))
        database.execute("INSERT INTO tags (key, value, run_uuid) VALUES ('mlflow.runName', ?, ?)", (name, run))
        database.executemany("INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)", [(k, v, run) for k, v in params.items()])
        database.executemany("INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)",
                             [(*metric, run) for metric in metrics])
        latest = {metric[0]: metric for metric in metrics}
        database.executemany("INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)",
                             [(*metric, run) for metric in latest.values()])
        rows += len(metrics)
    database.commit()
    database.execute("ANALYZE")
    database.close()
    server.start()
    return rows


def measure(server, count, results):
    """One round's figures of a server that runs."""
    def add(name, value):
        results.setdefault(name, {}).setdefault(server.name, []).append(value)

    experiment = server.get("experiments/get-by-name", experiment_name="bench")["experiment"]["experiment_id"]
    mine = server.post("runs/create", experiment_id="0", start_time=EPOCH)["run"]["info"]["run_id"]
    is_slow = server.name == "mlflow"
    # Without the client's own work, which would be most of the time.
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"))

    def log(step):
        body = f'{{"run_id": "{mine}", "key": "m", "value": {step * 0.1}, "timestamp": {EPOCH + step}, "step": {step}}}'
        connection.request("POST", "/api/2.0/mlflow/runs/log-metric", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        answer.read()

    times, rate = server.cpu(100 if is_slow else 2000, log)
    connection.close()
    add("log-metric", times)
    add("log-metric, one connection", rate)
    add("log-batch of 1,000 metrics", server.cpu(5 if is_slow else 20, lambda i: server.post(
        "runs/log-batch", run_id=mine, metrics=[{"key": f"b{k % 10}", "value": k * 0.5, "timestamp": EPOCH + k, "step": 1000 * i + k}
                                                for k in range(1000)]))[0])

    def search(most, **options):
        return server.post("runs/search", experiment_ids=[experiment], max_results=most, **options)["runs"]

    found = [run["info"]["run_id"] for run in search(100, filter=FILTER, order_by=ORDER)]
    add("runs/get", server.cpu(20 if is_slow else 200, lambda i: server.get("runs/get", run_id=found[0]))[0])
    add("search, filter and order, 100 of the runs",
        server.cpu(5 if is_slow else 40, lambda i: search(100, filter=FILTER, order_by=ORDER))[0])
    add("search, all the runs", server.cpu(1 if is_slow else 8, lambda i: search(count))[0])
    long = search(1, order_by=["metrics.long DESC"])[0]["info"]["run_id"]

    def history(_):
        token, points = None, 0
        while token != "":
            page = server.get("metrics/get-history", run_id=long, metric_key="long", max_results=25_000, page_token=token)
            token, points = page.get("next_page_token", ""), points + len(page["metrics"])
        assert points == LONG, points

    add("history of 100,000 points", server.cpu(1 if is_slow else 5, history)[0])
    bulk = "metrics/get-history-bulk-interval"
    try:
        add("the same sampled to 320", server.cpu(3 if is_slow else 20, lambda i: server.get(
            bulk, api="ajax-api", run_ids=[long], metric_key="long", max_results=320))[0])
    except requests.HTTPError:
        pass  # Not served.
    if server.name == "martlet":
        command = [os.path.join(BIN, "track-cli"), "compare", *found[:10], "--store", server.database]
        begin = time.perf_counter()
        for _ in range(5):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        add("compare 10 runs", 1000 * (time.perf_counter() - begin) / 5)
    else:  # What its page asks for.
        def compare(_):
            for run in found[:10]:
                server.get("runs/get", run_id=run)
            for key in KEYS:
                server.get(bulk, api="ajax-api", run_ids=found[:10], metric_key=key, max_results=320)
        add("compare 10 runs", server.cpu(1, compare)[0])


STORE_SCRIPT = """
import sys, time
from mlflow import MlflowClient
from mlflow.entities import Metric
client = MlflowClient("sqlite:///" + sys.argv[1])
run = client.create_run("0").info.run_id
client.log_metric(run, "warm", 0)
start = time.perf_counter()
for step in range(200):
    client.log_metric(run, "m", step, step=step)
print("log_one", 200 / (time.perf_counter() - start))
start = time.perf_counter()
for batch in range(3):
    client.log_batch(run, [Metric(f"b{k % 10}", k, 1, 1000 * batch + k) for k in range(1000)])
print("log_rows", 3000 / (time.perf_counter() - start))
"""


def in_process(folder, server, results):
    """Logging without a server."""
    if server.name == "martlet":
        with tempfile.TemporaryDirectory(dir=folder) as place:
            text = subprocess.run([os.path.join(BIN, "TrackingBenchmark"), place], check=True, capture_output=True, text=True).stdout
    else:
        text = subprocess.run([sys.executable, "-c", STORE_SCRIPT, server.database], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        name, value = line.split()
        row = "log in the process, one by one" if name == "log_one" else "log in the process, in batches"
        results.setdefault(row, {}).setdefault(server.name, []).append(float(value))


def table(results):
    print(f"\n{'':43}{'unit':>8}{'martlet':>11}{'mlflow':>11}{'ratio':>8}{'reach':>9}")
    missed = 0
    for name, unit, reach in ROWS:
        medians = {program: statistics.median(values) for program, values in results.get(name, {}).items()}
        if "martlet" not in medians:
            continue
        ours, theirs = medians["martlet"], medians.get("mlflow")
        is_rate = unit.endswith("/s")
        ratio = f"{ours / theirs if is_rate else theirs / ours:.1f}" if ours and theirs else ""
        mark = ""
        if reach is not None:
            is_met = ours >= reach if is_rate else ours <= reach
            missed += not is_met
            mark = f"{'≥' if is_rate else '≤'} {reach:,}" + ("" if is_met else " !")
        shown = "" if theirs is None else f"{theirs:,.2f}"
        print(f"{name:43}{unit:>8}{ours:>11,.2f}{shown:>11}{ratio:>8}{mark:>11}")
    print(f"\n{missed} of the figures are not within reach (!)." if missed else "\nAll are within reach.")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=1000, help="how many runs the stores hold")
    parser.add_argument("--json", help="a file to write every figure to")
    arguments = parser.parse_args()
    results = {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))  # By way of `finally`, so that no server is left.
    with tempfile.TemporaryDirectory() as folder:
        servers = []
        for name in ("martlet", "mlflow"):
            os.makedirs(os.path.join(folder, name))
            servers.append(Server(name, os.path.join(folder, name)))
        try:
            for server in servers:
                print(f"{server.name}: filling its store", flush=True)
                server.start()
                rows = (fill if server.name == "martlet" else fill_mlflow)(server, arguments.runs)
                server.stop()
                size = os.path.getsize(server.database)
                results.setdefault("store, per metric row", {})[server.name] = [size / rows]
            for number in range(arguments.rounds):
                for server in servers[::1 if number % 2 == 0 else -1]:
                    print(f"{server.name}: round {number + 1}", flush=True)
                    starts = results.setdefault("start to the first answer", {}).setdefault(server.name, [])
                    for _ in range(STARTS):
                        server.stop()
                        starts.append(server.start())
                    results.setdefault("memory after the start", {}).setdefault(server.name, []).append(memory_mib(server.process.pid))
                    measure(server, arguments.runs, results)
                    server.stop()
                    in_process(folder, server, results)
        finally:
            for server in servers:
                server.stop()
    table(results)
    if arguments.json:
        with open(arguments.json, "w") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    main()
