"""A command that a running service starts itself: it need not wait for its turn."""

from __future__ import annotations

import sys

from backissue.cli import main

if __name__ == "__main__":
    sys.exit(main(beside_service=False))
