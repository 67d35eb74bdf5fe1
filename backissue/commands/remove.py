"""`backissue remove WHAT`: an address, all below a prefix, or a host is hidden from all readers."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Final

from archive.errors import UsageError
from backissue.commands.flags import add_library
from backissue.output import counted, print_json, print_table, printable, say, warn

if TYPE_CHECKING:
    from archive.library import Library
    from archive.removal.tombstones import Target, Tombstone
    from pipelines.removal.remove import Covered

HELP: Final = "hide pages from every reader, and never ask for them again; --undo takes it back"
EXAMPLE: Final = "backissue remove https://review.example/2026/11/ --dry-run"
TAKES_TURN: Final = True


def flags(command: ArgumentParser) -> None:
    """What is removed, why and by whom."""
    add_library(command)
    command.add_argument(
        "what",
        nargs="?",
        metavar="URL|PREFIX|HOST",
        help="an address; all below one that ends in /; all of a host; or an article's or "
        "record's id. Without it: list what is removed",
    )
    command.add_argument("--reason", metavar="TEXT", help="why; it is kept, and shown where asked")
    command.add_argument("--by", metavar="NAME", help="who wants it (default: the operator)")
    command.add_argument("--dry-run", action="store_true", help="count what it covers, no more")
    command.add_argument("--undo", action="store_true", help="take the removal back")
    command.add_argument("--yes", action="store_true", help="do not ask")


def run(options: Namespace) -> int:
    """Remove, take back, or list."""
    from archive.library import Library

    if options.what is None:
        if options.undo or options.dry_run:
            raise UsageError("name what: an address, a prefix that ends in /, or a host")
        with Library.open(options.library) as library:
            return _list(options, library)
    if options.dry_run:
        with Library.open(options.library) as library:
            return _remove(options, library)
    with Library.open(options.library, writing=True) as library:
        return (_undo if options.undo else _remove)(options, library)


def _list(options: Namespace, library: Library) -> int:
    from dataclasses import asdict

    from archive.removal.in_force import in_force

    found = in_force(library.path).in_force
    if options.json:
        for one in found:
            print_json("removal", asdict(one))
        print_json("summary", {"removals": len(found)})
    elif found:
        print_table("", ["removed", "what", "by", "reason", "id"], [_row(one) for one in found])
    else:
        say(options, "nothing is removed")
    return 0


def _row(one: Tombstone) -> list[str]:
    texts = (one.time[:10], one.what, one.by, one.reason, one.id[:8])
    return [printable(text or "") for text in texts]


def _remove(options: Namespace, library: Library) -> int:
    from dataclasses import asdict

    from archive.removal.in_force import in_force
    from backissue.web.replay_pages import refresh_replay
    from pipelines.removal.remove import covered, find_target, remove

    target = find_target(library, options.what)
    found = covered(library, target)
    if found.is_empty:
        raise UsageError(_of_nothing(options.what, in_force(library.path).of_target(target)))
    for line in _in_words(target, found):
        say(options, line)
    made = None
    if not options.dry_run and _agreed(options):
        made = remove(library, target, by=options.by, reason=options.reason)
        refresh_replay(library)
        say(options, f"removed; {target.cure}")
        _tell_releases(library)
    if options.json:
        counts = asdict(found) | {"what": target.what, "kind": target.kind}
        print_json("summary", counts | {"removed": made is not None, "id": made and made.id})
    return 0


def _tell_releases(library: Library) -> None:
    """A release never changes: whoever removes hears which there are."""
    if names := sorted(path.name for path in library.path.glob("releases/[!.]*")):
        warn(f"releases that were made before stay as they are: {', '.join(names)}")


def _of_nothing(what: str, standing: Tombstone | None) -> str:
    if standing:
        return f"{standing}: nothing is left to remove"
    return f"nothing in the library is at {what}: nothing was removed"


def _in_words(target: Target, found: Covered) -> list[str]:
    kinds = {"url": "the address", "prefix": "all below", "host": "all of"}
    numbers = {"article": found.articles, "version": found.versions, "capture": found.captures}
    counts = ", ".join(counted(number, name) for name, number in numbers.items())
    lines = [f"{kinds[target.kind]} {printable(target.what)}: {counts}"]
    lines += [f"  {printable(title)}" for title in found.headlines]
    if (more := found.articles - len(found.headlines)) > 0:
        lines.append(f"  … and {more:,} more articles")
    return lines


def _agreed(options: Namespace) -> bool:
    """Whether the person wants it, who is asked on a terminal only."""
    if options.yes or options.json or not sys.stdin.isatty():
        return True
    if not sys.stderr.isatty():
        raise UsageError("nobody would see the question: say --yes")
    print("Remove this? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() in ("y", "yes"):
        return True
    raise UsageError("nothing was removed")


def _undo(options: Namespace, library: Library) -> int:
    from dataclasses import asdict

    from backissue.web.replay_pages import refresh_replay
    from pipelines.removal.remove import covered, removals_named, undo

    found = removals_named(library, options.what)
    undo(library, found, by=options.by)
    refresh_replay(library)
    for one in found:
        counts, *_ = _in_words(one.target, covered(library, one.target))
        say(options, f"shown again: {counts}")
    if options.json:
        print_json("summary", {"undone": [asdict(one) for one in found]})
    return 0
