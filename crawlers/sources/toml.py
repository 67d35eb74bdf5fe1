"""Source files (TOML) into `Source` values and back; what is wrong in one is said in one line."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from archive.disk import files
from archive.disk.wrong_values import expected as expected_by_kind
from archive.errors import InvalidSource, UsageError
from archive.source import ArticleRules, Budget, Source, source_from
from archive.web.userinfo import hide_userinfo
from crawlers.sources.cron import cron_trigger, one_line

_LIKE_ADDRESS = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?:/\S*)?", re.IGNORECASE)
_POSITION = re.compile(r" \(at (.+)\)$")
_ORDER = (
    *("name", "url", "title", "schedule", "timezone", "feeds", "sitemaps", "sections"),
    *("archives", "pages", "article", "since", "backfill", "delay", "budget", "comments"),
    *("headers", "header_hosts"),
)
_EXPECTED = {
    "string_type": "a text in quotes",
    "tuple_type": 'a list of texts, as in ["/politics/", "/culture/"]',
    "literal_error": '"newest" or "oldest"',
    "date_type": "a date without quotes, as in 2020-01-01",
    "bool_type": "true or false",
    "float_type": "a number of seconds, 0 or more, at most 86,400",
    "finite_number": "a number of seconds, 0 or more, at most 86,400",
    "model_type": 'a table, as in { allow = ["/20[0-9]{2}/"], deny = ["/tag/"] }',
    "int_type": "a whole number, 1 or more",
}


_TABLES = {
    "budget": 'a table, as in { requests = 20000, time = "6h" }',
    "headers": 'a table, as in { Cookie = "REVIEW_COOKIE" }',
}
_TABLES_EXPECTED = ("model_type", "tuple_type")


def load_source(path: Path) -> Source:
    """The source that *path* declares, named after the file if it has no name of its own."""
    declared = _read_toml(path)
    try:
        source = source_from(declared, path.stem)
    except ValidationError as error:
        raise _invalid(path, error) from None
    try:
        cron_trigger(source)
    except ValueError as error:
        raise InvalidSource(path, "schedule", f"expected {error}") from None
    return source


def load_sources(
    folder: Path,
    names: Collection[str] = (),
    on_broken: Callable[[InvalidSource], None] | None = None,
) -> list[Source]:
    """The sources of *folder*, those called *names* where names are given, sorted by name.

    *on_broken* hears of each file that is not understood, and the others count; without it, or
    where a source of *names* is in such a file, the error is raised.
    """
    found, broken = _read_folder(folder, strictly=on_broken is None)
    for name in names:
        if name not in found:
            raise broken.get(name) or UsageError(_unknown_source(name, folder, sorted(found)))
    for problem in broken.values() if not names else ():
        if on_broken:
            on_broken(problem)
    return [found[name] for name in sorted(found) if not names or name in names]


def _read_folder(
    folder: Path, *, strictly: bool
) -> tuple[dict[str, Source], dict[str, InvalidSource]]:
    """The sources of *folder* by name, and what is wrong with others by the names of their files,
    which *strictly* raises."""
    found: dict[str, Source] = {}
    broken: dict[str, InvalidSource] = {}
    files_of: dict[str, Path] = {}
    for path in sorted(folder.glob("[!.]*.toml")):
        try:
            source = load_source(path)
            if other := files_of.get(source.name):
                taken = f"expected another one, {other.name} has {source.name!r}"
                raise InvalidSource(path, "name", taken)
        except InvalidSource as error:
            if strictly:
                raise
            broken[path.stem] = error
        else:
            found[source.name], files_of[source.name] = source, path
    return found, broken


def write_source(path: Path, source: Source, comments: Mapping[str, str] | None = None) -> None:
    """Make *path* declare *source*, what is default left out.

    *comments* gives texts to stand above fields, under the key "" at the top. A field that has
    a comment and its default value is written commented out.
    """
    files.put(path, "".join(_toml(source, comments or {})).encode())


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InvalidSource(path, "file", f"expected a readable file ({error.strerror})") from None
    except UnicodeDecodeError as error:
        expected = f"expected UTF-8 text (byte {error.start} is none)"
        raise InvalidSource(path, "file", expected) from None
    except RecursionError:
        raise InvalidSource(path, "file", "expected TOML with less nesting") from None
    except ValueError as error:  # a number of thousands of digits is one, too
        said = one_line(str(error))
        place = _POSITION.search(said)
        where = place[1] if place else "file"
        what = _POSITION.sub("", said)
        if not isinstance(error, tomllib.TOMLDecodeError):
            where, what = "file", "a number of thousands of digits"
        raise InvalidSource(path, where, f"expected TOML ({what})") from None


def _invalid(path: Path, error: ValidationError) -> InvalidSource:
    """The first thing that is wrong, in words for who wrote the file."""
    first = error.errors(include_url=False)[0]
    loc, kind, given = first["loc"], first["type"], first["input"]
    field = "".join(f"[{at}]" if isinstance(at, int) else f".{at}" for at in loc).lstrip(".")
    if kind == "missing":
        return InvalidSource(path, field, 'expected url = "https://…", the magazine\'s address')
    if kind == "extra_forbidden":
        return InvalidSource(path, one_line(hide_userinfo(field)), _known_fields(loc))
    if kind in _TABLES_EXPECTED and field in _TABLES:
        return InvalidSource(path, field, f"expected {_TABLES[field]}, not {_shown_value(given)}")
    if field == "delay" and kind in ("greater_than_equal", "less_than_equal"):
        kind = "float_type"
    expected = _EXPECTED.get(kind) or expected_by_kind(first)
    return InvalidSource(path, field, f"expected {one_line(expected)}, not {_shown_value(given)}")


def _known_fields(loc: tuple[int | str, ...]) -> str:
    inner: type[BaseModel] = Budget if loc[0] == "budget" else ArticleRules
    known = sorted((Source if len(loc) == 1 else inner).model_fields)
    close = difflib.get_close_matches(str(loc[-1]), known, n=1)
    guess = f" (did you mean {close[0]}?)" if close else ""
    return f"expected one of {', '.join(known)}{guess}"


def _unknown_source(name: str, folder: Path, known: list[str]) -> str:
    name = hide_userinfo(name)
    if _LIKE_ADDRESS.fullmatch(name):
        return f"no source {name!r}: a page is named by its whole address; https://{name} ?"
    if not known:
        return f"no source {name!r}: {folder} has none yet: write one there as NAME.toml"
    close = difflib.get_close_matches(name, known, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return f"no source {name!r}: known are {', '.join(known)}{guess}"


def _shown_value(value: Any) -> str:
    text = one_line(json.dumps(_hidden(value), ensure_ascii=False, default=str))
    return text if len(text) <= 60 else f"{text[:59]}…"


def _hidden(value: Any) -> Any:
    """*value* without the passwords of URLs: found in each text before it is escaped and cut."""
    match value:
        case str():
            return hide_userinfo(value)
        case dict():
            return {hide_userinfo(key): _hidden(item) for key, item in value.items()}
        case list() | tuple():
            return [_hidden(item) for item in value]
        case _:
            return value


def _toml(source: Source, comments: Mapping[str, str]) -> Iterator[str]:
    yield from _toml_comment(comments.get("", ""))
    for field in _ORDER:
        value = getattr(source, field)
        is_default = value == Source.model_fields[field].default
        if field in comments or not is_default:
            yield from _toml_comment(comments.get(field, ""))
            shown = _value(dict(value) if field == "headers" else value)
            yield f"{'# ' if is_default else ''}{field} = {shown}".rstrip() + "\n"


def _toml_comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"# {one_line(line)}".rstrip() + "\n"


def _value(value: Any) -> str:
    match value:
        case str():
            return _string(value)
        case tuple() if len(value) > 1:
            return "".join(["[\n", *(f"    {_value(item)},\n" for item in value), "]"])
        case tuple():
            return f"[{''.join(map(_value, value))}]"
        case Budget() | dict():
            return _in_braces(value)
        case ArticleRules():
            return f"{{ allow = {_in_line(value.allow)}, deny = {_in_line(value.deny)} }}"
        case bool():
            return "true" if value else "false"
        case None:
            return ""
        case _:
            return str(value)  # a number or a date: as Python writes them


def _in_braces(value: Budget | dict[str, str]) -> str:
    if isinstance(value, Budget):
        stated = value.model_dump(exclude_defaults=True).items()
        return f"{{ {', '.join(f'{key} = {_value(one)}' for key, one in stated)} }}"
    return f"{{ {', '.join(f'{_string(k)} = {_string(v)}' for k, v in value.items())} }}"


def _in_line(texts: tuple[str, ...]) -> str:
    return f"[{', '.join(map(_string, texts))}]"


def _string(text: str) -> str:
    """A TOML string, unescaped in single quotes where that spares a pattern's backslashes."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
