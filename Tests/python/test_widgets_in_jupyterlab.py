"""Widgets and charts on the page of JupyterLab, in a real browser."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.request

import nbformat
import pytest

import browser as browsers
from browser import Browser, wait_for

CELLS = [
    "import Martlet",
    """\
let epochs = IntSlider(value: 3, in: 0...10, description: "epochs")
let seen = Output()
epochs.observe { value in
  seen.capture { print("squared: \\(value * value)") }
}
VBox(epochs, seen)""",
    """\
interact(0...20, ["sgd", "adam"]) { n, name in
  display(html: "<b class='drawn'>\\(name) \\(n)</b>")
}""",
    """\
let press = Button("Press me", style: .primary)
let answer = Label("not pressed")
var presses = 0
press.onClick {
  presses += 1
  answer.value = "pressed \\(presses)"
}
answer.layout.width = "200px"
HBox(press, answer, Checkbox(value: true, description: "ticked"), FloatProgress(value: 0.4))""",
    """\
let input = Text(value: "a", description: "word")
let shout = HTML("<i>a</i>")
input.observe { shout.value = "<i id='shout'>\\($0.uppercased())</i>" }
let wide = FloatSlider(value: 0.5, description: "a description of many words")
wide.style.descriptionWidth = "initial"
wide.style.handleColor = "rgb(1, 2, 3)"
let fields = VBox(input, shout, Dropdown(["one", "two"], description: "pick"), wide)
fields.layout.border = "2px solid rgb(4, 5, 6)"
fields""",
    """\
let halt = Button("Stop")
let live = IntSlider(value: 1, in: 0...10)
HBox(halt, live)""",
    """\
let bad = Button("Crash")
let place = Output()
bad.onClick { place.capture { print([1, 2, 3][presses + 7]) } }
VBox(bad, place)""",
    """\
struct Point { var epoch: Int; var loss: Double; var split: String }
let points = (0..<20).flatMap { epoch in
  ["train", "test"].map { Point(epoch: epoch, loss: 1 / Double(epoch + $0.count), split: $0) }
}
Chart(points, x: \\.epoch, y: \\.loss, color: \\.split).line().titled("In JupyterLab")""",
    """\
let curves = LiveChart(title: "Live")
for step in 0..<30 {
  curves.log(["loss": 1 / Double(step + 1), "accuracy": Double(step) / 30], step: step)
  try await Task.sleep(for: .milliseconds(20))
}
curves.finish()
print("trained")""",
]

# Scripts: the notebook's panel, and the execution counts of the cells that have ended.
NOTEBOOK = "[...(window.jupyterapp?.shell?.widgets('main') ?? [])].find(w => w.sessionContext)"
COUNTS = f"{NOTEBOOK}.content.widgets.map(w => w.model.executionCount).filter(n => n)"


@pytest.fixture(scope="module")
def lab(kernelspec, tmp_path_factory):
    """JupyterLab on a notebook; gives its address."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in CELLS],
        metadata={"kernelspec": {"name": "swift", "display_name": "Swift", "language": "swift"}},
    )
    nbformat.write(notebook, folder / "widgets.ipynb")
    homes = {
        name: str(folder / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR",
                     "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    }
    with open(folder / "lab.log", "w") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                "--expose-app-in-browser", "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0",
                "--IdentityProvider.token=secret", f"--ServerApp.root_dir={folder}",
            ],
            cwd=folder, env=os.environ | homes | {"TRACKING_URI": str(folder / "tracking.db")},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )
    try:
        runtime = pathlib.Path(homes["JUPYTER_RUNTIME_DIR"])

        def address():
            assert process.poll() is None, (folder / "lab.log").read_text()
            for file in runtime.glob("jpserver-*.json"):
                try:
                    return json.loads(file.read_text())["url"]
                except (ValueError, KeyError):
                    pass
            return None

        url = wait_for(address, "JupyterLab")
        yield url
        request = urllib.request.Request(
            f"{url}api/shutdown", method="POST", headers={"Authorization": "token secret"}
        )
        try:
            urllib.request.urlopen(request, timeout=30).close()
            process.wait(timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            pass
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


@pytest.fixture(scope="module")
def page(lab, tmp_path_factory):
    """The notebook's page, after all its cells have run."""
    assert browsers.find(), "there is no Chromium; install it: sudo apt-get install -y chromium"
    folder = tmp_path_factory.mktemp("browser")
    browser = Browser(folder)
    try:
        browser.open(f"{lab}doc/tree/widgets.ipynb?token=secret")
        browser.wait(f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'")
        browser.run(
            f"window.jupyterapp.shell.activateById({NOTEBOOK}.id);"
            "window.jupyterapp.commands.execute('notebook:run-all-cells').then(() => 1)"
        )
        browser.wait(f"{COUNTS}.length === {len(CELLS)}")
        yield browser
    finally:
        browser.close()


def output(number, query="*"):
    """A script that finds an element in the outputs of a cell."""
    return (
        f"document.querySelectorAll('.jp-Notebook .jp-CodeCell')[{number}]"
        f".querySelector('.jp-OutputArea {query}')"
    )


def text(number):
    """A script that reads the outputs of a cell."""
    return (
        f"document.querySelectorAll('.jp-Notebook .jp-CodeCell')[{number}]"
        ".querySelector('.jp-Cell-outputWrapper').innerText"
    )


def focus(page, element):
    page.wait(f"!!{element}")
    page.run(f"{element}.scrollIntoView({{block: 'center'}}); {element}.focus()")


def click(page, element):
    page.wait(f"!!{element}")
    box = page.run(
        f"(() => {{ {element}.scrollIntoView({{block: 'center'}});"
        f" const r = {element}.getBoundingClientRect();"
        " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
    )
    page.click(*box)


@pytest.fixture
def screenshot(page, tmp_path):
    """A function that takes a picture of the page, for people to look at, and gives its bytes.

    MARTLET_SCREENSHOTS names a folder where they stay.
    """
    folder = pathlib.Path(os.environ.get("MARTLET_SCREENSHOTS") or tmp_path)

    def take(name):
        page.screenshot(folder / f"{name}.png")
        return (folder / f"{name}.png").read_bytes()

    return take


def test_a_slider_moved_by_the_keyboard_calls_swift_which_prints(page, screenshot):
    handle = output(1, ".noUi-handle")
    focus(page, handle)
    assert page.wait(f"{output(1, '.widget-readout')}.innerText") == "3"
    before = screenshot("slider-before")
    page.press("ArrowRight", 39)
    page.wait(f"{text(1)}.includes('squared: 16')")
    page.press("ArrowRight", 39)
    page.wait(f"{text(1)}.includes('squared: 25')")
    assert page.run(f"{output(1, '.widget-readout')}.innerText") == "5"
    after = screenshot("slider-after")
    assert before.startswith(b"\x89PNG") and after != before


def test_interact_draws_anew(page):
    page.wait(f"{output(2, '.drawn')}?.innerText === 'sgd 10'")
    focus(page, output(2, ".noUi-handle"))
    page.press("ArrowRight", 39)
    page.wait(f"{output(2, '.drawn')}?.innerText === 'sgd 11'")
    page.run(
        f"(() => {{ const s = {output(2, 'select')}; s.selectedIndex = 1;"
        " s.dispatchEvent(new Event('change', {bubbles: true})); })()"
    )
    page.wait(f"{output(2, '.drawn')}?.innerText === 'adam 11'")
    # What was drawn before is gone.
    assert page.run(f"{text(2)}.includes('sgd 11')") is False


def test_a_button_changes_a_label(page):
    assert page.run(f"{text(3)}.includes('not pressed')")
    for count in (1, 2):
        click(page, output(3, "button"))
        page.wait(f"{text(3)}.includes('pressed {count}')")
    assert page.run(f"{output(3, '.widget-label-basic, .widget-label')}.offsetWidth") > 0
    assert page.run(f"{output(3, 'input[type=checkbox]')}.checked") is True


def test_a_field_changes_html(page):
    focus(page, output(4, "input[type=text]"))
    page.call("Input.insertText", text="bc")
    page.wait("document.getElementById('shout')?.innerText.length === 3")
    assert sorted(page.run("document.getElementById('shout').innerText")) == ["A", "B", "C"]


def test_a_trap_is_shown_where_its_output_goes(page, screenshot):
    click(page, output(6, "button"))
    page.wait(f"{text(6)}.includes('out of range')")
    # The session goes on.
    click(page, output(3, "button"))
    page.wait(f"{text(3)}.includes('pressed 3')")
    screenshot("all")


def test_charts_are_drawn_by_jupyterlab_itself(page, screenshot):
    drawn = output(7, ".vega-embed canvas, .jp-OutputArea .vega-embed svg")
    page.wait(f"!!{drawn}")
    page.run(f"{drawn}.scrollIntoView({{block: 'center'}})")
    # The whole chart, and what Vega complains of would be text.
    assert page.run(f"{drawn}.getBoundingClientRect().width") >= 600
    assert not page.run(f"{text(7)}.includes('Error')")
    screenshot("chart")


def test_a_live_chart_stays_in_its_place(page, screenshot):
    page.wait(f"{text(8)}.includes('trained')")
    drawn = output(8, ".vega-embed canvas, .jp-OutputArea .vega-embed svg")
    page.wait(f"!!{drawn}")
    cell = "document.querySelectorAll('.jp-Notebook .jp-CodeCell')[8]"
    assert page.run(f"{cell}.querySelectorAll('.vega-embed').length") == 1
    page.run(f"{drawn}.scrollIntoView({{block: 'center'}})")
    screenshot("live-chart")


def test_a_running_cell_sees_a_slider_and_a_button(page):
    panel = f"{NOTEBOOK}"
    page.run(
        f"(() => {{ const n = {panel}.content; n.activeCellIndex = n.widgets.length - 1;"
        " n.mode = 'command'; })();"
        "window.jupyterapp.commands.execute('notebook:insert-cell-below').then(() => 1)"
    )
    code = (
        'print("looking")\\nvar last = -1\\nwhile halt.clickCount == 0 {\\n'
        '  if live.value != last { last = live.value; print("live", last) }\\n}'
    )
    page.run(
        f"{panel}.content.activeCell.model.sharedModel.setSource('{code}');"
        "void window.jupyterapp.commands.execute('notebook:run-cell'); 1"
    )
    number = len(CELLS)
    page.wait(f"{text(number)}.includes('live 1')")
    focus(page, output(5, ".noUi-handle"))
    page.press("ArrowRight", 39)
    page.wait(f"{text(number)}.includes('live 2')")
    page.press("ArrowRight", 39)
    page.wait(f"{text(number)}.includes('live 3')")
    click(page, output(5, "button"))
    page.wait(f"{panel}.sessionContext.session.kernel.status === 'idle'")


def test_a_reloaded_page_gets_its_widgets_back(page, screenshot):
    page.run(f"{NOTEBOOK}.context.save().then(() => 1)")
    page.run("window.jupyterapp = undefined; setTimeout(() => location.reload()); 1")
    page.wait(f"{NOTEBOOK}?.sessionContext?.session?.kernel?.status === 'idle'")
    page.wait(f"{output(1, '.widget-readout')}?.innerText === '5'")
    focus(page, output(1, ".noUi-handle"))
    page.press("ArrowRight", 39)
    page.wait(f"{text(1)}.includes('squared: 36')")
    screenshot("reloaded")


def test_styles_and_layouts_are_those_of_the_page(page):
    label = "[...document.querySelectorAll('label')].find(l => l.innerText.endsWith('many words'))"
    page.wait(f"!!{label}")
    # All of the text fits, and the handle has its colour.
    assert page.run(f"{label}.scrollWidth <= {label}.clientWidth + 1")
    slider = f"{label}.closest('.widget-slider')"
    assert page.run(f"getComputedStyle({slider}.querySelector('.noUi-handle')).backgroundColor") \
        == "rgb(1, 2, 3)"
    assert page.run(f"getComputedStyle({slider}.parentElement).borderTop") == "2px solid rgb(4, 5, 6)"


def type_in_new_cell(page, text):
    """Adds a cell below the last, with the cursor behind its text."""
    page.run(
        f"(async () => {{ const p = {NOTEBOOK}; window.jupyterapp.shell.activateById(p.id);"
        "p.content.activeCellIndex = p.content.widgets.length - 1;"
        "await window.jupyterapp.commands.execute('notebook:insert-cell-below');"
        f"const c = p.content.activeCell; c.model.sharedModel.setSource({json.dumps(text)});"
        "p.content.mode = 'edit'; await p.content.scrollToItem?.(p.content.activeCellIndex);"
        f"c.editor.focus(); c.editor.setCursorPosition({{ line: 0, column: {len(text)} }}); }})()"
        ".then(() => 1)"
    )
    page.wait(f"{NOTEBOOK}.content.activeCell.editor.hasFocus()")


def test_tab_offers_symbols_of_the_session_and_inserts_the_chosen_one(page, screenshot):
    type_in_new_cell(page, "press")
    popup = "document.querySelector('.jp-Completer:not(.lm-mod-hidden)')"

    def offered():
        page.press("Tab", 9)
        try:
            return page.wait(f"{popup}?.innerText", limit=10)
        except AssertionError:
            return None

    text = wait_for(offered, "popup of completions")
    assert "press" in text and "presses" in text
    screenshot("completion")
    page.press("ArrowDown", 40)
    page.press("Enter", 13)
    page.wait(f"['press', 'presses'].includes({NOTEBOOK}.content.activeCell.model.sharedModel.source)")


def test_shift_tab_shows_the_declaration(page, screenshot):
    type_in_new_cell(page, "presses")
    page.press("Tab", 9, modifiers=8)
    page.wait("document.querySelector('.jp-Tooltip')?.innerText.includes('presses')")
    assert "Int" in page.run("document.querySelector('.jp-Tooltip').innerText")
    screenshot("tooltip")
