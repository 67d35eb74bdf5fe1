"""The exceptions of a crawl: one tree, whose wire stands alone."""

from __future__ import annotations

import ast
import pickle
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from scrapy.utils.misc import load_object

import crawlers
from crawlers import errors, settings
from crawlers.wire import ExchangeFailed

ROOT = Path(__file__).parents[2]


def test_every_exception_stands_in_one_tree() -> None:
    found = {
        value
        for module in walk_packages(crawlers.__path__, "crawlers.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, Exception)
        if value.__module__.startswith("crawlers.")
    }
    assert {error for error in found if not issubclass(error, errors.CrawlError)} == set()
    assert {error for error in found if error.__module__ != "crawlers.errors"} == {ExchangeFailed}
    assert {error.__name__ for error in found} <= set((errors.__doc__ or "").split())


def test_what_is_tried_again_is_in_the_tree() -> None:
    assert [load_object(name) for name in settings.RETRY_EXCEPTIONS] == [errors.Unreached]


@pytest.mark.parametrize(
    "error",
    [
        errors.Blocked("retry_after", "later"),
        errors.HostResting("a.example", 301.0),
        ExchangeFailed("dns", "no such host"),
    ],
)
def test_an_exception_crosses_processes(error: Exception) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), str(error))


def test_the_wire_is_imported_alone() -> None:
    code = "import sys, crawlers.wire; print(*sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    ours = {name for name in loaded if name.startswith("crawlers.")}
    assert ours - {"crawlers.errors"} == {name for name in ours if name.startswith("crawlers.wire")}
    assert "scrapy" not in loaded


def test_no_module_raises_a_bare_exception() -> None:
    raised = {
        (path.name, node.exc.func.id)
        for path in (ROOT / "crawlers").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and isinstance(node.exc.func, ast.Name)
    }
    assert not {name for _, name in raised} & {"Exception", "RuntimeError", "BaseException"}
