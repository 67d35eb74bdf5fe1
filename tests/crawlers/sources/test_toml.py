from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import ExitCode, InvalidSource, UsageError
from archive.source import Source
from crawlers.sources.cron import cron_trigger
from crawlers.sources.toml import load_source, load_sources, write_source

URL = 'url = "https://a.example/"\n'
FIELDS = (
    "archives, article, backfill, budget, comments, delay, feeds, header_hosts, headers, name, pages, schedule, sections, since, sitemaps, "
    "timezone, title, url"
)
SECONDS = "expected a number of seconds, 0 or more, at most 86,400"
SCHEDULES = (
    'expected "adaptive", "every 30m", "every 2h", "every 7d" '
    'or five cron fields such as "0 6 * * MON-FRI"'
)


def source(**fields: Any) -> Source:
    return Source.model_validate({"url": "https://a.example/"} | fields)


def test_a_declaration_is_read(tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    path.write_text(
        """
        name = "the-review"
        url = "https://review.example/"
        schedule = "0 6 * * MON-FRI"
        timezone = "Europe/Berlin"
        sitemaps = ["/wp-sitemap.xml"]
        archives = ["/archive/{year}/{month:02}/"]
        article = { allow = ["/20\\\\d\\\\d/"], deny = ["/tag/"] }
        since = 2020-01-01
        delay = 2
        """
    )
    made = load_source(path)
    assert made.name == "the-review"
    assert made.cadence.cron == "0 6 * * MON-FRI"
    assert made.sitemaps == ("https://review.example/wp-sitemap.xml",)
    assert made.article.allow == (r"/20\d\d/",)
    assert made.since == date(2020, 1, 1)
    assert made.delay == 2.0


@pytest.mark.parametrize(
    ("file", "name"), [("review.toml", "review"), ("My Review.toml", "a-example")]
)
def test_a_nameless_source_is_named_after_its_file_or_host(
    tmp_path: Path, file: str, name: str
) -> None:
    (tmp_path / file).write_text(URL)
    assert load_source(tmp_path / file).name == name


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b'\xef\xbb\xbfurl = "https://a.example/"\r\ndelay = 0\r\n')
    assert load_source(path).delay == 0.0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", 'url: expected url = "https://…", the magazine\'s address'),
        ("url = 5", "url: expected a text in quotes, not 5"),
        (
            'url = "a.example"',
            'url: expected an address that begins with http:// or https://, not "a.example"',
        ),
        (
            'url = "https://a b/"',
            'url: expected an address without spaces and line ends: write a space as %20, not "https://a b/"',
        ),
        (URL + 'feed = ["/f"]', f"feed: expected one of {FIELDS} (did you mean feeds?)"),
        (URL + '"a\\nb" = 1', f"a b: expected one of {FIELDS}"),
        (
            URL + "article = { alow = [] }",
            "article.alow: expected one of allow, deny (did you mean allow?)",
        ),
        (
            URL + 'feeds = "/f"',
            'feeds: expected a list of texts, as in ["/politics/", "/culture/"], not "/f"',
        ),
        (URL + "feeds = ['/f', 5]", "feeds[1]: expected a text in quotes, not 5"),
        (
            URL + 'feeds = [""]',
            'feeds[0]: expected an address, as in /politics/ or https://review.example/politics/, not ""',
        ),
        (
            URL + 'archives = ["/{page}/"]',
            "archives[0]: expected an address with no other braces than {year}, {month:02} and {day:02}, "
            'not "/{page}/"',
        ),
        (
            URL + 'article = { allow = ["("] }',
            "article.allow[0]: expected a regular expression "
            '(missing ), unterminated subpattern at position 0), not "("',
        ),
        (
            URL + "article = 5",
            'article: expected a table, as in { allow = ["/20[0-9]{2}/"], deny = ["/tag/"] }, not 5',
        ),
        (
            URL + 'since = "2020-01-01"',
            'since: expected a date without quotes, as in 2020-01-01, not "2020-01-01"',
        ),
        (URL + "delay = -1", f"delay: {SECONDS}, not -1"),
        (URL + "delay = 1e300", f"delay: {SECONDS}, not 1e+300"),
        (URL + f"delay = {'9' * 5000}", "file: expected TOML (a number of thousands of digits)"),
        (
            URL + "budget = 5",
            'budget: expected a table, as in { requests = 20000, time = "6h" }, not 5',
        ),
        (
            URL + "budget = { requests = 0 }",
            "budget.requests: expected a number of at least 1, not 0",
        ),
        (
            URL + "budget = { requests = 1e9 }",
            "budget.requests: expected a whole number, 1 or more, not 1000000000.0",
        ),
        (
            URL + 'budget = { time = "soon" }',
            'budget.time: expected a time such as "30m", "6h" or "2d", not "soon"',
        ),
        (
            URL + 'budget = { tiem = "1h" }',
            "budget.tiem: expected one of depth, lists, requests, time (did you mean time?)",
        ),
        (URL + "delay = inf", f"delay: {SECONDS}, not Infinity"),
        (URL + 'delay = "1"', f'delay: {SECONDS}, not "1"'),
        (URL + "delay = true", f"delay: {SECONDS}, not true"),
        (URL + 'comments = "yes"', 'comments: expected true or false, not "yes"'),
        (URL + 'title = ""', 'title: expected one line of text, not ""'),
        (
            URL + 'name = "My Review"',
            "name: expected 1 to 63 characters of a-z, 0-9 and -, the first of them no -, "
            'not "My Review"',
        ),
        (
            URL + 'timezone = "CEST"',
            'timezone: expected a time zone such as "UTC" or "Europe/Berlin", not "CEST"',
        ),
        (URL + 'schedule = "hourly"', f'schedule: {SCHEDULES}, not "hourly"'),
        (
            URL + 'schedule = "61 * * * *"',
            "schedule: expected five cron fields (Error validating expression '61': "
            "the last value (61) is higher than the maximum value (59))",
        ),
        (
            URL + 'schedule = "0 6 * * 8"',
            "schedule: expected five cron fields ('8' is no day of the week)",
        ),
        (
            URL + 'schedule = "0 6 * * FRY"',
            "schedule: expected five cron fields ('FRY' is no day of the week)",
        ),
        (
            URL + 'schedule = "0 0 31 2 *"',
            "schedule: expected a cron schedule that comes due, '0 0 31 2 *' never does",
        ),
        ("name = x", "line 1, column 8: expected TOML (Invalid value)"),
        ('url = "', "end of document: expected TOML (Unterminated string)"),
        ("a = " + "[" * 20_000, "file: expected TOML with less nesting"),
    ],
)
def test_an_error_is_one_line_of_file_field_and_expectation(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "a.toml"
    path.write_text(content)
    with pytest.raises(InvalidSource) as caught:
        load_source(path)
    assert str(caught.value) == f"{path}: {message}"
    assert len(str(caught.value).splitlines()) == 1
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_long_value_is_cut_in_the_message(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(f'url = "{"x" * 5000}"')
    with pytest.raises(InvalidSource, match=r"…$"):
        load_source(path)


def test_a_missing_file_and_one_that_is_no_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(
        InvalidSource, match=r"file: expected a readable file \(No such file or directory\)$"
    ):
        load_source(tmp_path / "none.toml")
    path = tmp_path / "a.toml"
    path.write_bytes(b'url = "\xff"')
    with pytest.raises(InvalidSource, match=r"file: expected UTF-8 text \(byte 7 is none\)$"):
        load_source(path)


def test_sources_come_sorted_by_name(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.toml").write_text(URL)
    (tmp_path / ".a.toml.swp.toml").write_text("an editor's")
    (tmp_path / "README.md").write_text("not a source")
    assert [made.name for made in load_sources(tmp_path)] == ["a", "b", "c"]
    assert [made.name for made in load_sources(tmp_path, ("c", "a"))] == ["a", "c"]
    assert load_sources(tmp_path / "none") == []


def test_an_unknown_name_is_told_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_sources(tmp_path, ("review",))
    assert (
        str(caught.value)
        == f"no source 'review': {tmp_path} has none yet: write one there as NAME.toml"
    )
    for name in ("review", "times"):
        (tmp_path / f"{name}.toml").write_text(URL)
    with pytest.raises(UsageError) as caught:
        load_sources(tmp_path, ("revew",))
    assert str(caught.value) == "no source 'revew': known are review, times; did you mean review?"
    with pytest.raises(UsageError) as caught:
        load_sources(tmp_path, ("x",))
    assert str(caught.value) == "no source 'x': known are review, times"


def test_two_sources_cannot_share_a_name(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(URL)
    (tmp_path / "b.toml").write_text(URL + 'name = "a"')
    with pytest.raises(
        InvalidSource, match=r"b\.toml: name: expected another one, a\.toml has 'a'$"
    ):
        load_sources(tmp_path)


def test_a_broken_file_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(URL)
    (tmp_path / "b.toml").write_text(URL + "dela = 3")
    (tmp_path / "c.toml").write_text(URL + 'name = "a"')
    told: list[InvalidSource] = []
    assert [made.name for made in load_sources(tmp_path, (), told.append)] == ["a"]
    assert [str(error).partition(": ")[2][:12] for error in told] == [
        "dela: expect",
        "name: expect",
    ]
    assert [made.name for made in load_sources(tmp_path, ("a",), told.append)] == ["a"]
    assert len(told) == 2
    with pytest.raises(InvalidSource, match="dela"):
        load_sources(tmp_path, ("b",), told.append)


def test_an_address_without_a_scheme_is_known_for_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"https://www\.review\.example/a \?$"):
        load_sources(tmp_path, ("www.review.example/a",))


def test_a_written_file_is_commented_and_sparse(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    made = source(feeds=["/f", "/g"], article={"allow": [r"/20\d\d/"]}, delay=0)
    comments = {
        "": "The A\nfound by hand",
        "feeds": "two of them",
        "sections": "none found",
        "since": "open",
    }
    write_source(path, made, comments)
    assert path.read_text() == (
        "# The A\n# found by hand\n"
        'name = "a-example"\nurl = "https://a.example/"\n'
        '# two of them\nfeeds = [\n    "https://a.example/f",\n    "https://a.example/g",\n]\n'
        "# none found\n# sections = []\n"
        "article = { allow = ['/20\\d\\d/'], deny = [] }\n"
        "# open\n# since =\n"
        "delay = 0.0\n"
    )
    assert load_source(path) == made


def test_a_comment_cannot_break_out_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    write_source(path, source(), {"": "x\rdelay = 5\x0b\x00y", "url": "\u2028delay = 6"})
    assert load_source(path) == source(name="a-example")


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1)


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    title=TEXTS.filter(str.strip),
    allow=st.lists(st.sampled_from(["\x7f", "'\\d'", '"\\w"', "\n", "\\\\", "\t|\\.", "ä\\b"])),
    delay=st.floats(min_value=0, max_value=86_400),
    since=st.none() | st.dates(),
    comments=st.none() | st.booleans(),
)
def test_what_is_written_is_read_again(tmp_path: Path, **fields: Any) -> None:
    made = source(article={"allow": fields.pop("allow")}, **fields)
    write_source(tmp_path / "a.toml", made)
    assert load_source(tmp_path / "a.toml") == made


@pytest.mark.parametrize(
    ("field", "days"),
    [
        ("0", {6}),
        ("7", {6}),
        ("1-5", {0, 1, 2, 3, 4}),
        ("MON-FRI", {0, 1, 2, 3, 4}),
        ("5-1", {4, 5, 6, 0}),
        ("sat-sun", {5, 6}),
        ("*/2", {6, 1, 3, 5}),
        ("mon,3", {0, 2}),
        ("*", {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_weekdays_count_as_in_crontab(field: str, days: set[int]) -> None:
    trigger = cron_trigger(source(schedule=f"30 6 * * {field}", timezone="Europe/Berlin"))
    assert trigger is not None
    now, fired = datetime(2024, 5, 13, tzinfo=ZoneInfo("Europe/Berlin")), []
    while (due := trigger.get_next_fire_time(None, now)) < datetime(2024, 5, 20, tzinfo=now.tzinfo):
        fired.append(due)
        now = due + timedelta(minutes=1)
    assert {due.weekday() for due in fired} == days
    assert {(due.hour, due.minute) for due in fired} == {(6, 30)}


def test_only_cron_schedules_have_a_trigger() -> None:
    assert cron_trigger(source()) is None
    assert cron_trigger(source(schedule="every 2h")) is None


def test_a_budget_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    made = source(budget={"requests": 500, "time": "90m"})
    write_source(path, made)
    assert 'budget = { requests = 500, time = "90m" }\n' in path.read_text()
    assert load_source(path).budget == made.budget
    assert made.budget.seconds == 5400
    assert (made.budget.lists, made.budget.depth) == (1000, 20)
