"""Names of the library's modules, all of which a cell sees: also what is not public."""

import pathlib
import re

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "Sources"
DECLARATION = re.compile(
    r"^(?P<public>public )?(?:package |internal )?(?:indirect |final )*"
    r"(?:struct|class|enum|protocol|typealias|actor) (?P<name>\w+)", re.MULTILINE)


def modules():
    text = (SOURCES / "Martlet" / "Martlet.swift").read_text()
    return ["Martlet", *re.findall(r"^@_exported public import (\w+)", text, re.MULTILINE)]


def test_no_public_type_shares_its_name_with_another_modules_type():
    declared = {}
    for module in modules():
        for path in (SOURCES / module).rglob("*.swift"):
            for found in DECLARATION.finditer(path.read_text()):
                declared.setdefault(found["name"], {})[module] = bool(found["public"])
    assert len(declared) > 200
    shared = {name: where for name, where in declared.items() if len(where) > 1 and any(where.values())}
    assert not shared, f"cells that name one of these are ambiguous: {shared}"
