"""A crawl process whose parent is gone ends by itself, in good order."""

from __future__ import annotations

import select
import socket
import subprocess
import sys
import threading

import pytest

from archive.errors import ExitCode
from archive.library import Library
from archive.source import Source
from crawlers.politeness.pace import host_delays
from crawlers.process.child import CrawlJob, send_whole, spawn
from crawlers.process_orders import Order, message_to_line
from loopback import Answer, serving


def test_it_ends_without_a_word_when_its_parent_dies_with_reports_unread(
    library: Library, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving() as host:
        host.answer = lambda name, path, _: Answer(seconds=0 if path == "/robots.txt" else 0.3)
        pages = tuple(f"http://long.example/{n}" for n in range(400))
        source = Source(name="long", url="http://long.example/", pages=pages, delay=0)
        process, connection = spawn(CrawlJob(library.path, (source,), True, host.resolve))
        try:
            connection.sendall(message_to_line(Order(source, host_delays((source,)))))
            assert select.select([connection], [], [], 60)[0]  # a report waits, and stays unread
            connection.close()  # as the kernel does for a process that is killed: a reset, not an end
            process.join(40)
            assert process.exitcode == ExitCode.INTERRUPTED
        finally:
            process.kill()
            process.join()
    assert "Traceback" not in capfd.readouterr().err
    assert not list(library.path.glob("warc/**/*.open"))


def test_what_the_fork_server_loads_has_no_reactor_and_no_thread() -> None:
    code = (
        "import os, sys, multiprocessing.forkserver, crawlers.process.preload\n"
        "print('twisted.internet.reactor' in sys.modules, len(os.listdir('/proc/self/task')))\n"
        "print(*(name for name in ('scrapy', 'crawlers.spiders.magazine') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["False", "1", "scrapy", "crawlers.spiders.magazine"]


def test_a_long_report_arrives_whole_on_a_socket_that_asyncio_reads() -> None:
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)  # as asyncio does
    data = bytes(range(256)) * 20_000
    sender = threading.Thread(target=send_whole, args=(theirs, data))
    sender.start()
    with ours, ours.makefile("rb") as stream:
        assert stream.read(len(data)) == data
    sender.join(30)
    assert not sender.is_alive()
    theirs.close()
