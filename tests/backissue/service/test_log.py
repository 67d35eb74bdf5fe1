"""What a service says: with zones for people, as JSON Lines for programs, and nothing but lines."""

from __future__ import annotations

import json
import subprocess
import sys

_SAID = """
import logging
from archive.state.rows import Run
from backissue.service.log import RUN, begin
begin(quiet={quiet}, as_json={as_json})
log = logging.getLogger("backissue.service")
run = Run("r1", "review", None, "2026-11-24T06:00:00+00:00", None, "aborted", "no host")
log.info("begun")
log.warning("%s: \\x1b[2J%s", run.source, "two\\nlines", extra={{RUN: run}})
"""


def said(**how: bool) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _SAID.format(**how)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env={"TZ": "Asia/Kathmandu"},
    )


def test_a_line_has_its_zone_and_is_one_line() -> None:
    first, second = said(quiet=False, as_json=False).stderr.splitlines()
    assert first[10] == "T"
    assert first[19:].startswith("+0545 INFO begun")
    assert second.endswith("WARNING review: \\x1b[2Jtwo\\nlines")


def test_quiet_says_what_went_wrong() -> None:
    (line,) = said(quiet=True, as_json=False).stderr.splitlines()
    assert "WARNING review" in line


def test_programs_get_json_on_standard_output() -> None:
    done = said(quiet=False, as_json=True)
    log, run = map(json.loads, done.stdout.splitlines())
    assert (log["type"], log["level"], log["message"]) == ("log", "info", "begun")
    assert (run["type"], run["run_id"], run["state"]) == ("run", "r1", "aborted")
    assert not done.stderr
