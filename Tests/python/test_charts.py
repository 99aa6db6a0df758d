"""Charts: their specifications and drawings, judged by Vega-Lite's schema, by Vega, and by a browser."""

import glob
import json
import os
import pathlib
import re
import xml.etree.ElementTree as ElementTree

import altair
import jsonschema
import pytest
import vl_convert

import browser as browsers
from browser import Browser

GALLERY = (pathlib.Path(__file__).parent / "resources" / "charts.swift").read_text()

# How often Vega draws a kind of mark, by chart.
MARKS = {
    "line": ("line mark", 2),
    "line-log": ("line mark", 3),
    "facets": ("line mark", 6),
    "bar": ("bar", 3),
    "bar-grouped": ("bar", 12),
    "bar-stacked": ("bar", 12),
    "bar-horizontal": ("bar", 4),
    "box-grouped": ("bar", 6),
    "confusion": ("text mark", 100),
    "heatmap-words": ("text mark", 25),
    "images": ("image mark", 10),
    "area": ("area mark", 2),
    "scatter": ("point", 180),
    "many-dots": ("point", 5000),
    "many-series": ("line mark", 26),
}

# In the page: texts that leave their picture, and level texts that run into each other.
FAULTS = """
(() => {
  const faults = [];
  for (const div of document.querySelectorAll('div')) {
    const frame = div.firstElementChild.getBoundingClientRect();
    const boxes = [];
    for (const text of div.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      const name = `${div.id}: "${text.textContent}"`;
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 ||
          box.bottom > frame.bottom + 1) faults.push(`${name} is cut off`);
      if (text.hasAttribute('transform')) continue;
      for (const [other, place] of boxes) {
        if (box.left < place.right - 1 && place.left < box.right - 1 &&
            box.top < place.bottom - 3 && place.top < box.bottom - 3)
          faults.push(`${name} runs into "${other}"`);
      }
      boxes.push([text.textContent, box]);
    }
  }
  return faults;
})()
"""


@pytest.fixture(scope="module")
def gallery(shared_kernel, tmp_path_factory):
    """A folder with every chart in every format; the names are those of the files."""
    folder = tmp_path_factory.mktemp("charts")
    shared_kernel.ok("import Martlet")
    shared_kernel.ok(GALLERY)
    shared_kernel.ok(
        f"""
        for (name, chart) in gallery {{
          try chart.save("{folder}/\\(name).svg")
          try chart.save("{folder}/\\(name).html")
          try chart.save("{folder}/\\(name).json")
        }}
        """
    )
    return folder


def names(folder):
    found = sorted(path.stem for path in folder.glob("*.json"))
    assert len(found) > 40
    return found


def test_specifications_follow_the_schema_of_vega_lite(gallery):
    pattern = os.path.join(os.path.dirname(altair.__file__), "vegalite/v5/schema/vega-lite-schema.json")
    schema = json.loads(pathlib.Path(glob.glob(pattern)[0]).read_text())
    judge = jsonschema.Draft7Validator(schema)
    for name in names(gallery):
        specification = json.loads((gallery / f"{name}.json").read_text())
        assert specification["$schema"].endswith("/v5.json")
        # Data may be anything; a few rows of each layer are enough.
        for part in [specification, *specification.get("concat", [])]:
            for layer in [part, *part.get("layer", [])]:
                if "data" in layer:
                    del layer["data"]["values"][3:]
        faults = [fault.message[:300] for fault in judge.iter_errors(specification)]
        assert not faults, f"{name}: {faults}"


def test_vega_draws_every_chart(gallery):
    for name in names(gallery):
        svg = vl_convert.vegalite_to_svg((gallery / f"{name}.json").read_text(), vl_version="5.20")
        assert svg.startswith("<svg"), name
        if name in MARKS:
            kind, count = MARKS[name]
            assert svg.count(f'aria-roledescription="{kind}"') == count, name
    png = vl_convert.vegalite_to_png((gallery / "contour.json").read_text(), vl_version="5.20")
    assert png.startswith(b"\x89PNG") and len(png) > 10_000


def test_drawings_are_xml_with_numbers_only(gallery):
    for name in names(gallery):
        text = (gallery / f"{name}.svg").read_text()
        root = ElementTree.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg", name
        for element in root.iter():
            assert not element.tag.endswith("script"), name
            for attribute, value in element.attrib.items():
                assert not attribute.startswith("on"), name
                if attribute not in ("href", "id", "clip-path"):
                    assert not re.search(r"\b(nan|inf)\b", value), f"{name}: {attribute}={value}"


def test_a_browser_finds_no_text_cut_off_or_overlapping(gallery, tmp_path):
    assert browsers.find(), "there is no Chromium; install it: sudo apt-get install -y chromium"
    page = "".join(
        f'<div id="{name}">{(gallery / f"{name}.svg").read_text()}</div>' for name in names(gallery)
    )
    (tmp_path / "page.html").write_text(f'<!doctype html><meta charset="utf-8"><body>{page}')
    page = Browser(tmp_path)
    try:
        page.open(f"file://{tmp_path}/page.html")
        page.wait("document.readyState === 'complete' && document.querySelectorAll('svg').length > 40")
        assert page.run(FAULTS) == []
        # Nothing of a chart's texts became an element, and no script ran.
        assert page.run("document.querySelectorAll('img, b, script').length") == 0
    finally:
        page.close()


def test_a_page_needs_no_network_and_holds_the_specification(gallery):
    for name in ("markup", "line", "images"):
        page = (gallery / f"{name}.html").read_text()
        script = re.findall(r'<script type="application/vnd.vegalite.v5\+json">(.*?)</script>', page, re.S)
        assert len(script) == 1
        assert json.loads(script[0]) == json.loads((gallery / f"{name}.json").read_text())
        rest = page.replace(script[0], "").replace("http://www.w3.org/2000/svg", "")
        assert "http" not in rest and "<script>" not in rest and "<img" not in rest
    assert "&lt;img src=x onerror=alert(1)&gt;" in (gallery / "markup.html").read_text()


def test_pictures_have_the_size_that_was_asked_for(shared_kernel, gallery):
    shared_kernel.ok(f'try gallery["bar"]!.save("{gallery}/bar.png")')
    shared_kernel.ok(f'try gallery["images"]!.save("{gallery}/small.PNG", scale: 0.5)')
    png = (gallery / "bar.png").read_bytes()
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20]) == 1280 and int.from_bytes(png[20:24]) == 800
    assert len(png) > 5000
    assert (gallery / "small.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ('try bars.save("chart.gif")', 'cannot save a chart as "chart.gif"'),
        ('try bars.save("/nowhere/at/all.svg")', 'cannot write "/nowhere/at/all.svg": there is no such folder'),
        ('try bars.save("huge.png", scale: 1000)', "pixels are not between 1 and 32767"),
        ("Chart.line(x: [1, 2], y: [1, 2, 3])", "2 values for one column but 3 for one column"),
        ('Chart(["a": [1, 2], "b": [1]])', 'column "b" has 1 values but "a" has 2'),
        ('Chart(["a": [1, 2]]).line(x: "a", y: "loss")', 'there is no column "loss"; the columns are "a"'),
        ('Chart(["a": [1, 2]]).line()', 'there is no y; name a column, as in line(y: "…"). The columns are "a"'),
        ('Chart.histogram(x: ["a", "b"])', "holds texts; count them and draw bars"),
        ("Chart.line(y: [[1], [2]])", '"y" holds a Array<Int> at place 0'),
        ("Chart.images(Tensor<Float>.zeros(shape: [2, 3, 4, 5]))", "the shape is [2, 3, 4, 5]"),
        ("Chart.line(y: Tensor<Float>.zeros(shape: [2, 3]))", '"y" is a tensor of shape [2, 3]'),
        ('bars.colored(["red"])', '"red" is no colour'),
        ("bars.sized(width: 3)", "a width of 3 pixels; give it 40 to 10000"),
        ("bars.limited(y: 1...1)", "give two different finite numbers"),
        ("Chart.contour([[1.0, 2], [3, 4]], x: [1, 0])", "x has 0.0 after 1.0; it must grow"),
    ],
)
def test_mistakes_are_named(shared_kernel, call, message):
    shared_kernel.ok('import Martlet\nlet bars = Chart.bar(["a"], [1.0])')
    result = shared_kernel.run(call)
    assert result.status == "error"
    assert message in result.error["evalue"] + result.trace


def test_a_live_chart_is_drawn_in_one_place(shared_kernel):
    shared_kernel.ok("import Martlet")
    result = shared_kernel.ok(
        """
        let live = LiveChart(title: "Live", x: "step")
        for step in 0..<40 {
          live.log(["loss": 1 / Double(step + 1), "accuracy": Double(step) / 40], step: step)
          try await Task.sleep(for: .milliseconds(20))
        }
        live.finish()
        """
    )
    shown = result.contents("display_data")
    updates = result.contents("update_display_data")
    assert len(shown) == 1 and 2 <= len(updates) <= 20
    places = {message["transient"]["display_id"] for message in shown + updates}
    assert len(places) == 1
    last = updates[-1]["data"]["application/vnd.vegalite.v5+json"]
    assert len(last["layer"][0]["data"]["values"]) == 80
    assert updates[-1]["data"]["image/svg+xml"].count("<polyline") == 4
    # All was drawn: nothing comes later.
    assert not shared_kernel.ok("live.finish()").contents("update_display_data")


def test_a_trainer_draws_its_curves(shared_kernel):
    shared_kernel.ok("import Martlet")
    result = shared_kernel.ok(
        """
        let points = Tensor<Float>.random(shape: [64, 2], seed: 1)
        let isLeft = (0..<64).map { row in points.scalars[2 * row] > points.scalars[2 * row + 1] }
        let data = TensorDataset(points, Tensor<Int32>(isLeft.map { $0 ? 1 : 0 }))
        let model = withParameterSeed(3) { Linear(2, 2) }
        let trainer = Trainer<Linear, TensorDataset<Float, Int32>>(model, SGD(model, learningRate: 0.5)) {
          model, batch in
          crossEntropy(model(batch.inputs), batch.labels)
        }
        trainer.printsProgress = false
        let curves = trainer.showCurves(title: "Training")
        let loader = DataLoader(data, batchSize: 16)
        _ = try trainer.fit(loader, validation: loader, epochs: 5)
        curves.chart.title
        """
    )
    messages = result.contents("display_data") + result.contents("update_display_data")
    last = messages[-1]["data"]["application/vnd.vegalite.v5+json"]
    values = last["layer"][0]["data"]["values"]
    assert {value["series"] for value in values} == {"loss", "validation_loss"}
    assert len(values) == 10
    assert result.value == '"Training"'


def test_tables_and_tensors_are_columns(shared_kernel):
    shared_kernel.ok("import Martlet")
    result = shared_kernel.ok(
        """
        let people: Table = ["name": ["Ann", "Bob", "Ann"], "age": [34, nil, 27], "grown": [true, true, false]]
        Chart(people).bar(x: "name", y: "age", color: "grown")
        """
    )
    chart = result.contents("execute_result")[0]["data"]["application/vnd.vegalite.v5+json"]
    bars = {
        (row["name"], row["series"]): row["value"] for row in chart["layer"][0]["data"]["values"]
    }
    assert bars == {("Ann", "true"): 34, ("Ann", "false"): 27, ("Bob", "true"): None}
    result = shared_kernel.ok(
        """
        let wave = Tensor<Float>.linspace(0, 6, count: 7)
        Chart.line(x: wave, y: sin(wave)).layer(Chart(cos(wave)).line(name: "cosine"))
        """
    )
    chart = result.contents("execute_result")[0]["data"]["application/vnd.vegalite.v5+json"]
    assert [len(layer["data"]["values"]) for layer in chart["layer"]] == [7, 7]
    result = shared_kernel.ok("Chart.images(Tensor<UInt8>.zeros(shape: [3, 4, 4, 3]), columns: 2)")
    assert result.contents("execute_result")[0]["data"]["image/svg+xml"].count("<image") == 3
