"""The files that run a service: what systemd says of the unit, and that the container has no rights."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

DEPLOY = Path(__file__).parents[1] / "deploy"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_unit_and_finds_it_confined(tmp_path: Path) -> None:
    text = (DEPLOY / "backissue.service").read_text()
    unit = tmp_path / "backissue.service"
    unit.write_text(text.replace("/opt/backissue/bin/backissue", "/bin/true"))
    said = subprocess.run(
        ["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False, timeout=60
    )
    assert [line for line in said.stderr.splitlines() if "backissue" in line] == []
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=20", unit],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout[-300:]


def test_the_unit_lets_what_is_on_its_way_come_in() -> None:
    text = (DEPLOY / "backissue.service").read_text()
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert seconds
    assert int(seconds[1]) >= 120


def test_the_container_runs_without_rights_on_one_volume() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    last = text.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\d+)", last, re.MULTILINE) == ["10001"]
    assert re.findall(r"^VOLUME (.+)$", text, re.MULTILINE) == ["/library"]
    assert "/healthz" in last.partition("HEALTHCHECK")[2]
    assert 'CMD ["serve", "--host", "0.0.0.0"' in last  # else no port of it can be reached
    (service,) = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].values()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert [one.partition(":")[2] for one in service["volumes"]] == ["/library"]
    assert all(one.startswith("127.0.0.1:") for one in service["ports"])
