"""`backissue replay`: the archive in a browser, played by pywb."""

from __future__ import annotations

import argparse
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from archive.errors import BackissueError, UsageError
from archive.library import Library
from archive.replay import COLLECTION, environment, install, prepared, start, wayback
from backissue.output import print_json, say, warn

_START_SECONDS = 60


def run(options: argparse.Namespace) -> int:
    """Play the library until Ctrl-C or SIGTERM."""
    with Library.open(options.library) as library:
        if not wayback().exists():
            _ask(options)
            install()
        port = _free_port(options.port)
        with prepared(library, warn) as folder:
            return _play(options, folder, port)


def _play(options: argparse.Namespace, folder: Path, port: int) -> int:
    program = start(folder, port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _wait_until_up(program, port)
        url = f"http://127.0.0.1:{port}/{COLLECTION}/"
        if options.json:
            print_json("serving", {"url": url})
        else:
            print(url, flush=True)
            say(options, "Type an address of the archive there; Ctrl-C ends the replay.")
        return program.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        program.terminate()
        program.wait()


def _ask(options: argparse.Namespace) -> None:
    question = f"pywb (GPL) is needed; install it into {environment()} from the package registry?"
    if options.yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Say so with --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("replay needs pywb: nothing was installed")


def _free_port(wanted: int) -> int:
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
    until = time.monotonic() + _START_SECONDS
    while program.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise BackissueError("pywb did not start: see its words above")
