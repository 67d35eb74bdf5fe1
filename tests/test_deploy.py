"""The files that run a service: what systemd says of the unit, and that the container has no rights."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.utils import canonicalize_name

from closure import installed_with

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


def test_what_is_installed_is_pinned_by_version_and_hash() -> None:
    """`deploy/hashes.py` writes the file; here it is seen that it is as new as the pins."""
    pins = dict(_pins((DEPLOY.parent / "constraints.txt").read_text()))
    text = (DEPLOY / "requirements.txt").read_text()
    hashed = dict(_pins(text))
    needed = {name for name in _installed_with_backissue() if name != "backissue"}
    assert needed <= set(hashed)
    assert {name: hashed[name] for name in needed} == {name: pins[name] for name in needed}
    for entry in re.split(r"\n(?=[^ ])", text.strip())[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry[:60]
    assert "://" not in text  # no registry is named
    assert "--require-hashes -r deploy/requirements.txt" in (DEPLOY / "Containerfile").read_text()


def _pins(text: str) -> list[tuple[str, str]]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", text, re.MULTILINE)
    return [(canonicalize_name(name), version) for name, version in found]


def _installed_with_backissue() -> set[str]:
    return {canonicalize_name(found.metadata["Name"]) for found in installed_with("backissue")}
