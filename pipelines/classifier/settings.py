"""What a text depends on beside the code: how trafilatura is asked, and the models' weights.

Nothing heavy is imported: who writes down what made a row need not make it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

WEIGHTS = "weights.json"
READING: dict[str, Any] = {
    "favor_recall": True,
    "fast": True,
    "include_comments": False,
    "include_formatting": False,
    "include_tables": True,
}
"""How trafilatura is asked."""


@cache
def weights_text() -> str:
    """The weights as they lie in the package."""
    return (files("pipelines.classifier") / WEIGHTS).read_text("ascii")
