"""track-cli in real shells: completion in bash, zsh and fish, the man page, colours, widths and locales."""

import os
import re
import shutil
import subprocess

import pexpect
import pytest
from mlflow.entities import Metric

from session import LIMIT
from tracked import CLI, cli, served


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = tmp_path_factory.mktemp("shell") / "tracking.db"
    with served(store) as client:
        experiment = client.create_experiment("mnist digits")
        for number, name in enumerate(["baseline", "base two", "deep:er", "Übung"]):
            run = client.create_run(experiment, run_name=name, start_time=1000 + number).info.run_id
            client.log_batch(run, metrics=[Metric(key, step, step, step) for key in ("val/loss", "accuracy") for step in (0, 1)])
            client.log_text(run, "x", "plots/curve.txt")
        client.delete_run(client.create_run(experiment, run_name="gone").info.run_id)
    return store


def completions(*words, store):
    lines = cli("__complete", *words, TRACKING_URI=str(store)).splitlines()
    return [line.split("\t")[0] for line in lines]


def test_what_fits_is_offered(store):
    assert {"runs", "compare", "sql", "completion"} <= set(completions("", store=store))
    assert completions("comp", store=store) == ["compare", "completion"]
    assert completions("show", "", store=store) == ["latest", "Übung", "deep:er", "base two", "baseline"]
    assert completions("compare", "baseline", "base", store=store) == ["base two", "baseline"]
    assert completions("restore", "", store=store) == ["gone"]
    assert completions("metrics", "baseline", "", store=store) == ["accuracy", "val/loss"]
    assert completions("metrics", "-p", "-w", "base", store=store) == ["base two", "baseline"]
    assert completions("runs", "--experiment", "m", store=store) == ["mnist digits"]
    assert completions("runs", "--view", "", store=store) == ["active", "deleted", "all"]
    assert completions("compare", "--format", "=", "h", store=store) == ["html"]
    assert completions("artifacts", "get", "baseline", "", store=store) == ["plots/curve.txt"]
    assert completions("artifacts", "d", store=store) == ["diff", "deep:er"]
    assert "--baseline" in completions("compare", "--b", store=store)
    assert completions("import", "", store=store) == [":files"] == completions("runs", "--store", "", store=store)
    assert completions("show", "", store="/nowhere/at/all.db") == ["latest"]
    identity = cli("runs", "--format", "csv", store=store).splitlines()[1].split(",")[0]
    assert completions("show", identity[:5], store=store) == [identity[:8]]


@pytest.fixture
def in_shell(store, tmp_path):
    """Presses the tabulator after a text in a real shell; gives the line that the shell makes of it."""
    if not (tmp_path / "bin").exists():
        (tmp_path / "bin").mkdir()
        os.symlink(CLI.resolve(), tmp_path / "bin" / "track-cli")

    def press(shell, text):
        program = shutil.which(shell)
        if program is None:
            pytest.skip(f"{shell} is not installed")
        # What is shown by the program `shown` is what the shell passed on.
        script = {
            "bash": "source <(track-cli completion bash)\nbind 'set show-all-if-ambiguous on'\nPS1='READY> '\n",
            "zsh": "autoload -Uz compinit && compinit -u\nsource <(track-cli completion zsh)\nPS1='READY> '\nunsetopt zle_bracketed_paste\n",
            "fish": "track-cli completion fish | source\nfunction fish_prompt; echo -n 'READY> '; end\nfunction fish_greeting; end\n",
        }[shell]
        home = tmp_path / f"home-{shell}"
        (home / ".config/fish").mkdir(parents=True, exist_ok=True)
        names = {"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
        (home / names[shell]).write_text(script)
        environment = {
            "HOME": str(home), "ZDOTDIR": str(home), "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "TERM": "xterm",
            "TRACKING_URI": str(store), "LANG": "C.UTF-8", "XDG_CONFIG_HOME": str(home / ".config")}
        arguments = {"bash": ["--noprofile", "-i"], "zsh": ["-i"], "fish": ["-i"]}[shell]
        child = pexpect.spawn(
            program, arguments, env=environment, cwd=str(tmp_path), dimensions=(40, 160), timeout=LIMIT, encoding="utf-8")
        try:
            child.expect("READY> ")
            child.send(text + "\t")
            out = tmp_path / "out"
            # The words of the finished line go to a file, one on a line.
            finish = f"; printf '%s\\n' end-of-line > {tmp_path}/done\r"
            # What is typed ahead waits until the shell has completed the word.
            child.send(f" > {out}{finish}")
            for _ in range(int(LIMIT * 20)):
                if (tmp_path / "done").exists():
                    break
                try:
                    child.expect(pexpect.TIMEOUT, timeout=0.05)
                except pexpect.EOF:
                    break
            assert (tmp_path / "done").exists(), child.before
            (tmp_path / "done").unlink()
            return out.read_text()
        finally:
            child.close(force=True)

    return press


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete(shell, in_shell):
    assert in_shell(shell, "track-cli show base\\ t").startswith("name        base two")
    assert "val/loss" not in in_shell(shell, "track-cli metrics baseline acc")


def test_an_unknown_shell_is_refused():
    assert "bash, zsh, fish" in cli("completion", "tcsh", status=64)


def test_the_man_page_has_no_fault(tmp_path):
    page = tmp_path / "track-cli.1"
    page.write_text(cli("manual"))
    env = os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "80"}
    judged = 0
    if shutil.which("mandoc"):
        answer = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True, text=True, timeout=LIMIT)
        assert answer.stdout == "" and answer.returncode == 0
        shown = subprocess.run(["mandoc", "-T", "utf8", page], capture_output=True, text=True, timeout=LIMIT, env=env).stdout
        judged += 1
    if shutil.which("groff"):
        answer = subprocess.run(
            ["groff", "-man", "-ww", "-z", page], capture_output=True, text=True, timeout=LIMIT)
        assert answer.stderr == ""
        shown = subprocess.run(
            ["groff", "-man", "-T", "utf8", "-P", "-cbou", page], capture_output=True, text=True, timeout=LIMIT).stdout
        judged += 1
    if not judged:
        pytest.skip("neither mandoc nor groff is installed")
    for section in ("NAME", "SYNOPSIS", "SUBCOMMANDS", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "FILES"):
        assert section in re.sub(".\b", "", shown)
    plain = re.sub(".\b", "", shown)
    for name in re.findall(r"^  (\S+) ", cli("--help"), re.M):
        assert name in plain
    assert "--group-by" in plain and "NO_COLOR" in plain


@pytest.mark.parametrize("name", [
    "experiments", "runs", "show", "metrics", "compare", "artifacts", "tag", "note", "delete", "restore", "gc", "sql", "doctor",
    "export", "import", "serve", "sync", "accounts", "completion", "manual"])
def test_help_and_the_table_of_options_say_the_same(name, store):
    """Every option that help lists is completed, and every one that is completed is listed."""
    text = cli(name, "--help")
    assert all(len(line) <= 80 for line in text.splitlines()), text
    listed = set(re.findall(r"^ +(?:-\w, )?(--[a-z-]+)", text, re.M))
    assert listed == set(completions(name, "--", store=store)) and "--store" in listed


def on_a_terminal(*arguments, store, columns=100, **environment):
    """What track-cli prints on a terminal of so many columns."""
    env = {"PATH": os.environ["PATH"], "TERM": "xterm", "TRACKING_URI": str(store), "LANG": "C.UTF-8"} | environment
    child = pexpect.spawn(str(CLI), list(arguments), env=env, dimensions=(40, columns), timeout=LIMIT, encoding="utf-8")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return child.before


def test_colours_are_for_terminals(store):
    assert "\x1b[" in on_a_terminal("runs", store=store)
    assert "\x1b[" not in on_a_terminal("runs", store=store, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal("runs", store=store, TERM="dumb")
    assert "\x1b[" not in cli("runs", store=store)
    assert "\x1b[3" in on_a_terminal("metrics", "baseline", "accuracy", "-p", "-w", "base two", store=store)


def test_tables_and_plots_are_as_wide_as_the_terminal(store):
    for columns in (50, 90, 160):
        plot = on_a_terminal("metrics", "baseline", "accuracy", "-p", store=store, columns=columns, NO_COLOR="1")
        assert max(len(line) for line in plot.splitlines()) == columns
    plot = on_a_terminal("metrics", "baseline", "accuracy", "-p", store=store, columns=160, NO_COLOR="1", COLUMNS="60")
    assert max(len(line) for line in plot.splitlines()) == 60


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LC_ALL": "", "LANG": "de_DE.ISO-8859-1"}])
def test_a_locale_without_utf8_gets_ascii(locale, store):
    for command in (["runs"], ["show", "Übung"], ["metrics", "Übung", "-p"], ["compare", "Übung", "deep:er", "--curves"],
                    ["experiments"], ["compare", "-e", "mnist digits", "-g", "lr"]):
        assert cli(*command, store=store, **locale).isascii()
    assert "Übung" in cli("runs", "--format", "json", store=store, **locale)
    assert "Übung" in cli("runs", store=store, LC_ALL="C.UTF-8")
