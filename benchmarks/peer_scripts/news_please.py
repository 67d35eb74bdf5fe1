"""Run by news-please's own Python: the pages that a file lists, fetched and read one after another.

python news_please.py ADDRESSES
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from newsplease import NewsPlease

found = 0
for address in Path(sys.argv[1]).read_text().splitlines():
    try:
        article = NewsPlease.from_url(address, request_args={"timeout": 60}, fetch_images=False)
    except Exception as error:  # noqa: BLE001 - it has pages that it cannot read
        print(address, type(error).__name__, file=sys.stderr)
        continue
    text = article.maintext if article else None
    found += bool(text and json.dumps(article.get_serializable_dict()))
print(found)
