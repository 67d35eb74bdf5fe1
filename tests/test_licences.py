"""What is installed with Backissue may be used and passed on by anybody: each licence is looked at."""

from __future__ import annotations

import re
from importlib.metadata import Distribution

import pytest

from closure import installed_with

_PERMISSIVE = """
0bsd apache-2.0 bsd-2-clause bsd-3-clause cc0-1.0 cnri-python isc mit mit-0 psf-2.0 zlib zpl-2.1
"""
_FILE_BY_FILE = {"certifi": "mpl-2.0", "shtab": "mpl-2.0", "tld": "mpl-1.1"}
"""Their own files stay under the Mozilla licence; it asks nothing of what uses them. Of tld's three
licences this is the one that is chosen."""
_NAMES = {
    "apache 2.0": "apache-2.0",
    "apache license, version 2.0": "apache-2.0",
    "apache software license": "apache-2.0",
    "bsd": "bsd-3-clause",
    "bsd license": "bsd-3-clause",
    "mit license": "mit",
    "psfl": "psf-2.0",
    "python software foundation license": "psf-2.0",
    "the bsd 2-clause license": "bsd-2-clause",
}


ALL = {found.metadata["Name"].lower(): found for found in installed_with("backissue")}


def licences_of(found: Distribution) -> list[set[str]]:
    """What *found* declares: one of each set is to be kept."""
    said = found.metadata.get("License-Expression") or ""
    if not said:
        text = found.metadata.get("License") or ""
        classifiers = found.metadata.get_all("Classifier") or []
        named = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License")]
        said = text if 0 < len(text) < 60 else named[0] if named else ""
    parts = re.split(r"\s+AND\s+", said)
    return [
        {_NAMES.get(one.lower(), one.lower()) for one in re.split(r"\s+OR\s+", part)}
        for part in parts
    ]


@pytest.mark.parametrize("name", sorted(ALL))
def test_its_licence_is_on_the_list(name: str) -> None:
    allowed = {*_PERMISSIVE.split(), _FILE_BY_FILE.get(name)}
    for choice in licences_of(ALL[name]):
        assert choice & allowed, f"{name}: {' or '.join(sorted(choice))}"


def test_each_exception_is_still_needed() -> None:
    assert set(_FILE_BY_FILE) <= set(ALL)
    for name, licence in _FILE_BY_FILE.items():
        assert licence in licences_of(ALL[name])[0]
