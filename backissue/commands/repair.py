"""`backissue repair`: mend what a crash left, and say what was done."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from archive import files
from archive.library import Library
from archive.repair import recover
from backissue.output import print_json, say


def run(options: argparse.Namespace) -> int:
    """Mend the library's WARC files; files that a live crawl writes are left alone."""
    with Library.open(options.library) as library, files.speaking_errors(library.path):
        mended = recover(library)
    for one in mended:
        if options.json:
            print_json("mended", asdict(one))
        else:
            cut = f", {one.cut:,} torn bytes to quarantine/" if one.cut else ""
            say(options, f"{one.file}: sealed with {one.records:,} records{cut}")
    if options.json:
        print_json("summary", {"mended": len(mended)})
    elif not mended:
        say(options, "nothing to mend")
    return 0
