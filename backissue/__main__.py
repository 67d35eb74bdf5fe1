"""`python -m backissue`: the command line."""

import sys

from backissue.cli import main

sys.exit(main())
