"""The types of columns as others name them: Hugging Face, Frictionless, Croissant."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

_FRICTIONLESS: Final = {"bool": "boolean", "date32[day]": "date"}
_CROISSANT: Final = {"bool": "sc:Boolean", "date32[day]": "sc:Date", "string": "sc:Text"}


def feature(field: pa.Field) -> dict[str, Any]:
    """A column as `datasets` writes it into a card."""
    if pa.types.is_list(field.type):
        return {"name": field.name, "list": _dtype(field.type.value_type)}
    return {"name": field.name, "dtype": _dtype(field.type)}


def _dtype(kind: pa.DataType) -> str:
    return {"date32[day]": "date32"}.get(str(kind), str(kind))


def frictionless_type(kind: pa.DataType) -> str:
    """A column's type as https://datapackage.org/standard/table-schema/ names it."""
    if pa.types.is_list(kind):
        return "array"
    if pa.types.is_timestamp(kind):
        return "datetime"
    if pa.types.is_integer(kind):
        return "integer"
    return _FRICTIONLESS.get(str(kind), str(kind))


def croissant_type(kind: pa.DataType) -> str:
    """A column's type, or that of a list's items, as https://docs.mlcommons.org/croissant/ names
    it."""
    if pa.types.is_list(kind):
        return croissant_type(kind.value_type)
    if pa.types.is_timestamp(kind):
        return "sc:DateTime"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return _CROISSANT[str(kind)]
