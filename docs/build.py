"""The code into its reference pages: `python docs/build.py` writes them, `--check` compares them.

A page that is made as a whole says so at its top. Of other pages only the parts between
`<!-- from the code: NAME -->` and `<!-- end -->` are made.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import BaseModel
from python_parts import PARTS as PYTHON_PARTS
from warc_parts import PARTS as WARC_PARTS

from archive import outcomes
from archive.config import LibrarySettings
from archive.errors import BackissueError, ExitCode
from archive.source import Source
from archive.tables import verdicts
from archive.tables.parquet import LAYOUTS
from archive.tables.schema import TABLES
from archive.types import NO_ARTICLE
from backissue.cli import parser
from pipelines.boilerplate import reasons

DOCS = Path(__file__).parent
PARTS = WARC_PARTS | PYTHON_PARTS
_MARK = "<!-- Made by docs/build.py from the code: change it there, then run that. -->"
_PART = re.compile(r"(<!-- from the code: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_UNITS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_SHARED_FLAGS = ("--json", "--quiet", "--library", "--engine", "--allow-private", "--resolve")

_ROW_PER = {
    "articles": "version of an article",
    "captures": "response or revisit: Common Crawl's columnar index, and fields of ours",
    "payloads": "capture of a text, or revisit; written when its month or a `crawl` is over",
    "crawl_log": "URL and run: what became of it",
    "removed": "block of a page that is not in the article's text",
    "comments": "reader's comment, where `policy.comments` asks for them",
    "duplicates": "article that repeats an earlier one",
    "withdrawn": "version of what later captures proved to be no article",
}

_EXIT_CODES = {
    ExitCode.DONE: "Done. For `crawl`: the run of every source completed, whatever single URLs did",
    ExitCode.FOUND_WRONG: "Something was found wrong, nothing was found, or a source's run aborted",
    ExitCode.USAGE: "Bad usage or settings, or a library of a newer format",
    ExitCode.LOCKED: "Another process holds the lock that is needed",
    ExitCode.DISK_FULL: "The disk is full, or below the library's floor",
    ExitCode.INTERRUPTED: "Interrupted; safe to repeat. `serve` and `replay`, stopped, end with 0",
}

_LIBRARY = {
    "format": "format of the library's folders and files; never changed by hand",
    "name": "name of the library: first part of `captures.crawl`, `isPartOf` in its WARC files",
    "created": "when the library was made (UTC)",
    "operator": "who runs the library; goes into each WARC file's `warcinfo`",
    "contact": "whom sites may ask: part of the User-Agent, and of `warcinfo`",
    "user_agent": "replaces the whole User-Agent; its first product is the name by which "
    "[robots.txt](robots.md) knows it",
    "warc.max_bytes": "a WARC file is closed when it is this large",
    "warc.max_age": "a WARC file is closed when it is this old",
    "disk.floor": "bytes that stay free: below it nothing is captured or published",
    "disk.keep_generations": "how long tables that a rebuild replaced are kept, for readers that "
    "have them open",
    "crawl.publish_every": "how often the tables grow while a `crawl` goes on that takes longer",
    "serve.publish_every": "how often the tables grow while `serve` runs",
    "serve.crawl_processes": "processes that crawl; each takes a share of the domains",
    "serve.recycle_after": "a crawl process that is quiet and this old ends, and a new process "
    "follows",
    "serve.recycle_memory": "a crawl process that is quiet and holds this much memory ends, and a "
    "new process follows. At twice as much it ends at once, and the new process goes on with its "
    "sources",
    "serve.port": "port of the [console](web.md) of `serve`; where none is given, it is 8300, or "
    "any other if that is taken",
    "policy.respect": "also `noindex`, `noarchive`, `noai`, `tdm`: see [robots.md](robots.md)",
    "policy.requisites": "what articles' pages are shown with is kept too: styles, scripts, "
    "pictures of all widths, fonts, also what styles name in their turn",
    "policy.pages": "rows for static pages, too: about, contact, imprint …; `rebuild` brings those "
    "of pages that are captured already",
    "policy.comments": "rows in the table `comments` for what readers wrote: personal data; "
    "`rebuild` brings those of pages that are captured already",
}

_SOURCE = {
    "url": "the magazine's address. Entries of the lists below may be relative to it",
    "name": "name of the source: `a-z`, `0-9`, `-`. Default: the file's name, else from the host",
    "title": "name of the magazine, for people",
    "schedule": '`"adaptive"` (as often as it brings something new), `"every 30m"`, `"every 2h"`, '
    '`"every 7d"`, or five cron fields: `"0 6 * * MON-FRI"`',
    "timezone": "time zone of a cron schedule",
    "feeds": "RSS, Atom or JSON feeds",
    "sitemaps": "sitemaps, sitemap indexes, news sitemaps",
    "sections": "pages that list articles, and those that follow them",
    "archives": "address templates with `{year}`, `{month:02}`, `{day:02}` of pages that list what "
    "was published then. They are read back to `since`, or else to the oldest; each page is read "
    "once more after its time has ended",
    "pages": "single pages, fetched in every run",
    "article.allow": "regular expressions, of which an article's address matches one; without any, "
    "the page and the shape of an address decide: [discovery.md](discovery.md)",
    "article.deny": "regular expressions, of which an article's address matches none",
    "since": "articles announced with an earlier date are not fetched; also how far back "
    "`archives` are read",
    "backfill": '`"newest"` or `"oldest"`: which end of the `archives` is read first',
    "delay": "seconds between two requests to a host; robots' Crawl-delay can only raise it",
    "budget.requests": "pages, feeds and lists that one run asks for; [what is left over]"
    "(service.md#a-run-ends) is for the next run",
    "budget.time": 'how long one run lasts: `"30m"`, `"6h"`, `"2d"`',
    "budget.lists": "pages of lists that one run reads",
    "budget.depth": "steps from list to list that one run goes; pages that follow one another are "
    "one step",
    "comments": "no effect yet",
    "headers": "header fields that let a reader in, each with the environment variable that has "
    'its value: `{ Cookie = "REVIEW_COOKIE" }`. Values are written nowhere; '
    "[who hears them](#who-hears-the-headers)",
    "header_hosts": "other hosts that hear them too, as they feed or serve the magazine: "
    '`["feeds.review.example"]`',
}

_HEARD = """\
A request carries these header fields only where host, scheme and port of its address are right.
Each hop of a redirect is judged anew.

- The host is that of `url`, with or without `www.`, or a host that `header_hosts` names. A name
  there stands for this one host: neither for its sub-domains nor for the name with `www.` before
  it. Upper and lower case are the same, and so are both spellings of an international name. A
  public suffix such as `github.io` has no `www.` of its own.
- The scheme is that of `url`, or https. Where `url` is https, nothing is sent over http.
- The port is that of `url`. The usual ports of http and https (80 and 443) count as the same.

This holds for all requests: pages, feeds, sitemaps, sections and the pages that follow them,
requisites of pages, and robots.txt. A crawl may visit more hosts than these: all of the registered
domain, and some of them may belong to strangers. Other hosts learn only the origin of the page that
a request comes from (`Referer`)."""

_BODY = """\
The lines of the article in their order, as its readers see them: paragraphs, headings, items,
quotes, rows of tables (cells parted by ` | `), listings with their line ends, footnotes.

- **Captions** are in no text: a line below a picture says what the picture shows, and stands
  anywhere in the flow of a text. They are rows of `removed` with the reason `caption`. The caption
  of a table, and what a picture shows of the text itself (an initial, an emoji, a formula), stay.
- Raised digits are raised (`10²`), the marks of notes are left out; in `article_body_markdown` a
  mark is `[^1]` and its note begins with `[^1]: `, where both are in the text.
- A formula is its TeX or its letters. `<q>` is in quotation marks. Readings of ruby, words for
  screen readers alone, "opens in a new tab", and what a style hides within a line are left out.
- Where a page shows hardly any text and no wall, the text that it holds as data is taken: the
  `articleBody` of JSON-LD, or the state of Next.js, Nuxt and others. `evidence` names the place.
  Behind a wall, or where `isAccessibleForFree` is false, it is not: the row is `paywall`, and
  `evidence.completeness.behind` says what lies there. Text that a page fetches is not looked for.
- A page break in the text is none: `page_urls` names the pages, and `article_body` has all.
- Control characters are left out; those from U+0080 on are read as windows-1252 has them. No other
  column of this table has any, or turns of direction (U+202A to U+202E, U+2066 to U+2069)."""

_ENVIRONMENT = {
    "BACKISSUE_LIBRARY": "the library, where `--library` is not given; also for `scrapy crawl`",
    "BACKISSUE_PYWB": "pywb's environment (default: in `$XDG_CACHE_HOME` or `~/.cache`)",
    "SSL_CERT_FILE": "the certificates that https trusts, instead of the system's",
    "XDG_CACHE_HOME": "the user's cache folder",
    "XDG_RUNTIME_DIR": "where the socket of `serve` stands (default: in a folder under `/tmp`)",
}


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def tables() -> Iterator[str]:
    """All tables: their columns, and how their files are written."""
    yield "# Tables\n"
    yield "Files: `TABLE/data/fetch_month=YYYY-MM/*.parquet`. The month (UTC) is the only partition"
    yield "key; it is no column, so filter on `fetch_time`. Times are `timestamp[us, tz=UTC]`. All"
    yield "columns may be null. What readers may rely on: [library.md](library.md)."
    for name, schema in TABLES.items():
        layout = LAYOUTS[name]
        order = ", ".join(f"`{column}`" for column in layout.sort)
        yield f"\n## {name}\n"
        yield f"One row per {_ROW_PER[name]}.\n"
        yield f"Each file is sorted by {order}."
        yield f"Row groups of {layout.row_group:,}; zstd {layout.level}.\n"
        rows = (
            (f"`{field.name}`", _type(field.type), field.metadata[b"description"].decode())
            for field in schema
        )
        yield from _table(("column", "type", "what it holds"), rows)
        if name == "articles":
            yield "\n### What article_body holds\n"
            yield _BODY
    yield from _values()


def _values() -> Iterator[str]:
    """What the values mean of columns that have few."""
    yield "\n## Values of crawl_log.outcome\n"
    yield from _meanings(outcomes.OUTCOMES)
    yield "\n## Values of crawl_log.verdict\n"
    yield "Null where no page was derived: of a feed, a sitemap, a list that the crawl read for its"
    yield "links, a picture, a redirect, and of what was not fetched.\n"
    why = {f"{verdicts.NONE}{one}": text for one, text in verdicts.NO_ARTICLE_FOR.items()}
    yield from _meanings(verdicts.VERDICTS | why)
    yield "\n## Values of articles.completeness\n"
    yield f"Pages that are {', '.join(f'`{one}`' for one in sorted(NO_ARTICLE))} make no row.\n"
    yield from _meanings(verdicts.COMPLETENESS)
    yield "\n## Values of removed.reason\n"
    yield from _meanings(reasons.REASONS)


def _meanings(values: Mapping[str, str]) -> Iterator[str]:
    return _table(("value", "meaning"), ((f"`{one}`", text) for one, text in values.items()))


def _type(kind: pa.DataType) -> str:
    return f"list&lt;{kind.value_type}&gt;" if pa.types.is_list(kind) else str(kind)


def errors() -> Iterator[str]:
    """Exit codes, and the tree of errors with the fields of each."""
    yield "# Exit codes and errors\n"
    yield "Only a `BackissueError` ends a command in good order: one line on standard error says"
    yield "what, where, and what to do. A URL that it quotes stands there without its password. A"
    yield "traceback is a bug.\n"
    yield from _table(("code", "meaning"), ((str(int(c)), _EXIT_CODES[c]) for c in ExitCode))
    yield "\n## The tree\n"
    yield "All are in `archive.errors`; the fields are attributes of the exception.\n"
    yield from _table(("error", "code", "raised when", "fields"), _error_rows(BackissueError, 0))


def _error_rows(error: type[BackissueError], depth: int) -> Iterator[Sequence[str]]:
    meaning = " ".join((inspect.getdoc(error) or "").split("\n\n")[0].split())
    own = "__init__" in vars(error)
    fields = [name for name in inspect.signature(error.__init__).parameters if own]
    shown = ", ".join(f"`{name}`" for name in fields if name != "self")
    name = f"{'&emsp;' * depth}`{error.__name__}`"
    yield name, str(int(error.exit_code)), re.sub(r"\*(\w+)\*", r"`\1`", meaning), shown
    for child in error.__subclasses__():
        yield from _error_rows(child, depth + 1)


def settings() -> Iterator[str]:
    """`library.toml`, source files, environment variables."""
    yield "# Settings\n"
    yield "## library.toml\n"
    yield "One per library. Sizes: `500MiB`, `1GiB`; times: `90s`, `30m`, `24h`, `7d`.\n"
    yield from _table(("setting", "default", "what it is"), _fields(LibrarySettings, _LIBRARY))
    yield "\n## sources/NAME.toml\n"
    yield "One per magazine; only `url` is needed. The front page is read in each run, with the"
    yield "lists that it leads to: [discovery.md](discovery.md). Where nothing else is declared,"
    yield "the feeds that it names are read, too, and the sitemaps that robots.txt names.\n"
    yield from _table(("field", "default", "what it is"), _fields(Source, _SOURCE))
    yield f"\n### Who hears the headers\n\n{_HEARD}"
    yield "\n## Environment\n"
    yield from _table(("variable", "what it is"), ((f"`{k}`", v) for k, v in _ENVIRONMENT.items()))


def _fields(
    model: type[BaseModel], texts: dict[str, str], prefix: str = ""
) -> Iterator[Sequence[str]]:
    for name, field in model.model_fields.items():
        full = f"{prefix}{name}"
        if isinstance(field.default, BaseModel):
            yield from _fields(type(field.default), texts, f"{full}.")
        elif field.is_required():
            yield f"`{full}`", "needed", texts[full]
        else:
            yield f"`{full}`", _default(field.default, full), texts[full]


def _default(value: Any, name: str) -> str:
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case timedelta():
            days, rest = divmod(value, timedelta(days=1))
            in_days = days > 1 and not rest
            in_hours = value >= timedelta(hours=1)
            short = f"{value // timedelta(hours=1)}h" if in_hours else f"{value.seconds // 60}m"
            return f"`{days}d`" if in_days else f"`{short}`"
        case int() if name.endswith(("bytes", "floor", "memory")):
            return next(f"`{value // size}{unit}`" for size, unit in _UNITS if value % size == 0)
        case int() | float() | date():
            return f"`{value}`"
        case str():
            return f'`"{value}"`'
        case tuple() if name == "headers":  # a table in TOML
            return "`{}`"
        case tuple():
            return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
        case _:
            return ""


def commands() -> Iterator[str]:
    """Every command with its arguments and flags."""
    top = parser()
    found = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    said = {choice.dest: choice.help or "" for choice in found._choices_actions}
    yield "# Commands\n"
    yield from _table(
        ("command", ""), ((f"[`{name}`](#{name})", text) for name, text in said.items())
    )
    yield "\nFlags that mean the same in every command that has them:\n"
    shared = {flag: action for c in found.choices.values() for flag, action in _shared(c)}
    yield from _table(("flag", "meaning"), (_flag(shared[f]) for f in _SHARED_FLAGS))
    yield "\nExit codes: [errors.md](errors.md)."
    for name, command in found.choices.items():
        yield from _command(name, command)


def _shared(command: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.Action]]:
    for action in command._actions:
        for flag in action.option_strings:
            if flag in _SHARED_FLAGS and command.prog != "backissue demo":
                yield flag, action


def _command(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    everywhere = [action for _, action in _shared(command)]
    own = [a for a in command._actions if a.dest != "help" and a not in everywhere]
    words = [_word(action) for action in own if not action.option_strings]
    yield f"\n## {name}\n"
    yield f"{command.description}\n"
    yield f"    {' '.join(['backissue', name, *words])}\n"
    yield from _table(("", ""), map(_flag, own)) if own else ()
    names = ", ".join(f"`{action.option_strings[-1]}`" for action in everywhere)
    if names:
        yield f"\nAlso {names}." if own else f"Flags: {names}."


def _word(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    return f"[{name} ...]" if action.nargs == "*" else name


def _flag(action: argparse.Action) -> Sequence[str]:
    if not action.option_strings:
        return f"`{_word(action)}`", action.help or ""
    value = action.metavar or "|".join(action.choices or (action.dest.upper(),))
    name = action.option_strings[-1]
    return f"`{name}`" if action.nargs == 0 else f"`{name} {value}`", action.help or ""


def _generated(page: Callable[[], Iterator[str]]) -> Callable[[], str]:
    return lambda: "\n".join([_MARK, "", *page()]).strip() + "\n"


def _parts(name: str) -> Callable[[], str]:
    """The page as it stands, its marked parts made anew."""
    return lambda: _PART.sub(lambda found: found[1] + PARTS[found[2]]() + found[3], _read(name))


PAGES: dict[str, Callable[[], str]] = {
    "tables.md": _generated(tables),
    "errors.md": _generated(errors),
    "settings.md": _generated(settings),
    "commands.md": _generated(commands),
    "warc.md": _parts("warc.md"),
    "library.md": _parts("library.md"),
    "verify.md": _parts("verify.md"),
    "python.md": _parts("python.md"),
}


def _read(name: str) -> str:
    path = DOCS / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what differs; with `--check` only name it, and exit 1."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing; exit 1 if it would")
    check = options.parse_args(arguments).check
    stale = [(name, text) for name, make in PAGES.items() if (text := make()) != _read(name)]
    for name, text in stale:
        if not check:
            (DOCS / name).write_text(text, encoding="utf-8")
        print(f"docs/{name} {'differs from the code' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
