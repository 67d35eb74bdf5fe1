"""Run by datatrove's own Python: the text of all pages in a folder of WARC files, into Parquet.

python datatrove_text.py WARC_FOLDER OUT
"""

from __future__ import annotations

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import ParquetWriter

warcs, out = sys.argv[1:]
pipeline = [WarcReader(warcs), Trafilatura(favour_precision=True, timeout=10), ParquetWriter(out)]
LocalPipelineExecutor(pipeline=pipeline, tasks=1, logging_dir=f"{out}/logs").run()
