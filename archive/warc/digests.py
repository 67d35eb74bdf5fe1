"""Digests as others write them in WARC files, into one spelling of each."""

from __future__ import annotations

import base64
import binascii
import hashlib

_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}


def one_spelling(declared: str | None) -> str | None:
    """A labelled digest (WARC 1.1, 5.8) in the spelling that we write; None where there is none.

    SHA-1 is in base32, others in hexadecimal, their names without hyphens. Tools write each in
    base32, hexadecimal or base64, in letters of either size. What is none of that stays as it is.

    >>> one_spelling("sha1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80709")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    >>> one_spelling("SHA-256:" + "AB" * 32) == "sha256:" + "ab" * 32
    True
    """
    name, colon, value = (declared or "").strip().partition(":")
    if not colon:
        return None
    algorithm = name.lower().replace("-", "")
    found = _bytes_of(value, _SIZES.get(algorithm, 0))
    if found is None:
        return f"{algorithm}:{value}"
    text = base64.b32encode(found).decode() if algorithm == "sha1" else found.hex()
    return f"{algorithm}:{text}"


def is_of(declared: str | None, data: bytes) -> bool | None:
    """Whether *declared* is the digest of *data*; None where there is none of a known kind.

    >>> is_of("sha1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80709", b"")
    True
    """
    name, _, value = (declared or "").strip().partition(":")
    algorithm = name.lower().replace("-", "")
    found = _bytes_of(value, _SIZES.get(algorithm, 0))
    if found is None:
        return None
    return hashlib.new(algorithm, data, usedforsecurity=False).digest() == found


def _bytes_of(value: str, size: int) -> bytes | None:
    """The *size* bytes that *value* is in base32, hexadecimal or base64."""
    padded = value.rstrip("=")
    for read in (bytes.fromhex, _of_base32, _of_base64):
        try:
            found = read(padded)
        except (ValueError, binascii.Error):
            continue
        if size and len(found) == size:
            return found
    return None


def _of_base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


def _of_base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
