"""Values into YAML; the order of the keys is kept, and each value is on a line of its own."""

from __future__ import annotations

from typing import Any

import yaml

_ONE_LINE = 1 << 20  # characters: nothing is folded


def to_yaml(values: dict[str, Any]) -> str:
    """*values* as a YAML document without its `---`."""
    text: str = yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=_ONE_LINE)
    return text
