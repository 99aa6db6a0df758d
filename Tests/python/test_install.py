"""`martlet kernel install` and `uninstall`."""

import json
import os
import pathlib
import subprocess

import pytest
from jupyter_client.kernelspec import KernelSpecManager


@pytest.fixture
def run(martlet, tmp_path):
    """Runs martlet with a home of its own; further variables may be given."""

    def call(*arguments, **environment):
        base = {"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")}
        return subprocess.run(
            [martlet, *arguments], env=base | environment, cwd=tmp_path,
            capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL,
        )

    return call


def spec(folder):
    return json.loads((folder / "kernel.json").read_text())


def test_the_kernelspec_starts_this_build_and_has_logos(run, tmp_path, martlet):
    answer = run("kernel", "install", "--prefix", tmp_path / "p")
    assert answer.returncode == 0, answer.stderr
    folder = tmp_path / "p/share/jupyter/kernels/swift"
    assert str(folder) in answer.stdout
    content = spec(folder)
    assert content["argv"] == [
        str(martlet.resolve().with_name("martlet-kernel")), "--connection-file", "{connection_file}",
    ]
    assert content["display_name"] == "Swift (Martlet)"
    assert content["language"] == "swift"
    assert content["interrupt_mode"] == "message"
    assert (folder / "logo-svg.svg").read_text().startswith("<svg")
    for size in (32, 64):
        header = (folder / f"logo-{size}x{size}.png").read_bytes()[:24]
        assert header[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(header[16:20]) == int.from_bytes(header[20:24]) == size


def test_jupyter_finds_it_under_its_name(run, tmp_path, monkeypatch):
    assert run("kernel", "install", "--prefix", tmp_path / "p", "--name", "swift-dev").returncode == 0
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "p/share/jupyter"))
    found = KernelSpecManager().get_kernel_spec("swift-dev")
    assert found.display_name == "Swift (Martlet)"
    assert pathlib.Path(found.argv[0]).exists()


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({}, "home/.local/share/jupyter"),
        ({"XDG_DATA_HOME": "{tmp}/xdg"}, "xdg/jupyter"),
        ({"XDG_DATA_HOME": "{tmp}/xdg", "JUPYTER_DATA_DIR": "{tmp}/data"}, "data"),
        ({"JUPYTER_DATA_DIR": ""}, "home/.local/share/jupyter"),
    ],
)
@pytest.mark.parametrize("options", [[], ["--user"]])
def test_the_users_folder_follows_jupyters_rules(run, tmp_path, environment, folder, options):
    environment = {key: value.format(tmp=tmp_path) for key, value in environment.items()}
    assert run("kernel", "install", *options, **environment).returncode == 0
    assert (tmp_path / folder / "kernels/swift/kernel.json").exists()


def test_sys_prefix_is_that_of_the_active_environment(run, tmp_path):
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        prefix = tmp_path / variable
        answer = run("kernel", "install", "--sys-prefix", **{variable: str(prefix)})
        assert answer.returncode == 0, answer.stderr
        assert (prefix / "share/jupyter/kernels/swift/kernel.json").exists()


def test_sys_prefix_without_an_environment_is_that_of_python3_in_path(run, tmp_path):
    prefix = tmp_path / "python"
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(f"#!/bin/sh\necho {prefix}\n")
    python.chmod(0o755)
    answer = run("kernel", "install", "--sys-prefix", PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    assert answer.returncode == 0, answer.stderr
    assert (prefix / "share/jupyter/kernels/swift/kernel.json").exists()


def test_sys_prefix_without_any_python_says_so(run, tmp_path):
    answer = run("kernel", "install", "--sys-prefix", PATH=str(tmp_path))
    assert answer.returncode == 64
    assert "python3" in answer.stderr and "--prefix" in answer.stderr


def test_a_toolchain_that_is_named_is_kept(run, tmp_path):
    answer = run("kernel", "install", "--prefix", tmp_path / "p", MARTLET_TOOLCHAIN="/opt/x/usr")
    assert answer.returncode == 0, answer.stderr
    content = spec(tmp_path / "p/share/jupyter/kernels/swift")
    assert content["env"] == {"MARTLET_TOOLCHAIN": "/opt/x/usr"}


def test_installing_twice_is_the_same_as_once(run, tmp_path):
    for _ in range(2):
        assert run("kernel", "install", "--prefix", tmp_path / "p").returncode == 0
    folder = tmp_path / "p/share/jupyter/kernels/swift"
    assert sorted(path.name for path in folder.iterdir()) == [
        "kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg",
    ]


def test_uninstall_removes_what_install_wrote(run, tmp_path):
    run("kernel", "install", "--prefix", tmp_path / "p")
    answer = run("kernel", "uninstall", "--prefix", tmp_path / "p")
    assert answer.returncode == 0, answer.stderr
    assert not (tmp_path / "p/share/jupyter/kernels/swift").exists()
    again = run("kernel", "uninstall", "--prefix", tmp_path / "p")
    assert again.returncode == 1
    assert "there is no kernel" in again.stderr


def test_uninstall_leaves_another_programs_kernel(run, tmp_path):
    folder = tmp_path / "p/share/jupyter/kernels/swift"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text('{"argv": ["python3", "-m", "other"]}')
    answer = run("kernel", "uninstall", "--prefix", tmp_path / "p")
    assert answer.returncode == 1
    assert "another program" in answer.stderr
    assert (folder / "kernel.json").exists()


def test_a_place_that_cannot_be_written_is_an_error_with_a_way_out(run, tmp_path):
    (tmp_path / "file").write_text("in the way")
    answer = run("kernel", "install", "--prefix", tmp_path / "file")
    assert answer.returncode == 1
    assert str(tmp_path / "file") in answer.stderr
    assert "--prefix" in answer.stderr and "--user" in answer.stderr
    assert (tmp_path / "file").read_text() == "in the way"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_says_permission_denied(run, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    answer = run("kernel", "install", "--prefix", tmp_path / "locked")
    assert answer.returncode == 1
    assert "permission denied" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--user", "--prefix", "x"], "exclude each other"),
        (["--prefix"], "needs a value"),
        (["--prefix="], "needs a value"),
        (["--name", "a/b"], "--name takes"),
        (["--name", ".."], "choose another"),
        (["--prefix", "a", "--prefix", "b"], "given twice"),
        (["--everywhere"], "not understood"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(run, tmp_path, arguments, text):
    answer = run("kernel", "install", *arguments)
    assert answer.returncode == 64
    assert text in answer.stderr
    assert not (tmp_path / "home").exists()


def test_help_names_every_option(run):
    for command in ("install", "uninstall"):
        answer = run("kernel", command, "--help")
        assert answer.returncode == 0
        for option in ("--user", "--sys-prefix", "--prefix", "--name"):
            assert option in answer.stdout
