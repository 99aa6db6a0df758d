"""Commands of the shell and scripts in cells."""

import re
import shlex
import time

import psutil
import pytest

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def error(result):
    assert result.error["ename"] == "DirectiveError", result.error
    return ANSI.sub("", result.error["evalue"])


def interrupt_when_printed(kernel, code, text):
    """Runs a cell and interrupts it as soon as it has printed `text`."""
    seen = []

    def interrupt(message):
        if message["msg_type"] == "stream":
            seen.append(message["content"]["text"])
            if text in "".join(seen) and len(seen) < 1000:
                seen.extend([""] * 1000)
                kernel.manager.interrupt_kernel()

    return kernel.collect(kernel.send(code), on_message=interrupt)


def test_a_command_runs_before_the_swift_below_it(shared_kernel):
    result = shared_kernel.ok('!echo one; echo two >&2\n!echo three | tr a-z A-Z\nprint("four")')
    assert result.stream() == "one\nTHREE\nfour\n"
    assert result.stream("stderr") == "two\n"


def test_values_of_variables_are_inserted(shared_kernel):
    shared_kernel.ok('let word = "two words"\nstruct S { var n = 4 }\nlet s = S()\nlet list = [1, 2]')
    run = lambda line: shared_kernel.ok(line).stream()
    assert run("!printf '%s|' '{word}' {s.n} '{list}'") == "two words|4|[1, 2]|"
    assert run("!word=sh; echo ${word} {{word}} {unknown} {a,b} | sed 's/x/{x}/'") == "sh {word} {unknown} a b\n"
    assert run("!echo a b | awk '{print $2}'") == "b\n"
    assert run("%%bash\necho {s.n}") == "4\n"
    assert "{s.missing} has no value" in error(shared_kernel.fails("!echo {s.missing}"))


def test_exit_statuses_are_told(shared_kernel):
    result = shared_kernel.ok("!exit 3\nlet after = 1")
    assert "exit status 3" in result.stream("stderr")
    assert shared_kernel.ok("after").value == "1"
    result = shared_kernel.ok("!no_such_command_here")
    assert "not found" in result.stream("stderr") and "exit status 127" in result.stream("stderr")
    assert "exit status 4" in error(shared_kernel.fails("%%bash\necho out\nexit 4"))
    assert "SIGKILL" in error(shared_kernel.fails("%%bash\nkill -9 $$"))


def test_a_script_goes_to_the_standard_input_of_any_program(shared_kernel, tmp_path):
    code = "%%script python3 - one 'two three'\nimport sys\nprint(sys.argv[1:], {1: 2})"
    assert shared_kernel.ok(code).stream() == "['one', 'two three'] {1: 2}\n"
    assert shared_kernel.ok("%%script cat\n%not a directive\n").stream() == "%not a directive\n"
    assert "exit status 2" in error(shared_kernel.fails("%%script python3\nimport sys; sys.exit(2)"))
    plain = tmp_path / "plain.txt"
    plain.write_text("text")
    quoted = shlex.quote(str(plain))
    assert "cannot be executed" in error(shared_kernel.fails(f"%%script {quoted}\nx"))
    plain.chmod(0o755)
    assert "Exec format error" in error(shared_kernel.fails(f"%%script {quoted}\nx"))
    assert "no program nosuch in PATH" in error(shared_kernel.fails("%%script nosuch\nx"))
    assert "no file /nowhere/x" in error(shared_kernel.fails("%%script /nowhere/x\nx"))


def test_bash_reads_nothing_of_its_own_script_and_names_the_cells_lines(shared_kernel):
    result = shared_kernel.ok("%%bash first second\ncat\necho $1 $2\nif true; then\n  echo end\nfi")
    assert result.stream() == "first second\nend\n"
    failed = shared_kernel.fails("%%bash\ntrue\n)")
    assert re.search(r"cell \d+:.*line 2", failed.stream("stderr"))
    # More than fits into an argument.
    long = "%%bash\n" + "# padding padding padding\n" * 10_000 + "echo done"
    assert shared_kernel.ok(long).stream() == "done\n"


def test_output_is_streamed_whole_and_in_order(shared_kernel):
    times = []
    shared_kernel.run(
        "!echo first; sleep 2; echo last",
        on_message=lambda m: times.append(time.monotonic()) if m["msg_type"] == "stream" else None,
    )
    assert len(times) == 2 and times[1] - times[0] > 0.5
    result = shared_kernel.ok("!printf 'é🦜'; printf '\\xff\\xfe'; printf 'a\\rb'")
    assert result.stream() == "é🦜\ufffd\ufffda\rb"
    result = shared_kernel.ok("!printf '\\303'; sleep 0.5; printf '\\251'")
    assert result.stream() == "é"
    result = shared_kernel.ok("!head -c 10485760 /dev/zero | tr '\\0' x")
    assert result.stream() == "x" * 10485760
    assert len(result.contents("stream")) < 400
    assert shared_kernel.ok("!printf 'a\\0b'").stream() == "a\0b"
    assert "NUL" in error(shared_kernel.fails("!echo a\0b"))


def test_standard_input_is_empty(shared_kernel):
    assert shared_kernel.ok("!cat; read x; echo status $?").stream() == "status 1\n"


@pytest.mark.parametrize(
    "command", ["!", "%%bash\n"], ids=["command", "script"]
)
def test_an_interrupt_ends_everything_that_a_command_started(shared_kernel, command):
    # The child ignores SIGINT, so it has to be killed.
    code = command + " (trap '' INT; echo child $BASHPID; while true; do sleep 600; done) | cat"
    result = interrupt_when_printed(shared_kernel, code, "child")
    assert result.error["ename"] == "KeyboardInterrupt"
    pid = int(re.search(r"child (\d+)", result.stream())[1])
    end = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "the command's child lives on"
        time.sleep(0.05)
    assert shared_kernel.ok("!echo well").stream() == "well\n"


def test_a_shell_cell_is_whole_after_a_blank_line(shared_kernel):
    def status(code):
        shared_kernel.client.is_complete(code)
        return shared_kernel.client.get_shell_msg(timeout=60)["content"]["status"]

    assert status("%%bash") == "incomplete"
    assert status("%%bash\nif true; then") == "incomplete"
    assert status("%%bash\nls\n") == "complete"
    assert status("%%time\nlet a = [") == "incomplete"
    assert status("%%time\nlet a = 1") == "complete"
    assert status("!ls") == "complete"
