"""What a row was made by: the extractor, its version and settings, our code, the libraries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable

from pipelines.classifier.settings import READING, weights_text

EXTRACTOR = "backissue"
EXTRACTOR_VERSION = f"0.7.0+trafilatura-{version('trafilatura')}"
_CONFIG = json.dumps(READING, sort_keys=True) + weights_text()
CONFIG_DIGEST = "sha256:" + hashlib.sha256(_CONFIG.encode()).hexdigest()
"""What a text depends on beside the code: how trafilatura is asked, and the models' weights."""


_PACKAGES = ("archive", "pipelines")
LEFT_OUT = ("archive/verify",)
"""Folders that only read what is made: no row depends on them."""
_LIBRARIES = (
    "brotli",
    "charset-normalizer",
    "courlan",
    "htmldate",
    "justext",
    "lxml",
    "py3langid",
    "pyarrow",
    "tldextract",
    "trafilatura",
    "zstandard",
)


@cache
def fingerprint() -> str:
    """`sha256:` and hex: the same fingerprint makes the same rows of the same WARC files.

    Any change of our code counts, since only the same code may go on with a half-made derivation.
    """
    hashed = hashlib.sha256(f"{EXTRACTOR_VERSION} {CONFIG_DIGEST}".encode())
    for package in _PACKAGES:
        hashed.update(code_digest(package, package_files(package)))
    for name in _LIBRARIES:
        hashed.update(f"\n{name} {_version(name)}".encode())
    return f"sha256:{hashed.hexdigest()}"


def code_digest(package: str, folder: Traversable) -> bytes:
    """What the modules and tables of *package*, which stands in *folder*, say, at any depth."""
    hashed = hashlib.sha256()
    for name, module in _modules(package, folder):
        hashed.update(f"\n{name} ".encode())
        hashed.update(hashlib.sha256(module.read_bytes()).digest())
    return hashed.digest()


def _modules(name: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for found in sorted(folder.iterdir(), key=lambda found: found.name):
        path = f"{name}/{found.name}"
        if found.is_dir() and path not in LEFT_OUT:
            yield from _modules(path, found)
        elif found.is_file() and path.endswith((".py", ".txt")):
            yield path, found


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
