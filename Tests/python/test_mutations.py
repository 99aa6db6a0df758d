"""Ten thousand mutated messages: the kernel answers afterwards, and holds no more than before."""

import copy
import json
import random

import psutil

from test_bad_input import LIMIT, Wire

SEED = 20_240_229
COUNT = 10_000

# Never code that compiles: the messages are what is tested, and there are many.
MESSAGES = {
    "execute_request": {"code": "", "silent": False, "store_history": True, "user_expressions": {},
                        "allow_stdin": False, "stop_on_error": False},
    "is_complete_request": {"code": "let a = ["},
    "history_request": {"hist_access_type": "search", "pattern": "*", "n": 3, "unique": True,
                        "session": 0, "start": 1, "stop": 5, "output": True},
    "comm_info_request": {"target_name": "t"},
    "comm_open": {"comm_id": "c", "target_name": "t", "data": {"a": 1}},
    "comm_msg": {"comm_id": "c", "data": {}},
    "comm_close": {"comm_id": "c", "data": {}},
    "kernel_info_request": {},
    "connect_request": {},
    "delete_subshell_request": {"subshell_id": "s"},
    "debug_request": {"type": "request", "seq": 1, "command": "initialize", "arguments": {}},
    "input_reply": {"value": "v"},
}
VALUES = [None, True, -1, 0, 2**31, -(2**63), 2**64, 1.5, 1e308, "", "\0", "🐦" * 50, "x" * 5000,
          [], [[]], {}, {"a": {"b": []}}]


def mutated_value(value, rng):
    """A JSON value with one part of it replaced, removed or added."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        value = copy.copy(value)
        key = rng.choice(sorted(value))
        if rng.random() < 0.2:
            del value[key]
        else:
            value[key] = mutated_value(value[key], rng)
        return value
    return rng.choice(VALUES)


def mutated_bytes(data, rng):
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(3):
            case 0: data[at:at + 1] = bytes([rng.randrange(256)])
            case 1: del data[at:at + rng.randint(1, 20)]
            case 2: data[at:at] = rng.randbytes(rng.randint(1, 8))
    return bytes(data)


def mutate(wire, rng):
    """Frames of one message with a fault; half of them signed well, so that it is read."""
    kind = rng.choice(sorted(MESSAGES))
    content = MESSAGES[kind]
    parts = wire.parts(kind, content)
    match rng.randrange(5):
        case 0: parts[3] = json.dumps(mutated_value(content, rng)).encode()
        case 1: parts[0] = json.dumps(mutated_value(json.loads(parts[0]), rng)).encode()
        case 2:
            at = rng.randrange(4)
            parts[at] = mutated_bytes(parts[at], rng)
        case 3:
            parts[0] = json.dumps(json.loads(parts[0]) | {"subshell_id": rng.choice(VALUES)}).encode()
        case 4:
            parts[1] = mutated_bytes(parts[0], rng)
    frames = [b"<IDS|MSG>", wire.sign(parts), *parts]
    if rng.random() < 0.5:
        match rng.randrange(4):
            case 0: frames = frames[:rng.randint(1, len(frames))]
            case 1: rng.shuffle(frames)
            case 2: frames[1] = mutated_bytes(frames[1], rng)
            case 3: frames += [rng.randbytes(rng.randrange(100)) for _ in range(rng.randint(1, 50))]
    return frames


def test_mutated_messages_on_every_channel(kernel):
    kernel.ok("let kept = 41")
    process = psutil.Process(kernel.pid)
    rng = random.Random(SEED)
    wires = [Wire(kernel, channel) for channel in ("shell", "control", "stdin")]
    descriptors = memory = None
    for number in range(COUNT):
        wire = wires[number % len(wires)]
        wire.socket.send_multipart(mutate(wire, rng))
        while wire.socket.poll(0):
            wire.socket.recv_multipart()
        if number % 500 == 499:
            settle(wires[:2])
            settled = kernel.ask("kernel_info_request")
            assert settled["status"] == "ok", f"after message {number} of seed {SEED}"
            if number == 2_499:  # Queues, buffers and caches have their size by now.
                descriptors, memory = process.num_fds(), process.memory_info().rss
    assert kernel.ask_control("kernel_info_request")["status"] == "ok"
    assert kernel.ok("kept + 1").value == "42"
    assert process.num_fds() <= descriptors + 5
    assert process.memory_info().rss <= memory + 100_000_000
    for wire in wires:
        wire.close()


def settle(wires):
    """Waits until everything sent has been served."""
    for wire in wires:
        good = wire.parts("kernel_info_request", {})
        wire.send(good)
        identity = json.loads(good[0])["msg_id"]
        while True:
            assert wire.socket.poll(LIMIT * 1000), "the kernel does not answer any more"
            frames = wire.socket.recv_multipart()
            at = frames.index(b"<IDS|MSG>")
            if json.loads(frames[at + 3]).get("msg_id") == identity:
                break
