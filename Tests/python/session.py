"""A kernel with its client, and what came back from a cell."""

import queue
import time
from dataclasses import dataclass, field

from jupyter_client.manager import KernelManager

# Long enough for a busy machine; what is quick in fact never waits for it.
LIMIT = 90


@dataclass
class Result:
    """Everything that the kernel sent about one cell."""

    reply: dict
    messages: list = field(default_factory=list)

    @property
    def status(self):
        return self.reply["status"]

    def contents(self, kind):
        return [m["content"] for m in self.messages if m["msg_type"] == kind]

    def stream(self, name="stdout"):
        return "".join(c["text"] for c in self.contents("stream") if c["name"] == name)

    @property
    def value(self):
        """The text of the shown value, or None."""
        results = self.contents("execute_result")
        return results[0]["data"]["text/plain"] if results else None

    @property
    def error(self):
        """The content of the cell's one error message."""
        errors = self.contents("error")
        assert len(errors) == 1, f"{len(errors)} error messages; stdout: {self.stream()!r}"
        return errors[0]

    @property
    def trace(self):
        return "\n".join(self.error["traceback"])


class Session:
    """A running kernel; every wait has a limit."""

    def __init__(self, cwd, env, kernel_name="swift", **manager_options):
        self.manager = KernelManager(kernel_name=kernel_name, **manager_options)
        self.manager.start_kernel(cwd=str(cwd), env=env)
        self.client = self.manager.client()
        self.client.start_channels()
        try:
            self.client.wait_for_ready(timeout=LIMIT)
        except BaseException:
            self.close()
            raise

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def send(self, code, **options):
        """Sends a cell and returns its message id."""
        options.setdefault("allow_stdin", False)
        return self.client.execute(code, **options)

    def collect(self, message_id, limit=LIMIT, answers=(), on_message=None):
        """Waits for the cell's idle status and its reply."""
        end = time.monotonic() + limit
        result = Result(reply=None)
        answers = list(answers)
        while True:
            left = end - time.monotonic()
            assert left > 0, f"no idle within {limit} s; so far {result.messages}"
            try:
                message = self.client.get_iopub_msg(timeout=min(left, 0.2 if answers else left))
            except queue.Empty:
                if answers and self.client.stdin_channel.msg_ready():
                    request = self.client.get_stdin_msg(timeout=1)
                    assert request["msg_type"] == "input_request"
                    self.client.input(answers.pop(0))
                continue
            if message["parent_header"].get("msg_id") != message_id:
                continue
            result.messages.append(message)
            if on_message:
                on_message(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        while True:
            reply = self.client.get_shell_msg(timeout=max(1, end - time.monotonic()))
            if reply["parent_header"].get("msg_id") == message_id:
                result.reply = reply["content"]
                return result

    def run(self, code, limit=LIMIT, answers=(), on_message=None, **options):
        """Runs a cell to its end."""
        if answers:
            options["allow_stdin"] = True
        message_id = self.send(code, **options)
        return self.collect(message_id, limit, answers, on_message)

    def ok(self, code, **options):
        """Runs a cell that has to succeed."""
        result = self.run(code, **options)
        if result.status != "ok":
            raise AssertionError(f"the cell failed:\n{code}\n{result.trace}")
        return result

    def fails(self, code, **options):
        """Runs a cell that has to fail."""
        result = self.run(code, **options)
        assert result.status == "error", f"{code!r} gave {result.status}: {result.stream()!r}"
        assert result.reply["ename"] == result.error["ename"]
        return result

    def post(self, kind, content, channel="shell", subshell=None):
        """Sends a request and returns its message id."""
        message = self.client.session.msg(kind, content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        getattr(self.client, f"{channel}_channel").send(message)
        return message["header"]["msg_id"]

    def answer(self, message_id, channel="shell", limit=LIMIT):
        """Waits for the reply to a message and returns its content."""
        get = getattr(self.client, f"get_{channel}_msg")
        end = time.monotonic() + limit
        while True:
            reply = get(timeout=max(1, end - time.monotonic()))
            if reply["parent_header"].get("msg_id") == message_id:
                return reply["content"]

    def ask(self, kind, subshell=None, **content):
        """Sends a shell request and returns the content of its reply."""
        return self.answer(self.post(kind, content, subshell=subshell))

    def ask_control(self, kind, **content):
        """Sends a control request and returns the content of its reply."""
        return self.answer(self.post(kind, content, channel="control"), channel="control")

    def await_output(self, text, limit=LIMIT):
        """Waits until a cell has printed `text`, so that it runs, and gives all that was printed meanwhile."""
        end = time.monotonic() + limit
        seen = ""
        while text not in seen:
            message = self.client.get_iopub_msg(timeout=max(1, end - time.monotonic()))
            if message["msg_type"] == "stream":
                seen += message["content"]["text"]
        return seen

    def await_start(self, message_id, limit=LIMIT):
        """Waits until it is a cell's turn: it is compiled or runs, and waits no more."""
        end = time.monotonic() + limit
        while True:
            message = self.client.get_iopub_msg(timeout=max(1, end - time.monotonic()))
            if (message["msg_type"] == "execute_input"
                    and message["parent_header"].get("msg_id") == message_id):
                return

    def interrupt_during(self, code, when="busy", limit=LIMIT):
        """Runs a cell, interrupts it at its first message of a kind; gives result and seconds."""
        moment = None

        def watch(message):
            nonlocal moment
            kind = message["msg_type"]
            is_busy = kind == "status" and message["content"]["execution_state"] == "busy"
            if moment is None and (kind == when or (when == "busy" and is_busy)):
                moment = time.monotonic()
                self.manager.interrupt_kernel()

        result = self.run(code, limit=limit, on_message=watch)
        assert moment is not None, "the cell ended before it could be interrupted"
        return result, time.monotonic() - moment

    def worker(self):
        """The process that runs the cells, of psutil."""
        import psutil

        workers = [
            child
            for child in psutil.Process(self.pid).children(recursive=True)
            if child.name().startswith("martlet-worker")
        ]
        assert len(workers) == 1, f"{len(workers)} workers"
        return workers[0]

    def close(self):
        self.client.stop_channels()
        if self.manager.has_kernel:
            self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()
