"""Swift packages and system libraries in a session."""

import re
import subprocess
import threading

import pytest

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def error(result):
    assert result.error["ename"] == "DirectiveError", result.error
    return ANSI.sub("", result.error["evalue"])


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


MANIFEST = "// swift-tools-version: 6.0\nimport PackageDescription\nlet package = "


@pytest.fixture
def packages(tmp_path):
    """`counting`, with a C target, and `geometry`, which depends on it."""
    write(
        tmp_path / "counting",
        {
            "Package.swift": MANIFEST
            + 'Package(name: "counting", products: [.library(name: "Counting", targets: ["Counting"])],'
            ' targets: [.target(name: "CCounting"), .target(name: "Counting", dependencies: ["CCounting"])])',
            "Sources/CCounting/include/counting.h": "int ccounting_add(int a, int b);\n",
            "Sources/CCounting/counting.c": '#include "counting.h"\n'
            "int ccounting_add(int a, int b) { return a + b; }\n",
            "Sources/Counting/Counting.swift": "import CCounting\n"
            "public func add(_ a: Int, _ b: Int) -> Int { Int(ccounting_add(Int32(a), Int32(b))) }\n",
        },
    )
    write(
        tmp_path / "my geometry",
        {
            "Package.swift": MANIFEST
            + 'Package(name: "geometry", products: [.library(name: "Geometry", targets: ["Geometry"])],'
            ' dependencies: [.package(path: "../counting")], targets: [.target(name: "Geometry",'
            ' dependencies: [.product(name: "Counting", package: "counting")])])',
            "Sources/Geometry/Point.swift": "import Counting\npublic struct Point: Sendable {\n"
            "  public var x, y: Int\n  public init(x: Int, y: Int) { self.x = x; self.y = y }\n"
            "  public var sum: Int { add(x, y) }\n}\n",
        },
    )
    return tmp_path


def test_packages_are_built_once_and_shared_by_kernels(start_kernel, packages, tmp_path):
    kernel = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
    kernel.ok("let before = 20")
    assert "Geometry" in kernel.fails("import Geometry").error["evalue"]
    added = kernel.ok("%package add 'path:my geometry'\nimport Geometry").stream()
    assert re.search(r"^\[\d+/\d+\] Compiling Geometry", added, re.M)
    assert "my geometry was built: import Geometry" in added
    assert kernel.ok("let p = Point(x: before, y: 22)\np.sum").value == "42"
    # What it depends on, too, with its C functions.
    assert kernel.ok("import Counting\nimport CCounting\nadd(1, 2) + Int(ccounting_add(3, 4))").value == "10"
    assert "is there already" in kernel.ok("%package add 'path:my geometry'").stream()
    assert kernel.ok("%package list").stream() == "my geometry: import Geometry\n"
    assert "my geometry" in kernel.ok("%swift").stream()
    # A second copy of a module would have types of its own.
    assert "both contain the module Counting" in error(kernel.fails("%package add path:counting"))
    # It survives the worker.
    kernel.ok("%reset")
    assert kernel.ok("import Geometry\nPoint(x: 1, y: 2).sum").value == "3"
    # Another kernel finds it built; a changed file of a package beneath is noticed.
    other = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
    again = other.ok("%package add 'path:my geometry'").stream()
    assert "was built before" in again and "Compiling" not in again
    assert other.ok("import Geometry\nPoint(x: 1, y: 2).sum").value == "3"
    source = packages / "counting/Sources/CCounting/counting.c"
    source.write_text(source.read_text().replace("a + b", "a + b + 100"))
    third = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert "was built: import" in third.ok("%package add 'path:my geometry'").stream()
    assert third.ok("import Geometry\nPoint(x: 1, y: 2).sum").value == "103"


def test_a_repository_is_fetched_at_a_version(start_kernel, packages, tmp_path):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    folder = packages / "counting"
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"], ["tag", "1.2.0"]):
        subprocess.run([*git, *command], cwd=folder, check=True, timeout=30)
    kernel = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
    added = kernel.ok(f"%package add url:file://{folder} from:1.0.0\nimport Counting\nadd(2, 3)")
    assert "counting was built: import Counting" in added.stream()
    assert added.value == "5"
    assert "could not be fetched" in error(
        kernel.fails(f"%package add url:file://{tmp_path}/nowhere exact:1.0.0")
    )


def test_a_repository_is_updated_within_its_requirement(start_kernel, packages, tmp_path):
    folder = packages / "counting"

    def git(*words):
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run(["git", *identity, *words], cwd=folder, check=True, timeout=30)

    def release(tag):
        source = folder / "Sources/Counting/Version.swift"
        source.write_text(f'public func version() -> String {{ "{tag}" }}\n')
        git("add", ".")
        git("commit", "-q", "-m", tag)
        git("tag", tag)

    git("init", "-q", "-b", "main")
    release("1.2.0")
    named = f"url:file://{folder} from:1.0.0"
    used = f"%package add {named}\nimport Counting\nversion()"
    cache = str(tmp_path / "cache")
    first = start_kernel(XDG_CACHE_HOME=cache)
    assert first.ok("%package update").stream().startswith("This session uses no repository")
    assert first.ok(used).value == '"1.2.0"'
    assert "counting is up to date at 1.2.0" in first.ok("%package update").stream()
    release("1.3.0")
    release("2.0.0")
    # It stays where it is, for other kernels too, until somebody asks.
    second = start_kernel(XDG_CACHE_HOME=cache)
    assert second.ok(used).value == '"1.2.0"'
    told = second.ok("%package update").stream()
    assert "counting was 1.2.0 and is 1.3.0 now; restart the kernel to use it" in told
    assert second.ok("version()").value == '"1.2.0"'
    third = start_kernel(XDG_CACHE_HOME=cache)
    assert third.ok(used).value == '"1.3.0"'
    branch = f"url:file://{folder} branch:main"
    assert "counting is fetched at main" in third.ok(f"%package update {branch}").stream()


def test_errors_of_packages_are_shown(start_kernel, packages, tmp_path):
    kernel = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert "no folder nothing" in error(kernel.fails("%package add path:nothing"))
    (tmp_path / "empty").mkdir()
    assert "no Package.swift" in error(kernel.fails("%package add path:empty"))
    assert "it has Counting" in error(kernel.fails("%package add path:counting products:Other"))
    source = packages / "counting/Sources/Counting/Counting.swift"
    text = source.read_text()
    source.write_text(text + 'let wrong: Int = "text"\n')
    failed = kernel.fails("%package add path:counting")
    assert "does not build" in error(failed)
    assert "cannot convert value" in failed.stream() + failed.stream("stderr")
    source.write_text(text)
    kernel.ok("%package add path:counting")
    assert kernel.ok("import Counting\nadd(4, 5)").value == "9"
    write(tmp_path / "broken", {"Package.swift": "// swift-tools-version: 6.0\nlet package = nonsense"})
    failed = kernel.fails("%package add path:broken")
    assert "could not be read" in error(failed) and "nonsense" in failed.stream("stderr")


def test_two_kernels_build_the_same_package_at_once(start_kernel, packages, tmp_path):
    kernels = [start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache")) for _ in range(2)]
    texts = [None, None]

    def add(index):
        texts[index] = kernels[index].ok("%package add path:counting\nimport Counting\nadd(1, 1)")

    threads = [threading.Thread(target=add, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert [result and result.value for result in texts] == ["2", "2"]
    assert sum("was built before" in result.stream() for result in texts) == 1


def test_a_build_is_interrupted(start_kernel, packages, tmp_path):
    kernel = start_kernel(XDG_CACHE_HOME=str(tmp_path / "cache"))
    seen = []

    def interrupt(message):
        if message["msg_type"] == "stream" and not seen:
            seen.append(message)
            kernel.manager.interrupt_kernel()

    result = kernel.collect(kernel.send("%package add path:counting"), on_message=interrupt)
    assert result.error["ename"] == "KeyboardInterrupt"
    kernel.ok("%package add path:counting")
    assert kernel.ok("import Counting\nadd(1, 1)").value == "2"


# MARK: System libraries


def test_system_libraries_are_linked_and_imported(kernel):
    linked = kernel.ok("%link sqlite3 header=sqlite3.h module=SQLiteC").stream()
    assert "can import SQLiteC" in linked
    version = kernel.ok("import SQLiteC\nString(cString: sqlite3_libversion())").value
    assert re.fullmatch(r'"3\.[\d.]+"', version)
    kernel.ok("%reset")
    assert kernel.ok("import SQLiteC\nsqlite3_libversion_number() > 3_000_000").value == "true"
    assert "-lsqlite3" in kernel.ok("%swift").stream()


def test_libraries_and_headers_that_are_missing_are_told(kernel):
    text = error(kernel.fails("%link no_such_library_here"))
    assert "neither pkg-config nor the linker knows no_such_library_here" in text
    assert "no header nothing.h" in error(kernel.fails("%link sqlite3 header=nothing.h"))
    assert "header= belongs to one library" in error(kernel.fails("%link m dl header=math.h"))
    assert kernel.ok("1 + 1").value == "2"
