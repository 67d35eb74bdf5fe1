"""`python -m backissue`: the command line, as a process of its own."""

import gc
import sys

from archive.disk.imports import leave_out_pandas
from backissue.cli import main


def run() -> int:
    """Run the command that the command line names; returns its exit code."""
    leave_out_pandas()
    gc.set_threshold(20_000)  # objects: most are modules and functions, which stay
    code = main()
    gc.freeze()  # what is left goes with the process: to look through it first takes 0.1 s
    return code


if __name__ == "__main__":
    sys.exit(run())
