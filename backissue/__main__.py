"""`python -m backissue`: the command line, as a process of its own."""

import sys

from archive.disk.imports import leave_out_pandas
from backissue.cli import main


def run() -> int:
    """Run the command that the command line names; returns its exit code."""
    leave_out_pandas()
    return main()


if __name__ == "__main__":
    sys.exit(run())
