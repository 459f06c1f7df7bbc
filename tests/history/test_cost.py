"""History, as-of views and comparisons cost the same however much happened since (SPEC 9)."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask

from obcms.history.reads import change_sets
from obcms.history.reads.change_sets import BATCH, MOST, PAGE, SHOWN, newest_change_sets
from obcms.history.reads.comparison import compare
from obcms.history.reads.entries import of_item, of_ppa
from obcms.history.reads.past import ppa_as_of
from obcms.history.reads.timeline import timeline
from obcms.kernel.audit import past
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.work.models import WorkItem
from tests.history.measures import peak_of, work_of, write_acts
from tests.support.factories import grow, make_ppa

SMALL, LARGE = 2 * past.BATCH, 10 * past.BATCH
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def ppa_id(app: Flask) -> int:
    """A PPA with a tree of thirty items, made just now."""
    ppa = make_ppa()
    grow(ppa, 30)
    db.session.commit()
    return ppa.id


@pytest.mark.parametrize("of", ["ppa", "item"])
def test_a_page_of_the_timeline_is_the_same_work_after_any_history(
    ppa_id: int, count_queries, of: str
) -> None:
    start, item = utc_now() - 5 * AN_HOUR, db.session.query(WorkItem).first().id
    conditions = of_ppa(ppa_id) if of == "ppa" else of_item(item)
    work, queries = [], []
    for count in (SMALL, LARGE):
        write_acts(ppa_id, start, count)
        start += AN_HOUR
        with count_queries() as sent:
            timeline(conditions)
        queries.append(len(sent))
        work.append(work_of(lambda: timeline(conditions)))
    assert queries[0] == queries[1]
    # Up to BATCH entries are walked over, and then no more.
    assert work[1] < work[0] + 2 * BATCH


def test_the_pages_of_a_timeline_tell_each_act_once(ppa_id: int) -> None:
    write_acts(ppa_id, utc_now(), 2 * PAGE + 5, entries=3)
    seen, before = [], None
    while change_sets := timeline(of_ppa(ppa_id), before):
        seen += [change_set.request_id for change_set in change_sets if change_set.actor == "clerk"]
        before = change_sets[-1].position
    assert len(seen) == len(set(seen)) == 2 * PAGE + 5


def test_entries_are_counted_once_where_two_batches_meet(
    ppa_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_acts(ppa_id, utc_now(), 5, entries=4)
    as_one = [change_set.ids for change_set in newest_change_sets(of_ppa(ppa_id), None)]
    monkeypatch.setattr(change_sets, "BATCH", 3)
    assert [change_set.ids for change_set in newest_change_sets(of_ppa(ppa_id), None)] == as_one


def test_a_large_act_is_told_in_part_and_skipped_as_a_whole(ppa_id: int, count_queries) -> None:
    write_acts(ppa_id, utc_now() - 3 * AN_HOUR, 1)
    write_acts(ppa_id, utc_now() - 2 * AN_HOUR, 1, entries=MOST)
    write_acts(ppa_id, utc_now() - AN_HOUR, 1, entries=3 * BATCH)
    largest, counted, small, *_ = timeline(of_ppa(ppa_id))
    assert (len(largest.changes) + len(largest.followed), small.untold) == (SHOWN, 0)
    assert (largest.is_cut, largest.untold) == (True, MOST - SHOWN)
    assert (counted.is_cut, counted.untold) == (False, MOST - SHOWN)
    queries = []
    for times in (4, 12):
        write_acts(ppa_id, utc_now(), 1, entries=times * BATCH)
        with count_queries() as sent:
            timeline(of_ppa(ppa_id))
        queries.append(len(sent))
    assert queries[0] == queries[1] - 1  # one batch for each change set that is cut


@pytest.mark.parametrize("view", ["as of", "between", "before", "timeline"])
def test_a_look_back_needs_no_more_memory_after_a_long_history(
    ppa_id: int, count_queries, view: str
) -> None:
    start = utc_now() - AN_HOUR
    read = {
        "as of": lambda: ppa_as_of(ppa_id, start),
        "between": lambda: compare(ppa_id, start, utc_now()),
        "before": lambda: compare(ppa_id, start - AN_HOUR, start),
        "timeline": lambda: timeline(of_ppa(ppa_id)),
    }[view]
    peaks, queries = [], []
    for count in (SMALL, LARGE):
        write_acts(ppa_id, start + timedelta(seconds=1), count)
        with count_queries() as sent:
            read()
        queries.append(len(sent))
        peaks.append(peak_of(read))
    assert queries[0] == queries[1]
    assert peaks[1] < 1.5 * peaks[0]


def test_a_comparison_holds_of_each_item_only_what_places_it(app: Flask) -> None:
    peaks = []
    for size in (50, 650):
        ppa = make_ppa()
        grow(ppa, size)
        db.session.commit()
        ppa_id, since = ppa.id, utc_now()
        write_acts(ppa_id, since, 2)
        peaks.append(peak_of(partial(compare, ppa_id, since, utc_now())))
    assert (peaks[1] - peaks[0]) / 600 < 2_500  # bytes
