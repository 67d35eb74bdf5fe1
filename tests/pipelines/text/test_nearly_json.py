"""What pages write for JSON, and what a lenient reader understands of it."""

from __future__ import annotations

import json
from html import escape

import pytest

from pipelines.text.nearly_json import read_nearly_json

_TRUE = {
    "@type": "Report",
    "headline": "The gull's return // to http://quay.example/",
    "author": {"@type": "Person", "name": "Mara Holt"},
    "datePublished": "2021-11-02",
}
_JSON = json.dumps(_TRUE)


@pytest.mark.parametrize(
    "text",
    [
        _JSON,
        "\ufeff" + _JSON,
        f"<!-- {_JSON} -->",
        f"<![CDATA[{_JSON}]]>",
        f"/* <![CDATA[ */ {_JSON} /* ]]> */",
        f"// <![CDATA[\n{_JSON}\n// ]]\\>",
        f"/* by the\nplugin */ {_JSON} // done",
        f"var about = {_JSON};",
        escape(_JSON),
        escape(escape(_JSON)),
        json.dumps(_JSON),
        _JSON[:-1],
        _JSON + "}",
        _JSON[:-1] + ",}",
        _JSON.replace('"author"', '/* who, "she" */ "author"'),
        _JSON.replace('"author"', '// who: she\n "author"'),
        _JSON.replace('"author"', "author"),
        _JSON.replace('"author"', "'author'"),
        _JSON.replace(', "author"', ',, "author"'),
        _JSON.replace(', "author"', '\n "author"'),
        _JSON.replace("gull's", "gull\\'s"),
        _JSON.replace('"Report"', '"Report", "x": undefined, "y": NaN, "z": new Date(0)'),
        _JSON.replace("{", "{<br />\n"),
        _JSON.replace('"Mara Holt"', "“Mara Holt”"),
    ],
)
def test_a_slip_loses_nothing(text: str) -> None:
    (found,) = read_nearly_json(text)
    assert {name: found.get(name) for name in _TRUE} == _TRUE


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "one\ntwo\tthree"}', [{"a": "one\ntwo\tthree"}]),
        ('{"a": "she said "no", and left", "b": 2}', [{"a": 'she said "no", and left', "b": 2}]),
        ("{'a': 'it is \"here\"'}", [{"a": 'it is "here"'}]),
        ('{"a": "C:\\quay\\u00e9\\n"}', [{"a": "C:quayé\n"}]),
        ('{"a": 1} {"b": [2, -3.5, 1e2]}', [{"a": 1}, {"b": [2, -3.5, 100.0]}]),
        ('{"a": 1},\n{"b": true}', [{"a": 1}, {"b": True}]),
        ('{"a": [1, {"b": 2}', [{"a": [1, {"b": 2}]}]),
        ('{"a": {"b": [1, 2}, "c": 3}', [{"a": {"b": [1, 2]}, "c": 3}]),
        ('{"a": , "b": 1}', [{"b": 1}]),
        ('{"a": "no end', [{"a": "no end"}]),
        ("it's {no} JSON", [{}]),
        ("", []),
        ("]}{", [{}]),
    ],
)
def test_what_is_meant_is_read(text: str, found: list[object]) -> None:
    assert read_nearly_json(text) == found


@pytest.mark.parametrize("text", ["{]", "{", "[{", '{"a":', "{/*", '"', "{'a", '{"a":"\\'])
def test_no_text_is_too_long_or_too_deep(text: str) -> None:
    assert isinstance(read_nearly_json(text * 20_000), list)


def test_a_number_of_five_thousand_digits_is_a_text() -> None:
    digits = "9" * 5_000
    found = read_nearly_json(f'{{"wordCount": {digits}, "headline": "One",}}')
    assert found == [{"wordCount": digits, "headline": "One"}]
