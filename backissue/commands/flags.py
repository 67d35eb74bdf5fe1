"""Flags that several commands have, so that each means the same everywhere."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path


def add_output(command: ArgumentParser) -> None:
    """`--json` and `--quiet`, which every command has."""
    command.add_argument("--json", action="store_true", help="JSON Lines on standard output")
    command.add_argument("--quiet", action="store_true", help="say only what went wrong")


def add_library(command: ArgumentParser) -> None:
    """`--library`."""
    default = os.environ.get("BACKISSUE_LIBRARY", "library")
    command.add_argument(
        "--library",
        type=Path,
        default=Path(default),
        metavar="DIR",
        help="the library (default: $BACKISSUE_LIBRARY, or ./library)",
    )


def add_engine(command: ArgumentParser) -> None:
    """`--engine`."""
    command.add_argument(
        "--engine",
        default="local",
        metavar="E",
        help="where pages are derived, in N processes: local[:N], dask:local:N, dask:tcp://HOST:PORT",
    )


def add_network(command: ArgumentParser) -> None:
    """`--allow-private` and `--resolve`: which addresses a command may ask."""
    command.add_argument(
        "--allow-private", action="store_true", help="permit loopback and private addresses"
    )
    command.add_argument(
        "--resolve",
        action="append",
        default=[],
        metavar="HOST:PORT:ADDR",
        help="connect to ADDR instead of HOST:PORT, as curl does. ADDR may be private, and end in "
        "a port of its own; HOST and PORT may be *",
    )


def seconds(text: str) -> float:
    """The value of a flag that takes seconds: a number, 0 or more."""
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value
