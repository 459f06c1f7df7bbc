"""The distribution dialog takes time in proportion to the children of the one parent."""

import time

from flask import Flask

from obcms.budget.screens.distribute import dialog_context
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.work.rules.choices import WorkStatus
from tests.support.factories import make_ppa, spend, track
from tests.support.growth import Counting, at_two_sizes
from tests.work.trees import row


def test_what_cancelled_items_keep_is_not_for_the_others(app: Flask) -> None:
    ppa = make_ppa("1000.00")
    items = track(ppa)
    spend(items["Core work"], "10.00")
    items["Execution"].status = WorkStatus.CANCELLED
    db.session.flush()
    context = dialog_context(ppa, None)
    assert (context["kept"], context["target"]) == (10, 990)
    assert [one.line.row.title for one in context["items"]] == ["Preparation", "Completion"]


def test_it_takes_no_more_queries_for_more_items(app: Flask, count_queries: Counting) -> None:
    def work(ids: tuple) -> None:
        ppa = db.session.get_one(*ids[0])
        dialog_context(ppa, ids[1])

    def prepare(size: int) -> tuple:
        top = row(size)
        return (type(loaded(top, "ppa")), top.ppa_id), top.id

    small, large = at_two_sizes(count_queries, prepare, work)
    assert small == large <= 4


def test_its_time_is_not_quadratic_in_the_children(app: Flask) -> None:
    taken = []
    for size in (300, 2_400):
        top = row(size)
        db.session.commit()
        dialog_context(loaded(top, "ppa"), top.id)
        began = time.process_time()
        dialog_context(loaded(top, "ppa"), top.id)
        taken.append(time.process_time() - began)
    assert taken[1] < 24 * max(
        taken[0], 0.02
    )  # eight times the children; quadratic would be 64 times
