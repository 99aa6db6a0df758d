"""The frontend's side of comms and widgets, over a real client."""

import queue
import time

from session import LIMIT, Result


class Frontend:
    """Uses comms as a frontend does."""

    def __init__(self, session):
        self.session = session

    def send(self, kind, content, buffers=None, metadata=None):
        """Sends a comm message on shell and returns its identifier."""
        client = self.session.client
        message = client.session.msg(kind, content, metadata=metadata)
        client.session.send(client.shell_channel.socket, message, buffers=buffers)
        return message["header"]["msg_id"]

    def collect(self, message_id, limit=LIMIT):
        """Everything that has the message as its parent, up to its idle status."""
        end = time.monotonic() + limit
        result = Result(reply=None)
        while True:
            left = end - time.monotonic()
            assert left > 0, f"no idle within {limit} s; so far {result.messages}"
            try:
                message = self.session.client.get_iopub_msg(timeout=left)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != message_id:
                continue
            result.messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return result

    def call(self, kind, content, buffers=None, metadata=None):
        return self.collect(self.send(kind, content, buffers, metadata))

    def open(self, target, comm_id, data=None):
        return self.call(
            "comm_open", {"comm_id": comm_id, "target_name": target, "data": data or {}}
        )

    def message(self, comm_id, data, buffers=None):
        return self.call("comm_msg", {"comm_id": comm_id, "data": data}, buffers)

    def update(self, comm_id, **state):
        """Sets a widget's state, as moving a slider does."""
        return self.message(
            comm_id, {"method": "update", "state": state, "buffer_paths": []}
        )

    def comms(self, **content):
        return self.session.ask("comm_info_request", **content)["comms"]


def opened(result, model=None):
    """The comm_open contents of a cell's result; of one model, if named."""
    return [
        c
        for c in result.contents("comm_open")
        if model is None or c["data"]["state"]["_model_name"] == model
    ]


def updates(result, comm_id, method="update"):
    """The states that were sent over a comm."""
    return [
        c["data"]["state"]
        for c in result.contents("comm_msg")
        if c["comm_id"] == comm_id and c["data"].get("method") == method
    ]
