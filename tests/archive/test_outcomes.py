"""The words for what became of a URL: the same ones from a live crawl and from its captures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import pytest

from archive.outcomes import (
    CUT,
    FAILED,
    GONE,
    HAD,
    LOST,
    PASSING,
    REDIRECTED,
    REFUSED,
    is_failure,
    of_answer,
    of_cut,
    of_failure,
)
from archive.types import Capture, RevisitProfile, Truncated
from archive.warc.crawl_log import outcome_of


@pytest.mark.parametrize(
    ("status", "profile", "outcome"),
    [
        (200, None, "fetched"),
        (200, "identical-payload-digest", "duplicate"),
        (304, "server-not-modified", "not_modified"),
        (304, None, "error:http_304"),
        (404, None, "error:http_404"),
        (429, None, "blocked:http_429"),
        (503, None, "error:http_503"),
        (None, None, "error:http_None"),
    ],
)
def test_an_answer_is_called_by_its_status_or_its_profile(
    status: int | None, profile: RevisitProfile | None, outcome: str
) -> None:
    assert of_answer(status, profile) == outcome
    assert is_failure(outcome) is (outcome not in HAD)


@pytest.mark.parametrize("status", [200, 206, 304, 404, 410, 429, 500, 503])
def test_a_capture_has_the_outcome_that_the_live_crawl_gave(
    make_capture: Callable[..., Capture], status: int
) -> None:
    capture = make_capture(0, head=b"HTTP/1.1 %d X\r\n\r\n" % status)
    assert outcome_of(capture) == of_answer(status, None)


@pytest.mark.parametrize("reason", get_args(Truncated))
def test_a_cut_answer_is_called_by_the_failure_that_cut_it(
    make_capture: Callable[..., Capture], reason: Any
) -> None:
    assert outcome_of(make_capture(0, truncated=reason)) == of_cut(reason)
    assert of_cut(reason) == of_failure(CUT[reason])
    assert is_failure(of_cut(reason))


def test_only_failures_are_tried_again_and_what_is_gone_was_refused() -> None:
    assert not any(word.startswith((*FAILED, *PASSING)) for word in (*HAD, REDIRECTED))
    assert all(word.startswith(REFUSED) for word in GONE)
    assert is_failure(LOST)
    assert not is_failure(of_failure("off_scope"))
    assert of_failure("too_large") == "too_large"
