"""`library.toml`: the settings of one library, read, checked and written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from archive.disk import files
from archive.disk.library_toml import read_toml
from archive.disk.wrong_values import expected
from archive.errors import UsageError
from archive.version import LIBRARY_FORMAT

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(B|KiB|MiB|GiB|TiB)?", re.IGNORECASE)
_UNITS = {"b": 0, "kib": 1, "mib": 2, "gib": 3, "tib": 4}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
_MOST_BYTES = 2**60  # what no disk has; databases and Arrow count to 2 ** 63
_LONGEST = 1000 * 365 * 86_400  # seconds
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _bytes(value: Any) -> Any:
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    whole = value if isinstance(value, int) and not isinstance(value, bool) else -1
    size = float(match[1]) * 1024 ** _UNITS[(match[2] or "B").lower()] if match else whole
    if 0 <= size < _MOST_BYTES:
        return int(size)
    raise ValueError('a size such as "1GiB" or "500MiB"')


def _span(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    match = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = float(match[1]) * _SECONDS[match[2]] if match else _LONGEST
    if seconds >= _LONGEST:
        raise ValueError('a time such as "24h", "30m" or "7d"')
    return timedelta(seconds=seconds)


def _line(value: str) -> str:
    if not value.isprintable():  # a line end would add a field to requests and records
        raise ValueError("one line of text")
    return value


OneLine = Annotated[str, AfterValidator(_line)]
ByteCount = Annotated[int, BeforeValidator(_bytes), Field(ge=0)]
Duration = Annotated[timedelta, BeforeValidator(_span)]


_FORMAT_LINE = re.compile(r"^(\s*format\s*=\s*)\d+", re.MULTILINE)


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WarcSettings(_Section):
    """When a WARC file is closed and the next begun."""

    max_bytes: ByteCount = 2**30
    max_age: Duration = timedelta(hours=24)


Respected = Literal["robots", "noindex", "noarchive", "noai", "tdm"]


class DiskSettings(_Section):
    """How many bytes of the disk are left free."""

    floor: ByteCount = 2**30
    keep_generations: Duration = timedelta(days=7)


class CrawlSettings(_Section):
    """How `crawl` works."""

    publish_every: Duration = timedelta(minutes=10)


class ServeSettings(_Section):
    """How the service works."""

    publish_every: Duration = timedelta(hours=1)
    crawl_processes: Annotated[int, Field(ge=1, le=64)] = 1
    recycle_after: Duration = timedelta(hours=6)
    recycle_memory: ByteCount = 2**30
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None


class PolicySettings(_Section):
    """What is respected, and what is kept.

    `robots` is robots.txt: what it forbids is not asked for. The others are what pages say of
    themselves: `noindex`, `noarchive` and `noai` (X-Robots-Tag, meta robots), `tdm` (reserved by
    TDMRep). Such a page is captured, for only its capture shows the signal. It gets no row in
    `articles`.
    """

    respect: tuple[Respected, ...] = ("robots",)
    requisites: bool = False
    comments: bool = False
    pages: bool = False


class LibrarySettings(_Section):
    """The whole of `library.toml`."""

    format: int = LIBRARY_FORMAT
    name: str = Field("library", pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    created: datetime
    operator: OneLine | None = None
    contact: OneLine | None = None
    user_agent: OneLine | None = None
    warc: WarcSettings = WarcSettings()
    disk: DiskSettings = DiskSettings()
    crawl: CrawlSettings = CrawlSettings()
    serve: ServeSettings = ServeSettings()
    policy: PolicySettings = PolicySettings()


def _no_such(place: tuple[int | str, ...]) -> str:
    """That there is no setting at *place*, and which may have been meant."""
    section: Any = LibrarySettings
    for part in place[:-1]:
        section = section.model_fields[part].annotation
    close = get_close_matches(str(place[-1]), section.model_fields, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return f"there is no such setting in this section{guess}"


def read_settings(folder: Path) -> LibrarySettings:
    """The settings of the library at *folder*; NotALibrary, NewerFormat or UsageError."""
    data = read_toml(folder)
    try:
        return LibrarySettings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        unknown = first["type"] == "extra_forbidden"
        cure = "correct it, or put it back from a copy"
        problem = _no_such(first["loc"]) if unknown else f"expected {expected(first)}: {cure}"
        raise UsageError(f"{folder / 'library.toml'}: {field}: {problem}") from None


def raise_format(folder: Path, wanted: int) -> None:
    """Raise the format in `library.toml` to *wanted*, if it is lower: an older Backissue then
    refuses the library."""
    path = folder / "library.toml"
    text = path.read_text(encoding="utf-8")
    if read_settings(folder).format < wanted:
        files.put(path, _FORMAT_LINE.sub(rf"\g<1>{wanted}", text, count=1).encode())


def new_settings(name: str, created: datetime) -> bytes:
    """The `library.toml` of a new library, with a comment for each setting; UsageError if no
    library may have the name *name*."""
    try:
        LibrarySettings(name=name, created=created)
    except ValidationError as error:
        raise UsageError(f"library name {name!r}: expected {expected(error.errors()[0])}") from None
    moment = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _TEMPLATE.format(name=name, created=moment).encode()


_TEMPLATE = """\
format = 2                     # of the library's folders and files; do not change
name = "{name}"
created = {created}
# operator = "Example Library, Web Archive"
# contact = "mailto:archive@example.org"     # part of the User-Agent: sites see whom to ask
# user_agent = "..."                         # replaces the whole User-Agent

[warc]
max_bytes = "1GiB"             # a WARC file is closed when it is this large
max_age = "24h"                # or this old

[disk]
floor = "1GiB"                 # crawls pause before fewer bytes than this are free

[crawl]
publish_every = "10m"          # how often the tables grow while `crawl` goes on

[serve]
publish_every = "1h"           # how often the tables grow while the service runs
# crawl_processes = 1          # one is enough for hundreds of magazines
# recycle_after = "6h"         # a crawl process that is quiet, and this old, gives way to a new one
# recycle_memory = "1GiB"      # or one that holds this much memory
# port = 8300                  # of the console; if the line is not there: another if that is taken

[policy]
respect = ["robots"]           # also what pages say: "noindex", "noarchive", "noai", "tdm"
requisites = false             # true: also what pages are shown with: styles, pictures, fonts …
pages = false                  # rows for static pages too: about, contact, imprint …
comments = false               # rows for what readers wrote below articles: personal data
"""
