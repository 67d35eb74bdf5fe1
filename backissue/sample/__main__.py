"""`python -m backissue.sample`: the sample magazines in your browser, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
import threading

from backissue.sample import SampleMagazines
from backissue.sample.quarry import QUARRY


def main(arguments: list[str] | None = None) -> int:
    """Serve the magazines and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m backissue.sample", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8080, help="port on 127.0.0.1; 0 takes any free"
    )
    parser.add_argument("--edition", type=int, choices=(1, 2), default=1, help="which edition")
    options = parser.parse_args(arguments)
    try:
        site = SampleMagazines(options.port)
    except (OSError, OverflowError) as error:
        print(f"port {options.port}: {error}: give another with --port", file=sys.stderr)
        return 2
    with site:
        if options.edition == 2:
            site.advance()
        print(f"http://127.0.0.1:{site.port}/", flush=True)
        for magazine in (*site.magazines, QUARRY):
            print(f"{magazine.title}: http://{magazine.name}.localhost:{site.port}/", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
