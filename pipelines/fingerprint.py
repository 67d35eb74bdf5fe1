"""What rows depend on besides the WARC files: our code, the extractor's settings, the libraries."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files as package_files

from pipelines.extract import CONFIG_DIGEST, EXTRACTOR_VERSION

_PACKAGES = ("archive", "pipelines")
_LIBRARIES = (
    "brotli",
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

    Any change of our code counts, for a half-made derivation may only be gone on with by its equal.
    """
    hashed = hashlib.sha256(f"{EXTRACTOR_VERSION} {CONFIG_DIGEST}".encode())
    for package in _PACKAGES:
        for module in sorted(package_files(package).iterdir(), key=lambda module: module.name):
            if module.name.endswith(".py"):
                hashed.update(f"\n{package}/{module.name} ".encode())
                hashed.update(hashlib.sha256(module.read_bytes()).digest())
    for name in _LIBRARIES:
        hashed.update(f"\n{name} {_version(name)}".encode())
    return f"sha256:{hashed.hexdigest()}"


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"
