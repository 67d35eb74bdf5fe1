"""The names that users import, each with what its docstring says, for `python.md`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, get_args

import archive.source
import archive.types
import backissue
import crawlers.settings
import crawlers.wire
import pipelines.extract
from archive.errors import BackissueError
from archive.library import Library
from archive.releases.reading import Release
from archive.tables.dataset import Rows

LIBRARY = ("articles", "search", "captures", "crawl_log", "table", "capture", "read", "close")
ROWS = ("to_arrow", "to_pandas", "to_polars", "to_duckdb", "to_pylist")
SOURCE = ("Source", "ArticleRules")

_CONSTANTS = {
    "Row": "A row of a table, as a dict: its values by the names of the columns.",
    "NO_ARTICLE": "The values of `completeness` that make no row.",
    "CONFIG_DIGEST": "The digest of the extractor's settings, as the column "
    "`extraction_config_digest` has it.",
    "EXTRACTOR": "The extractor's name, as the column `extractor` has it.",
    "EXTRACTOR_VERSION": "The extractor's version, as the column `extractor_version` has it.",
}

_SETTINGS = {
    "BACKISSUE_LIBRARY": "the library",
    "BACKISSUE_ALLOW_PRIVATE": "whether private and loopback addresses may be asked",
    "BACKISSUE_RESOLVE": "as `--resolve`, a list",
    "BACKISSUE_CA_FILE": "the certificates that https trusts, instead of the system's",
    "BACKISSUE_CARD": "what lock files say of the command that the crawl works for",
    "BACKISSUE_PUBLISH": "whether a crawl publishes what it captured when it ends",
}


def defined_in(module: ModuleType) -> list[str]:
    """The public names that *module* itself makes, in its order."""
    return [name for name, value in vars(module).items() if _is_made_by(module, name, value)]


def _is_made_by(module: ModuleType, name: str, value: Any) -> bool:
    if name.startswith("_") or inspect.ismodule(value):
        return False
    at = getattr(value, "__module__", None)
    return at == module.__name__ or bool(get_args(value)) or name in _CONSTANTS


def _said_of(name: str, value: Any) -> str:
    """What the name gives: of a function all that is said, of a class what comes first."""
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    if choices := get_args(value):
        return "One of " + ", ".join(f"`{choice}`" for choice in choices) + "."
    said = inspect.getdoc(value) or ""
    text = " ".join((said if inspect.isfunction(value) else said.split("\n\n")[0]).split())
    return re.sub(r"\*(\w+)\*", r"`\1`", text)


def _shown(name: str, value: Any) -> str:
    """The name as it is written down: a function with its parameters."""
    if not inspect.isfunction(value):
        return f"`{name}`"
    names = [one for one in inspect.signature(value).parameters if one != "self"]
    return f"`{name}({', '.join(names)})`"


def _rows(owner: Any, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        value = getattr(owner, name)
        yield _shown(name, value), _said_of(name, value)


def _table(owner: Any, names: Iterable[str]) -> str:
    rows = "".join(
        f"| {shown} | {text.replace('|', chr(92) + '|')} |\n" for shown, text in _rows(owner, names)
    )
    return f"| name | what it gives |\n|---|---|\n{rows}"


def _settings() -> str:
    names = [name for name in vars(crawlers.settings) if name.startswith("BACKISSUE_")]
    rows = "".join(f"| `{name}` | {_SETTINGS[name]} |\n" for name in names)
    return f"| setting | what it is |\n|---|---|\n{rows}"


def error_names() -> list[str]:
    """The names of all errors, parents first."""

    def below(error: type[BackissueError]) -> Iterator[str]:
        yield error.__name__
        for child in error.__subclasses__():
            yield from below(child)

    return list(below(BackissueError))


def _errors() -> str:
    return ", ".join(f"`{name}`" for name in error_names()) + ".\n"


PARTS: dict[str, Callable[[], str]] = {
    "python-backissue": lambda: _table(backissue, sorted(backissue.__all__, reverse=True)),
    "python-library": lambda: _table(Library, LIBRARY),
    "python-release": lambda: _table(Release, ("articles",)),
    "python-rows": lambda: _table(Rows, ROWS),
    "python-types": lambda: _table(archive.types, defined_in(archive.types)),
    "python-errors": _errors,
    "python-source": lambda: _table(archive.source, SOURCE),
    "python-extract": lambda: _table(pipelines.extract, pipelines.extract.__all__),
    "python-wire": lambda: _table(crawlers.wire, crawlers.wire.__all__),
    "python-settings": _settings,
}
