"""`backissue replay`: the archive in a browser, played by pywb."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archive.errors import BackissueError, UsageError
from backissue.commands.flags import add_library, port
from backissue.output import print_json, say, warn

if TYPE_CHECKING:
    import subprocess

    from archive.library import Library

HELP: Final = "browse the archive with pywb"
EXAMPLE: Final = "backissue replay"
_START_SECONDS = 60


def flags(command: ArgumentParser) -> None:
    """Which library, at which port."""
    add_library(command)
    command.add_argument(
        "--port",
        type=port,
        default=8301,
        help="port of the local server (default: 8301); 0: any free port",
    )
    command.add_argument("--yes", action="store_true", help="install pywb without asking")


def run(options: Namespace) -> int:
    """Play the library until Ctrl-C or SIGTERM."""
    from archive.library import Library
    from archive.replay import install, prepared, wayback

    with Library.open(options.library) as library:
        if not wayback().exists():
            _ask_to_install(options)
            install()
        port = _free_port(options.port)
        with prepared(library, warn) as folder:
            _write_pages(library, folder)
            try:
                return _play(options, folder, port)
            finally:
                _tell_console(library.path, None)


def _write_pages(library: Library, folder: Path) -> None:
    """Make the pages that list what is played; without them pywb's own page opens first."""
    from backissue.web.replay_pages import write_pages

    try:
        write_pages(library, folder)
    except BackissueError as error:
        warn(f"the first page lists no articles: {error}")


def _play(options: Namespace, folder: Path, port: int) -> int:
    from archive.replay import COLLECTION, start

    program = start(folder, port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _wait_until_up(program, port)
        url = f"http://127.0.0.1:{port}/{COLLECTION}/"
        _tell_console(options.library, url)
        if options.json:
            print_json("serving", {"url": url})
        else:
            print(url, flush=True)
            say(options, "It opens with the magazines and their articles; Ctrl-C ends the replay.")
        return program.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        program.terminate()
        program.wait()


def _tell_console(library: Path, url: str | None) -> None:
    """Write down where the library is played, so that the console leads there; None: no more."""
    from archive.disk import files

    card = library / "state" / "replay.json"
    with suppress(OSError):  # the replay of a library that cannot be written works too
        if url:
            files.put(card, json.dumps({"url": url}).encode())
        else:
            card.unlink(missing_ok=True)


def _ask_to_install(options: Namespace) -> None:
    from archive.replay import environment

    question = f"pywb (GPL) is needed; install it into {environment()} from the package registry?"
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Say so with --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("replay needs pywb: nothing was installed")


def _free_port(wanted: int) -> int:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError as error:
            raise UsageError(
                f"port {wanted}: {error.strerror}: choose another with --port"
            ) from None
        return int(probe.getsockname()[1])


def _wait_until_up(program: subprocess.Popen[bytes], port: int) -> None:
    import socket

    until = time.monotonic() + _START_SECONDS
    while program.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise BackissueError("pywb did not start: see its words above")
