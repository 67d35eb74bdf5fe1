"""What is wrong with a value that pydantic refuses, in words of ours: what is expected there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_EXPECTED: Final = {
    "missing": "the setting, which is not there",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "date_from_datetime_parsing": "a date such as 2020-01-01",
    "date_type": "a date such as 2020-01-01",
    "datetime_from_date_parsing": "a time such as 2026-11-01T06:00:00Z",
    "datetime_parsing": "a time such as 2026-11-01T06:00:00Z",
    "datetime_type": "a time such as 2026-11-01T06:00:00Z",
    "dict_type": 'a table, as in { Cookie = "REVIEW_COOKIE" }',
    "finite_number": "a number",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_type": "a whole number",
    "model_type": "a section of settings",
    "string_pattern_mismatch": "1 to 63 characters of a-z, 0-9 and -, the first of them no -",
    "string_type": "a text in quotes",
    "string_unicode": "a text in UTF-8",
    "tuple_type": 'a list of texts, as in ["robots", "noindex"]',
}
_BOUNDS: Final = {
    "greater_than": "a number greater than {gt:,}",
    "greater_than_equal": "a number of at least {ge:,}",
    "less_than": "a number less than {lt:,}",
    "less_than_equal": "a number of at most {le:,}",
}


def expected(error: Mapping[str, Any]) -> str:
    """What belongs where *error*, one of pydantic's `errors()`, was found."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ").removeprefix("expected ")
    if kind == "literal_error":
        return f"one of {context['expected']}"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    return _EXPECTED.get(kind, "a value of another kind")
