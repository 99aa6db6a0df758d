"""Connection files, as a frontend writes them."""

import socket

NAMES = ["shell", "control", "stdin", "iopub", "hb"]


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def connection(**changes):
    """The content of a file with ports that are free; a change to None removes the key."""
    content = {f"{name}_port": port for name, port in zip(NAMES, free_ports(5))} | {
        "transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256",
    }
    content |= changes
    return {key: value for key, value in content.items() if value is not None}
