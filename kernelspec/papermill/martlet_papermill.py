"""Lets papermill write parameters as Swift."""

import json
import math

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.translators import Translator, papermill_translators

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


class SwiftTranslator(Translator):
    """Writes the values that papermill knows as Swift literals."""

    @classmethod
    def translate_str(cls, val):
        return '"' + "".join(ESCAPES.get(letter, letter) for letter in val) + '"'

    translate_escaped_str = translate_str

    @classmethod
    def translate_none(cls, val):
        return "Any?.none"

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "Double.nan"
        if math.isinf(val):
            return "Double.infinity" if val > 0 else "-Double.infinity"
        return repr(val)

    @classmethod
    def translate_list(cls, val):
        if not val:
            return "[Any]()"
        return f"[{', '.join(cls.elements(val))}]" + cls.annotation(val, "[Any?]")

    @classmethod
    def translate_dict(cls, val):
        if not val:
            return "[String: Any]()"
        keys = [cls.translate_str(str(key)) for key in val]
        pairs = zip(keys, cls.elements(list(val.values())))
        literal = ", ".join(f"{key}: {value}" for key, value in pairs)
        return f"[{literal}]" + cls.annotation(list(val.values()), "[String: Any?]")

    @classmethod
    def elements(cls, values):
        if {type(value) for value in values} == {int, float}:
            values = [float(value) for value in values]
        return [cls.translate(value) for value in values]

    @classmethod
    def annotation(cls, values, mixed):
        """What makes the type of values of several types plain; Swift infers it for one type."""
        kinds = {json.dumps(cls.shape(value)) for value in values}
        one = len(kinds) == 1 or kinds <= {'"int"', '"float"'}
        return "" if one and None not in values else f" as {mixed}"

    @classmethod
    def shape(cls, value):
        if isinstance(value, list):
            return ["list", *sorted({json.dumps(cls.shape(item)) for item in value})]
        if isinstance(value, dict):
            return ["dict", *sorted({json.dumps(cls.shape(item)) for item in value.values()})]
        return type(value).__name__

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        if not name.isidentifier():
            raise PapermillException(f'"{name}" is no name of a Swift variable')
        return f"let {name} = {str_val}"


class SwiftEngine(NBClientEngine):
    """papermill's usual engine; with it, papermill finds this module."""


papermill_translators.register("swift", SwiftTranslator)
