#!/usr/bin/env python3
"""Measures how long an interrupt takes in every state that a cell of Martlet's kernel can be in.

    make bench-interrupts
    .venv/bin/python benchmarks/interrupts.py [--rounds 5]

From the interrupt, sent a moment after the cell has come into the state, to the idle status. Printed
are the median and the longest of the rounds, and whether the session's variables were kept.
"""

import argparse
import os
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests" / "python"))

import session  # noqa: E402

SETUP = """
import Foundation
import Martlet
var kept = 1
var mutex = pthread_mutex_t()
pthread_mutex_init(&mutex, nil)
let text = String(repeating: "the quick brown fox 12345 jumps ", count: 20_000)
let pattern = try NSRegularExpression(pattern: "([a-z]+ )*[0-9]+")
func search() -> Int {
  pattern.numberOfMatches(in: text, range: NSRange(location: 0, length: text.utf16.count))
}
let large = Tensor<Float>.ones(shape: [3000, 3000])
actor Counter { func forever() { while true {} } }
let counter = Counter()
"""
SLOW_TO_COMPILE = "\n".join(
    f"let slow{n} = [{n}: [1, 2, 3].map {{ Double($0) * 2.5 }}, {n + 1000}: [4, 5].map {{ Double($0) / 3 }}]"
    for n in range(150)
)
# Each says `on` when it is there.
STATES = {
    "loop": 'print("on")\nwhile true {}',
    "loop that prints": 'while true { print("on") }',
    "loop that allocates": 'print("on")\nwhile true { _ = [Int](repeating: 1, count: 5000).sorted() }',
    "loop of strings": 'print("on")\nvar s = ""\nwhile true { s += "x"; if s.count > 500 { s = "" } }',
    "regular expressions": 'print("on")\nwhile true { _ = search() }',
    "matrix products of 3,000 rows": 'print("on")\nwhile true { _ = matmul(large, large) }',
    "throwing and catching": 'print("on")\nwhile true { do { throw CancellationError() } catch {} }',
    "sleep": 'print("on")\nsleep(60)',
    "Task.sleep": 'print("on")\ntry await Task.sleep(for: .seconds(60))',
    "busy task": 'print("on")\nawait Task { while true {} }.value',
    "busy actor": 'print("on")\nawait counter.forever()',
    "semaphore": 'print("on")\nDispatchSemaphore(value: 0).wait()',
    "mutex": 'print("on")\npthread_mutex_lock(&mutex); pthread_mutex_lock(&mutex)',
    "Process.waitUntilExit": 'print("on")\nlet p = try Process.run(URL(fileURLWithPath: "/bin/sleep"), '
    'arguments: ["60"])\np.waitUntilExit()',
    "!command": "!echo on; sleep 60",
    "readLine": "readLine",
    "input": "input",
    "compilation": "compilation",
}


def measure(kernel, state, code):
    """Milliseconds from the interrupt to the idle status."""
    sent = []

    def stop():
        if not sent:
            time.sleep(0.2)
            sent.append(time.perf_counter())
            kernel.manager.interrupt_kernel()

    def watch(message):
        if message["msg_type"] == "stream":
            stop()
        elif message["msg_type"] == "execute_input" and state == "compilation":
            stop()

    if state in ("readLine", "input"):
        source = "_ = readLine()" if state == "readLine" else '_ = input("Name? ")'
        identity = kernel.send(source, allow_stdin=True)
        kernel.client.get_stdin_msg(timeout=60)
        stop()
        result = kernel.collect(identity)
    else:
        result = kernel.run(SLOW_TO_COMPILE if state == "compilation" else code, on_message=watch)
    taken = (time.perf_counter() - sent[0]) * 1000
    assert result.status == "error", (state, result.stream())
    assert result.error["ename"] == "KeyboardInterrupt", (state, result.error)
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("states", nargs="*", help="some of the states; all when there are none")
    options = parser.parse_args()
    session.LIMIT = 60
    with tempfile.TemporaryDirectory() as folder:
        kernel = session.Session(cwd=folder, env=dict(os.environ))
        try:
            kernel.ok(SETUP)
            print(f"load {os.getloadavg()[0]:.1f}\n{'state':34}{'median':>8}{'longest':>9}  kept", flush=True)
            for state, code in STATES.items():
                if options.states and state not in options.states:
                    continue
                times = [measure(kernel, state, code) for _ in range(options.rounds)]
                kept = kernel.run("kept").status == "ok"
                if not kept:
                    kernel.ok(SETUP)
                print(f"{state:34}{statistics.median(times):5.0f} ms{max(times):6.0f} ms  "
                      f"{'yes' if kept else 'no'}", flush=True)
        finally:
            kernel.close()


if __name__ == "__main__":
    main()
