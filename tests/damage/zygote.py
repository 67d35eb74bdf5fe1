"""Reads trials from its standard input, one JSON line each, and answers with what was wrong.

It has imported everything before the first. Run as `-m damage.zygote FOLDER`.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from importlib import import_module
from multiprocessing import resource_tracker
from pathlib import Path

from backissue.cli import COMMANDS
from crash.scene import become_reaper
from crash.zygote import warm
from damage.trial import Trials

_LATE = (
    "archive.replay",
    "archive.releases.making",
    "archive.verify.library",
    "backissue.web.replay_pages",
    "backissue.web.server",
    "h11",
    "pipelines.exporting.export_warc",
    "pipelines.exporting.wacz",
    "pipelines.importing.import_files",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.loops.asyncio",
)


def main() -> None:
    """Answer until the input ends."""
    become_reaper()
    resource_tracker.ensure_running()
    for name in (*_LATE, *(f"backissue.commands.{command}" for command in COMMANDS)):
        import_module(name)
    warm()
    gc.freeze()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a fork prints is no answer
    trials = Trials(Path(sys.argv[1]))
    for line in sys.stdin:
        job = json.loads(line)
        before = trials.count
        try:
            wrong = trials.attempt(**job)
        except Exception:  # noqa: BLE001 -- told to who asked
            wrong = [traceback.format_exc()]
        answer = {"wrong": wrong, "commands": trials.count - before}
        print(json.dumps(answer), file=answers, flush=True)
    trials.close()


if __name__ == "__main__":
    main()
