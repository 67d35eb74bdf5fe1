"""The console beside a service: in a process of its own, which ends with the service."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.library import Library
from serving import is_serving, started, wait_for
from support import command


def url_from(service: subprocess.Popen[str]) -> str:
    """The address that the service prints."""
    assert service.stdout
    for line in service.stdout:
        if found := re.search(r"console: (http://\S+)", line):
            return found[1]
    raise AssertionError("the service named no console")


def health(url: str) -> object:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request("GET", "/healthz")
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def answers(url: str) -> bool:
    with suppress(OSError, http.client.HTTPException):
        return health(url) == {"status": "ok"}
    return False


def children(pid: int) -> dict[int, str]:
    """The processes that *pid* started, and their command lines."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            parent = int(path.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found[int(path.name)] = path.joinpath("cmdline").read_bytes().decode()
    return found


def console_of(service: subprocess.Popen[str]) -> int:
    return next(pid for pid, line in children(service.pid).items() if "backissue.web" in line)


def test_it_is_another_process_and_ends_with_the_service(library: Library) -> None:
    with started("serve", "--library", str(library.path), "--port", "0") as service:
        url = url_from(service)
        assert health(url) == {"status": "ok"}
        pid = console_of(service)
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
    assert not Path(f"/proc/{pid}").exists()
    assert not answers(url)


def test_it_does_not_outlive_a_service_that_was_killed(library: Library) -> None:
    with started("serve", "--library", str(library.path), "--port", "0") as service:
        url_from(service)
        pid = console_of(service)
        service.kill()
        service.wait(30)
        wait_for(lambda: not Path(f"/proc/{pid}").exists())


@pytest.mark.long
def test_it_is_started_again_at_the_same_address(library: Library) -> None:
    with started("serve", "--library", str(library.path), "--port", "0") as service:
        url = url_from(service)
        first = console_of(service)
        os.kill(first, signal.SIGKILL)
        assert url_from(service) == url
        assert answers(url)
        assert console_of(service) != first
        service.send_signal(signal.SIGINT)
        assert service.wait(60) == 0


@pytest.mark.long
def test_a_port_that_was_asked_for_and_is_taken_ends_the_service(library: Library) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = command("serve", "--library", library.path, "--port", port)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert f"port {port}: Address already in use" in done.stderr
        settings = library.path / "library.toml"
        settings.write_text(re.sub(r"(?m)^# port = \S+", f"port = {port}", settings.read_text()))
        assert command("serve", "--library", library.path).returncode == 2


@pytest.mark.long
def test_where_nobody_asked_for_a_port_another_is_taken(library: Library) -> None:
    with suppress(OSError), socket.create_server(("127.0.0.1", 8300)):
        with started("serve", "--library", str(library.path)) as service:
            assert urlsplit(url_from(service)).port != 8300
            service.send_signal(signal.SIGTERM)
            assert service.wait(60) == 0
        return


def test_a_service_without_a_console(library: Library) -> None:
    with started("serve", "--library", str(library.path), "--no-web") as service:
        wait_for(lambda: is_serving(library))
        assert not any("backissue.web" in line for line in children(service.pid).values())
        service.send_signal(signal.SIGTERM)
        assert service.wait(60) == 0
