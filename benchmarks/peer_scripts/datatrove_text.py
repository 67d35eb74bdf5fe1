"""Run by datatrove's own Python: the text of all pages in a folder of WARC files, into Parquet.

python datatrove_text.py WARC_FOLDER OUT
"""

from __future__ import annotations

import sys

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import ParquetWriter

if __name__ == "__main__":  # its extractor starts processes that load this file again
    warcs, out = sys.argv[1:]
    extractor = Trafilatura(favour_precision=True, timeout=10)
    pipeline = [WarcReader(warcs), extractor, ParquetWriter(out)]
    LocalPipelineExecutor(pipeline=pipeline, tasks=1, logging_dir=f"{out}/logs").run()
