from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from archive.tables.journal import Batch, JournalEntry, Span, TableFile, together
from archive.warc.records import warc_date
from pipelines.merging.plan import closed_groups, unmerged

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 1))  # noqa: DTZ001 -- hypothesis adds UTC


def batches(*closed: str) -> list[Batch]:
    return [Batch(number, f"{day}T09:00:00Z", ()) for number, day in enumerate(closed, 1)]


def numbers(groups: list[tuple[Batch, ...]]) -> list[list[int]]:
    return [[batch.number for batch in group] for group in groups]


def test_nothing_is_closed_before_another_day_has_a_batch() -> None:
    assert closed_groups([]) == []
    assert closed_groups(batches("2026-11-01", "2026-11-01")) == []


def test_a_month_is_one_group_and_the_days_of_the_open_month_are_groups() -> None:
    found = closed_groups(
        batches(
            *("2026-10-30", "2026-10-31", "2026-11-01", "2026-11-01"), "2026-11-04", "2026-11-05"
        )
    )
    assert numbers(found) == [[1, 2], [3, 4], [5]]


def test_where_the_clock_went_back_batches_of_a_group_still_follow_on_each_other() -> None:
    found = closed_groups(
        batches("2026-11-02", "2026-11-01", "2026-11-02", "2027-01-01", "2026-11-02")
    )
    assert numbers(found) == [[1, 2, 3], [4]]


@given(st.lists(MOMENTS, max_size=40))
def test_later_batches_only_join_groups(moments: list[datetime]) -> None:
    days = [Batch(n, warc_date(day.replace(tzinfo=UTC)), ()) for n, day in enumerate(moments, 1)]
    before: list[tuple[Batch, ...]] = []
    for end in range(len(days) + 1):
        groups = closed_groups(days[:end])
        joined = [batch for group in groups for batch in group]
        assert joined == days[: len(joined)]
        bounds = {group[-1].number for group in groups}
        assert all(
            group[-1].number in bounds or group[0].closed[:7] == days[group[-1].number].closed[:7]
            for group in before
        )
        before = groups


def entry(number: int, *names: str) -> JournalEntry:
    closed = warc_date(datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=6 * number))
    held = tuple(TableFile(f"captures/data/fetch_month=2026-11/{name}", 1, "") for name in names)
    return JournalEntry(Batch(number, closed, ()), Span("", 0, 0), "x", "sha256:ab", held)


def test_a_group_whose_last_batch_alone_has_files_is_merged() -> None:
    entries = [
        *(entry(1), entry(2), entry(3, "g0002-000001-000003-abcdef01.parquet")),
        *(entry(4, "g0002-000004-abcdef01.parquet"), entry(5), entry(6), entry(7)),
        entry(8, "g0002-000008-abcdef01-01.parquet"),
    ]
    assert [[one.batch.number for one in group] for group in unmerged(entries)] == [[4, 5, 6, 7]]
    runs = [[one.batch.number for one in run] for run in together(entries)]
    assert runs == [[1, 2, 3], [4], [5], [6], [7], [8]]
