"""The two servers that are compared, and raw requests to them."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get("MARTLET_BIN", os.path.join(HERE, "..", "..", ".build", "release"))
#: Seconds after which a server has not started, or a request has not been answered.
LIMIT = 120
API = "/api/2.0/mlflow/"
#: The milliseconds from which on a time is taken for one of this day, which no request of ours names.
TODAY = 1_750_000_000_000


@dataclass
class Answer:
    """What a request was answered, without what differs from one server or day to the next."""

    status: int
    code: str | None
    message: str | None
    body: object

    def __str__(self):
        if self.code is not None:
            return f"{self.status} {self.code}: {self.message}"
        return f"{self.status} {json.dumps(self.body, sort_keys=True, ensure_ascii=False)}"


def in_order(value):
    return json.dumps(value, sort_keys=True)


class SetupFailed(Exception):
    """A request whose success others depend on was refused."""


class Server:
    """A server of a fresh store; requests are recorded with their answers under labels."""

    def __init__(self, name, folder):
        self.name, self.folder = name, os.path.join(folder, name)
        os.makedirs(self.folder)
        self.process = self.connection = None
        self.answers = {}
        self.group = ""
        self.names = {}

    # MARK: Starting and stopping

    def command(self, port):
        database, artifacts = os.path.join(self.folder, "store.db"), os.path.join(self.folder, "artifacts")
        if self.name == "mlflow":
            return [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{database}",
                    "--artifacts-destination", artifacts, "--workers", "1", "--host", "127.0.0.1", "--port", str(port)]
        return [os.path.join(BIN, "track-cli"), "serve", "--store", database, "--port", str(port)]

    def start(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        env = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        self.output = open(os.path.join(self.folder, "log"), "wb")
        self.process = subprocess.Popen(
            self.command(self.port), stdout=self.output, stderr=self.output, env=env, start_new_session=True)
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                if self.send("GET", "/health")[0] == 200:
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"error: {self.name} has not started; see {self.output.name}")
            time.sleep(0.2)

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.output.close()

    # MARK: Requests

    def send(self, method, path, body=None, headers=None):
        """Sends the path as it is, which clients of higher levels would tidy up."""
        for attempt in range(2):
            connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
            self.connection = connection
            try:
                connection.request(method, path, body, headers or {})
                answer = connection.getresponse()
                return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), answer.read()
            except (http.client.HTTPException, ConnectionError):
                connection.close()
                self.connection = None
                if attempt:
                    raise

    def call(self, method, path, body=None, query=None, headers=None, raw=None):
        """Sends fields in the query or the body, as JSON; or `raw` bytes as they are."""
        path = path if path.startswith("/") else API + path
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        sent = {}
        if raw is None and method != "GET":
            raw, sent = json.dumps({} if body is None else body).encode(), {"Content-Type": "application/json"}
        return self.send(method, path, raw, sent if headers is None else headers)

    def ask(self, label, method, path, body=None, **options):
        """A request that is compared, under `label`; gives the answer's JSON value, `{}` if it has none."""
        label = f"{self.group}: {label}"
        assert label not in self.answers, f"two requests are called \"{label}\""
        status, headers, data = self.call(method, path, body, **options)
        self.place = f"made by {label.split(': ', 1)[1]}"
        try:
            value = json.loads(data)
        except ValueError:
            value = {}
        if path == "experiments/create" and "experiment_id" in value:
            self.know(value["experiment_id"])
        self.answers[label] = self.normal(status, headers, data)
        return value if isinstance(value, dict) else {}

    def get(self, label, path, /, **query):
        return self.ask(label, "GET", path, query=query)

    def post(self, label, path, /, **body):
        return self.ask(label, "POST", path, body)

    def need(self, method, path, /, **fields):
        """A request that others depend on."""
        query = {"query": fields} if method == "GET" else {"body": fields}
        status, _, data = self.call(method, path, **query)
        if status != 200:
            raise SetupFailed(f"{self.name}, {self.group}: {method} {path} {fields}: {status} {data[:300]}")
        # So that no two things are made at the same millisecond.
        time.sleep(0.002)
        self.needs += 1
        self.place = f"made before, {self.needs}"
        self.text(data.decode())
        return json.loads(data) if data else {}

    # MARK: What requests need

    def experiment(self, name=None, **fields):
        self.count = getattr(self, "count", 0) + 1
        id = self.need("POST", "experiments/create", name=name or f"{self.group} {self.count}", **fields)["experiment_id"]
        return self.know(id)

    def know(self, id):
        """Notes an experiment's number, which the servers count differently once one refused what the other did not."""
        if id:
            self.names.setdefault(id, f"<experiment {self.place}>")
        return id

    def run(self, experiment="0", **fields):
        return self.need("POST", "runs/create", experiment_id=experiment, **fields)["run"]["info"]["run_id"]

    def log(self, run, params={}, metrics={}, tags={}):
        pairs = lambda values: [{"key": k, "value": v} for k, v in values.items()]
        metrics = [{"key": k, "value": v, "timestamp": 1000, "step": 0} for k, v in metrics.items()]
        self.need("POST", "runs/log-batch", run_id=run, params=pairs(params), metrics=metrics, tags=pairs(tags))

    def begin(self, group):
        """From now on labels begin with `group`, and ids are counted anew."""
        self.group, self.names, self.count = group, {"0": "0"}, 0
        self.hexes, self.needs, self.place = {}, 0, ""

    # MARK: Normal forms

    def normal(self, status, headers, data):
        kind = headers.get("content-type", "").split(";")[0]
        try:
            body = json.loads(data)
        except ValueError:
            if status >= 400:
                title = re.search(r"<h1>(.*?)</h1>", data.decode(errors="replace"))
                return Answer(status, "", f"a page, {title[1]}" if title else self.text(data.decode(errors="replace")), None)
            text = data.decode(errors="replace")
            return Answer(status, None, None, [kind, self.text(text) if len(text) < 500 else f"{len(text)} characters"])
        if status >= 400 and isinstance(body, dict) and "error_code" in body:
            return Answer(status, body["error_code"], self.text(str(body.get("message"))), None)
        return Answer(status, None, None, self.value(body))

    def value(self, value, key=""):
        if isinstance(value, dict):
            return {k: self.value(v, k) for k, v in value.items()}
        if isinstance(value, list):
            # The order of tags, params and the latest metrics means nothing.
            if key in ("tags", "params", "aliases") or key == "metrics" and not any("run_id" in v for v in value):
                names = [v.get("key", v.get("alias")) if isinstance(v, dict) else v for v in value]
                if len(set(map(str, names))) == len(names):
                    value = sorted(value, key=in_order)
            if key in ("latest_versions", "dataset_inputs", "dataset_summaries", "flavors"):
                return sorted((self.value(v) for v in value), key=in_order)
            return [self.value(v, "errors" if key == "errors" else "") for v in value]
        if isinstance(value, str):
            if key == "next_page_token" and value:
                return "<token>"
            if key == "errors":
                return "<text>"
            if key in ("experiment_id", "experimentId"):
                return self.names.get(value, value)
            if value[:1] in "[{" and value[1:]:
                # JSON in a text, as in some of MLflow's tags.
                try:
                    return self.value(json.loads(value))
                except ValueError:
                    pass
            return self.text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return "<now>" if value >= TODAY and "time" in key else value
        return value

    def hex(self, match):
        """An id by the request whose answer it first was in, since a server may refuse a request that makes one."""
        if match[0] not in self.hexes and match[0] != "0" * 32:
            place = self.place
            count = sum(name.startswith(f"<{place}") for name in self.hexes.values())
            self.hexes[match[0]] = f"<{place}{' ' + str(count + 1) if count else ''}>"
        return self.hexes.get(match[0], match[0])

    def text(self, text):
        text = re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", self.hex, text)
        text = re.sub(r"0x[0-9a-f]{6,}", "<address>", text)
        text = re.sub(r"^[a-z]+-[a-z]+-\d+$", "<random name>", text)
        place = lambda m: m[1] + self.names.get(m[2], m[2])
        text = re.sub(r"(mlflow-artifacts:/|id[=: ']+)(\d+)", place, text)
        return text.replace(self.folder, "<folder>")
