"""The card of a service's socket, forged; and what a service does with messages that are none."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from archive.disk.locks import lock
from archive.library import Library
from backissue.sample import SampleMagazines
from backissue.service.socket_card import (
    close_socket,
    connected,
    new_socket,
    service_card,
    socket_path,
)
from backissue.web.replays import replay_of
from serving import flags, is_serving, started, wait_for

_LISTENS = """
import socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
print("up", flush=True)
heard = b""
while True:
    one, _ = listening.accept()
    while data := one.recv(99):
        heard += data
    print(len(heard), flush=True)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder of this user's own, with a short name."""
    with tempfile.TemporaryDirectory(prefix="bi-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def stranger(place: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """The socket of another program, named as ours are."""
    path = place / f"backissue-{secrets.token_hex(6)}.sock"
    program = subprocess.Popen(
        [sys.executable, "-c", _LISTENS, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout
    assert program.stdout.readline() == "up\n"
    yield path, program
    program.kill()
    program.communicate()


def _forge(library: Library, card: Any) -> None:
    data = card if isinstance(card, bytes) else json.dumps(card).encode()
    service_card(library.path).write_bytes(data)


FORGED: list[Any] = [
    b"",
    b"[" * 90_000,
    b'{"socket": "\x00"}',
    [],
    {"socket": 7, "pid": 1},
    {"socket": "/dev/null", "pid": 10**40},
    {"socket": "x" * 9_000},
    {"socket": "../../x.sock"},
    {"socket": {"a": 1}},
]


@pytest.mark.parametrize("card", FORGED, ids=range(len(FORGED)))
def test_a_card_that_names_no_socket_is_as_none(library: Library, card: Any) -> None:
    _forge(library, card)
    assert socket_path(library.path) is None
    with closing(new_socket(library.path)) as listening:
        close_socket(library.path, Path(listening.getsockname()))
    assert not service_card(library.path).exists()


def test_a_service_removes_no_socket_of_another_program(
    library: Library, place: Path, stranger: tuple[Path, subprocess.Popen[str]]
) -> None:
    other = place / "program.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(other))  # nobody listens: as a program that is just starting
        for path in (stranger[0], other):
            _forge(library, {"socket": str(path), "pid": os.getpid()})
            with closing(new_socket(library.path)) as listening:
                _forge(library, {"socket": str(path), "pid": os.getpid()})
                own = Path(listening.getsockname())
                assert own.exists()
                close_socket(library.path, Path(listening.getsockname()))
            assert path.exists()
            assert not own.exists()


def test_the_socket_of_a_service_that_was_killed_is_removed(library: Library) -> None:
    with closing(new_socket(library.path)) as killed:
        left = Path(killed.getsockname())
    with closing(new_socket(library.path)) as listening:
        assert not left.exists()
        close_socket(library.path, Path(listening.getsockname()))


def test_no_command_says_a_word_to_another_program(
    library: Library, stranger: tuple[Path, subprocess.Popen[str]]
) -> None:
    path, program = stranger
    _forge(library, {"socket": str(path), "pid": program.pid})
    with lock(library.lock_file("serve")):
        assert connected(library.path) is None
        assert program.stdout
        assert program.stdout.readline() == "0\n"
        with closing(new_socket(library.path)) as listening:
            found = connected(library.path)
            assert found
            found.close()
            close_socket(library.path, Path(listening.getsockname()))


def test_a_card_of_a_replay_elsewhere_is_not_asked(library: Library) -> None:
    with socket.create_server(("127.0.0.2", 0)) as elsewhere:
        port = elsewhere.getsockname()[1]
        elsewhere.setblocking(False)
        for url in (f"http://127.0.0.2:{port}/", "javascript:alert(1)", "http://127.0.0.1:9e9/", 7):
            (library.path / "state/replay.json").write_text(json.dumps({"url": url}))
            assert replay_of(library) is None
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


_SOURCE = {"name": "x", "url": "http://x.example/"}
MESSAGES: list[bytes] = [
    b"\n",
    b"no JSON\n",
    b"\xff\x00\n",
    b"[" * 100_000 + b"\n",
    b"[1]\n",
    b'{"want": 9}\n',
    b'{"want": "crawl", "resolve": 5}\n',
    b'{"want": "crawl", "resolve": [{}]}\n',
    b"x" * 10_000_000,
    *(
        b'{"want": "crawl"}\n' + order + b"\n"
        for order in (
            b"[]",
            b'{"halt": 5}',
            b'{"halt": {"source": []}}',
            b'{"halt": {"no": 1}}',
            b'{"order": {}}',
            b'{"order": {"source": 7}}',
            b'{"run": {}}',
            b'{"refused": {"source": 1, "reason": 2}}',
            b"[" * 100_000,
            json.dumps({"order": {"source": _SOURCE, "delays": "soon"}}).encode(),
            json.dumps({"order": {"source": _SOURCE, "delays": {"x": -1e400}}}).encode(),
            json.dumps({"order": {"source": _SOURCE, "scheduled_for": 7}}).encode(),
            json.dumps({"order": {"source": _SOURCE, "more": 7}}).encode(),
        )
    ),
]


def test_messages_that_are_none_leave_no_trace_in_a_service(
    library: Library, site: SampleMagazines
) -> None:
    with started("serve", "--port", "0", *flags(library, site)) as service:
        wait_for(lambda: is_serving(library))
        for message in MESSAGES:
            connection = connected(library.path)
            assert connection
            with connection:
                connection.settimeout(20)
                try:
                    connection.sendall(message)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(4096):
                        pass
                except (BrokenPipeError, ConnectionResetError):  # it has heard enough
                    pass
        assert service.poll() is None
        last = connected(library.path)
        assert last
        with last:
            last.sendall(b'{"want": "look"}\n')
            assert last.recv(99) == b'{"ready": true}\n'
        service.send_signal(signal.SIGTERM)
        said, _ = service.communicate(timeout=60)
    assert service.returncode == 0
    assert "Traceback" not in said
    assert "Error" not in said
