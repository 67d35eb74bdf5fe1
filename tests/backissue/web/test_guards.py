"""Whom the console answers: by host, by origin, by key; and what every answer says to browsers."""

from __future__ import annotations

import base64
import re
import signal
import socket
import stat
from pathlib import Path

import pytest

from archive.library import Library
from console import Console, console
from mounts import read_only
from support import command


def test_a_stranger_who_resolves_to_this_machine_is_refused(library: Library) -> None:
    with console(library.path) as running:
        port = running.place.rpartition(":")[2]
        for name in ("127.0.0.1", "localhost", "[::1]", f"localhost:{port}", "LOCALHOST:1"):
            assert running.get("/", Host=name).status == 200, name
        for name in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", ""):
            assert running.get("/healthz", Host=name).status in (400, 421), name


def test_what_may_change_something_must_come_from_the_console(library: Library) -> None:
    with console(library.path) as running:
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            assert running.get("/", method).status == 403
            assert running.get("/", method, Origin="https://evil.example").status == 403
            assert running.get("/", method, Origin="null").status == 403
        assert running.get("/", "POST", Origin=f"http://{running.place}").status == 405


def test_answers_tell_browsers_to_load_and_run_nothing_else(library: Library) -> None:
    with console(library.path) as running:
        for path in ("/", "/nothing", "/style.css", "/metrics", "/feed/x.atom"):
            headers = running.get(path).headers
            policy = headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self' data:")
            assert "frame-ancestors 'none'" in policy
            assert "script" not in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
        assert running.get("/").headers["Cache-Control"] == "no-store"
        assert running.get("/nothing").headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in running.get("/").headers


def code_of(running: Console) -> str:
    found = re.search(r"\?code=([\w-]+)$", running.url)
    assert found, running.url
    return found[1]


def test_beyond_this_machine_a_key_is_asked_for(library: Library) -> None:
    key_file = library.path / "state/console-token"
    with console(library.path, "--host", "0.0.0.0") as running:
        key = key_file.read_text().strip()
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        for path in ("/", "/metrics", "/feed/x.atom", "/storage", "/?code=guessed"):
            assert running.get(path).status == 401, path
        assert running.get("/style.css").status == 200
        assert running.get("/healthz").facts == {"status": "ok"}
        assert running.get("/metrics", Authorization=f"Bearer {key}").status == 200
        assert running.get("/metrics", Authorization=f"Bearer {key}x").status == 401
        assert running.get("/metrics", Authorization=f"Basic {key}").status == 401
        assert running.get("/", Host="10.1.2.3:8300", Authorization=f"Bearer {key}").status == 200
        assert running.get("/", Host="evil.example", Authorization=f"Bearer {key}").status == 421


def test_a_second_key_opens_what_programs_read_and_no_page(library: Library) -> None:
    key_file = library.path / "state/console-reading-key"
    with console(library.path, "--host", "0.0.0.0") as running:
        key = key_file.read_text().strip()
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        assert key != library.path.joinpath("state/console-token").read_text().strip()
        bearer = f"Bearer {key}"
        reader = f"Basic {base64.b64encode(f'anybody:{key}'.encode()).decode()}"
        for given in (bearer, reader):
            assert running.get("/metrics", Authorization=given).status == 200
            assert running.get("/feed/x.atom", Authorization=given).status == 404
            found = running.get("/storage", Authorization=given, Accept="application/json")
            assert found.status == 200
            assert running.get("/storage", Authorization=given).status == 401
        for wrong in (f"Bearer {key}x", "Basic !", "Basic", f"Basic {key}", "Bearer", ""):
            assert running.get("/metrics", Authorization=wrong).status == 401, wrong
        challenge = running.get("/feed/x.atom").headers["WWW-Authenticate"]
        assert challenge.startswith("Basic ")  # so that a feed reader asks for a password


def test_the_code_of_the_printed_address_is_good_once(library: Library) -> None:
    with console(library.path, "--host", "0.0.0.0") as running:
        code = code_of(running)
        reply = running.get(f"/?code={code}")
        assert (reply.status, reply.headers["Location"]) == (303, "/")
        given = reply.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Strict"} <= set(given.split("; "))
        cookie = given.split(";")[0]
        assert running.get("/", Cookie=cookie).status == 200
        assert running.get("/", Cookie=cookie[:-1]).status == 401
        assert running.get(f"/?code={code}").status == 401
        assert library.path.joinpath("state/console-token").read_text().strip() not in given
    with console(library.path, "--host", "0.0.0.0") as again:
        assert again.get("/", Cookie=cookie).status == 200
        assert code_of(again) != code


def test_cookies_of_two_libraries_have_two_names(library: Library, tmp_path: Path) -> None:
    names = set()
    with Library.create(tmp_path / "other") as other:
        for one in (library, other):
            with console(one.path, "--host", "0.0.0.0") as running:
                given = running.get(f"/?code={code_of(running)}").headers["Set-Cookie"]
                names.add(given.partition("=")[0])
    assert len(names) == 2


def test_a_library_without_room_for_a_key_is_guarded_all_the_same(
    library: Library, tmp_path: Path
) -> None:
    with (
        read_only(library.path, tmp_path / "ro") as folder,
        console(folder, "--host", "0.0.0.0") as running,
    ):
        assert running.get("/").status == 401
        cookie = running.get(f"/?code={code_of(running)}").headers["Set-Cookie"].split(";")[0]
        assert running.get("/", Cookie=cookie).status == 200


@pytest.mark.parametrize(
    "flags", [["--port", "99999"], ["--port", "-1"], ["--host", "203.0.113.9"]]
)
def test_an_address_that_cannot_be_is_said_in_one_line(library: Library, flags: list[str]) -> None:
    done = command("web", "--library", library.path, *flags)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert flags[1] in done.stderr


def test_a_taken_port_is_said_in_one_line(library: Library) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = command("web", "--library", library.path, "--port", port)
    assert done.returncode == 2
    assert (
        done.stderr
        == f"backissue: port {port}: Address already in use: choose another with --port\n"
    )


def test_where_there_is_no_library_there_is_no_console(tmp_path: Path) -> None:
    done = command("web", "--library", tmp_path, "--port", "0")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_well(library: Library, number: signal.Signals) -> None:
    with console(library.path) as running:
        assert running.get("/healthz").status == 200
        running.process.send_signal(number)
        assert running.process.wait(20) == 0
