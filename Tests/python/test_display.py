"""What cells show: every form of display, the values of cells, progress, input."""

import base64
import io
import itertools
import re

import pytest
from PIL import Image

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def cells(shared_kernel):
    """A kernel whose session has imported the library."""
    shared_kernel.ok("import Martlet")
    return shared_kernel


@pytest.fixture
def name():
    """A name that no other test of the shared kernel uses."""
    return f"d{next(numbers)}"


def shown(result):
    """The data of what a cell displayed."""
    return [c["data"] for c in result.contents("display_data")]


@pytest.mark.parametrize(
    ("call", "kind", "content"),
    [
        ('display(html: "<b>é</b>")', "text/html", "<b>é</b>"),
        ('display(markdown: "**x**")', "text/markdown", "**x**"),
        ('display(latex: "$x^2$")', "text/latex", "$x^2$"),
        ('display(svg: "<svg/>")', "image/svg+xml", "<svg/>"),
        ("display(png: [0x89, 0x50])", "image/png", base64.b64encode(b"\x89P").decode()),
        ("display(jpeg: [0xff, 0xd8])", "image/jpeg", base64.b64encode(b"\xff\xd8").decode()),
        ('display(javascript: "f()")', "application/javascript", "f()"),
        ('try display(json: #"{"a": [1]}"#)', "application/json", {"a": [1]}),
        ('try display(json: ["a": [1]])', "application/json", {"a": [1]}),
        ('try display(vegaLite: #"{"mark": "bar"}"#)', "application/vnd.vegalite.v5+json",
         {"mark": "bar"}),
        ('display(bundle: ["application/x-mine": "m", "text/plain": "p"])', "application/x-mine",
         "m"),
        ("display(1.5)", "text/plain", "1.5"),
        ('display("a\\"b")', "text/plain", '"a\\"b"'),
    ],
)
def test_every_kind_of_display(cells, call, kind, content):
    (data,) = shown(cells.ok(call))
    assert data[kind] == content
    assert data["text/plain"], "a terminal shows nothing"


def test_a_bundle_takes_hints_and_a_name(cells, name):
    result = cells.ok(
        f'try display(bundle: .png([1]), metadata: ["image/png": ["width": 20]], id: "{name}")'
    )
    content = result.contents("display_data")[0]
    assert content["metadata"] == {"image/png": {"width": 20}}
    assert content["transient"] == {"display_id": name}


def test_a_handle_replaces_what_was_shown(cells, name):
    result = cells.ok(f'let {name} = display("one", id: "{name}")\n{name}.update("two")')
    (first,) = result.contents("display_data")
    assert first["transient"] == {"display_id": name}
    # A later cell may do so too.
    later = cells.ok(f'{name}.update(.html("<b>three</b>"))')
    updates = result.contents("update_display_data") + later.contents("update_display_data")
    assert [u["transient"] for u in updates] == [{"display_id": name}] * 2
    assert updates[0]["data"] == {"text/plain": '"two"'}
    assert updates[1]["data"]["text/html"] == "<b>three</b>"


def test_output_is_cleared(cells):
    result = cells.ok("print(1)\nclearOutput(wait: true)\nprint(2)\nclearOutput()")
    kinds = [
        (m["msg_type"], m["content"].get("wait"))
        for m in result.messages
        if m["msg_type"] in ("stream", "clear_output")
    ]
    assert kinds == [
        ("stream", None), ("clear_output", True), ("stream", None), ("clear_output", False),
    ]


def test_a_type_of_the_user_gives_its_own_form(cells, name):
    kind = name.capitalize()
    cells.ok(
        f"struct {kind}: DisplayRepresentable {{\n  let n: Int\n"
        '  var displayBundle: MIMEBundle { ["text/html": "<i>\\(n)</i>", "text/plain": "n=\\(n)"] }\n'
        "}"
    )
    expected = {"text/html": "<i>3</i>", "text/plain": "n=3"}
    assert cells.ok(f"{kind}(n: 3)").contents("execute_result")[0]["data"] == expected
    assert shown(cells.ok(f"display({kind}(n: 3))")) == [expected]
    assert cells.ok(f"Optional({kind}(n: 3))").contents("execute_result")[0]["data"] == expected


@pytest.mark.parametrize(
    ("rows", "head", "cell"),
    [
        ("[{P}(name: \"a<b\", n: 1), {P}(name: \"c\", n: 2)]", "name", "a&lt;b"),
        ('[["name": 1.5, "n": 2], ["n": 3]]', "name", "1.5"),
        ('["one": 1, "two": 2]', "value", "2"),
        ('[(name: "x", n: 1)]', "name", "x"),
    ],
)
def test_records_are_tables(cells, name, rows, head, cell):
    kind = name.capitalize()
    cells.ok(f"struct {kind} {{ var name: String; var n: Int }}")
    data = cells.ok(rows.replace("{P}", kind)).contents("execute_result")[0]["data"]
    assert re.search(rf"<th[^>]*>{head}</th>", data["text/html"])
    assert f">{cell}</td>" in data["text/html"]
    # The names of the cells' modules are nobody's business.
    assert "Cell_" not in data["text/plain"] + data["text/html"]


def test_values_print_as_debug_descriptions(cells, name):
    kind = name.capitalize()
    cells.ok(f"struct {kind} {{ var name: String }}\nenum E{kind} {{ case some(String) }}")
    assert cells.ok('"a\\n\\"b\\""').value == '"a\\n\\"b\\""'
    assert cells.ok(f'{kind}(name: "x")').value == f'{kind}(name: "x")'
    assert cells.ok(f'[E{kind}.some("y")]').value == f'[E{kind}.some("y")]'
    assert cells.ok('Optional("z")').value == 'Optional("z")'
    assert cells.ok('("t", 1, Character("c"))').value == '("t", 1, "c")'


@pytest.mark.parametrize("imports", ["", "import Martlet"])
def test_long_collections_are_elided_with_their_count(start_kernel, imports):
    kernel = start_kernel()
    kernel.ok(imports or "1")
    text = kernel.ok("Array(0..<1_000_000)").value
    assert text == "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …, 999997, 999998, 999999] (1,000,000 elements)"
    assert kernel.ok("Array(0..<1000)").value.endswith("998, 999]")
    nested = kernel.ok("Array(repeating: Array(0..<100), count: 100)").value
    assert nested.endswith("(100 elements)") and len(nested) < 5000
    pairs = kernel.ok("Dictionary(uniqueKeysWithValues: (0..<2000).map { ($0, $0) })").value
    assert pairs.endswith("…] (2,000 pairs)")


def test_progress_is_a_bar_that_moves(cells):
    result = cells.ok('for _ in Progress(0..<300, description: "epoch 3") { }')
    (first,) = result.contents("display_data")
    last = result.contents("update_display_data")[-1]
    assert first["transient"] == last["transient"]
    assert "epoch 3" in last["data"]["text/html"] and "<progress" in last["data"]["text/html"]
    assert last["data"]["text/plain"].startswith("epoch 3: 100%")
    assert "300/300" in last["data"]["text/plain"]


def test_input_and_password_ask_the_frontend(cells):
    result = cells.run(
        'print(input("Name? "), password("Word: "))', answers=["Ada", "secret"]
    )
    assert result.status == "ok" and result.stream() == "Ada secret\n"
    failed = cells.fails('_ = input("Name? ")', allow_stdin=False)
    assert 'nobody can answer "Name? "' in failed.error["evalue"]


@pytest.mark.parametrize("picture", [
    "Tensor<UInt8>([[[255, 0, 0], [0, 0, 255]]])", "Tensor<Float>([[[2, -1, 0], [0, 0, 1]]])",
    "Tensor<UInt16>([[[65535, 0, 0], [0, 0, 65535]]])"])
def test_tensors_are_shown_as_pictures(cells, picture):
    (data,) = shown(cells.ok(f"try display(image: {picture})"))
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert [image.convert("RGB").getpixel((x, 0)) for x in (0, 1)] == [(255, 0, 0), (0, 0, 255)]
    assert data["text/plain"] == "PNG image, 2 × 1"


def test_a_table_is_shown_as_html_and_text(cells, name):
    cells.ok(f'let {name}: Table = ["a<b": ["x", nil], "n": [1, 2]]')
    (content,) = cells.ok(name).contents("execute_result")
    assert content["data"]["text/plain"].splitlines()[1:] == ["   a<b  n", "0  x    1", "1  nil  2"]
    assert "a&lt;b" in content["data"]["text/html"] and "<table" in content["data"]["text/html"]
    error = cells.fails(f'try {name}["m"]')
    assert 'no column "m". Did you mean "n"?' in str(error)
