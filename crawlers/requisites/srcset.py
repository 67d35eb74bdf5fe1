"""`srcset` into the addresses of its candidates.

After https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ADDRESS = re.compile(r"[ \t\n\f\r,]*+([^ \t\n\f\r]++)")
_DESCRIPTORS = re.compile(r"[^,(]*+(?:\([^)]*+\)?[^,(]*+)*+,?")


def candidates(srcset: str) -> Iterator[str]:
    """The addresses in *srcset*, for all widths and densities, in their order.

    >>> list(candidates("small.jpg 480w, data:image/gif;base64,R0l 1x, big.jpg"))
    ['small.jpg', 'data:image/gif;base64,R0l', 'big.jpg']
    """
    at = 0
    while match := _ADDRESS.match(srcset, at):
        at, address = match.end(), match[1]
        if not address.endswith(","):
            rest = _DESCRIPTORS.match(srcset, at)
            at = rest.end() if rest else len(srcset)
        yield address.rstrip(",")
