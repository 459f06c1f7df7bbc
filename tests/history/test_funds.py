"""What is posted on the lines of a PPA stands in its history, in sentences (SPEC 9)."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask

from obcms.history.reads.entries import of_ppa
from obcms.history.reads.timeline import ChangeSet, timeline
from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine
from obcms.ledger.void import void_entry
from obcms.ppas.models import PPA
from tests.support.budget_lines import MFBM, make_act, make_line, post
from tests.support.factories import make_ppa


@pytest.fixture
def line(app: Flask) -> BudgetLine:
    """One that funds a PPA, with its money."""
    line = make_line(ppa_id=make_ppa().id, title="Health Stations")
    db.session.commit()
    return line


def told(ppa_id: int) -> list[str]:
    """The sentences of the newest change set, without what followed."""
    return [f"{one.verb} {one.name}" for one in _newest(ppa_id).changes]


def _newest(ppa_id: int) -> ChangeSet:
    return timeline(of_ppa(ppa_id))[0]


def test_an_entry_and_its_void_are_told_with_kind_amount_number_class_and_line(
    line: BudgetLine,
) -> None:
    ppa_id = line.ppa_id
    entry = post(line, "obligation", "900.00", reference="ORS-1")
    db.session.commit()
    assert told(ppa_id) == ["posted obligation of ₱900.00, ORS-1, in MOOE of “Health Stations”"]
    change_set = _newest(ppa_id)
    details = {one.label: one.new for one in change_set.changes[0].details}
    assert details["Payee"] == "Bangsamoro Pharma Supply"
    assert details["Posting date"] == "3 Feb 2025"
    assert not details.keys() & {"Balance", "Obligation", "Is cut", "Payee key", "Kind"}
    assert [f"{one.verb} {one.name}" for one in change_set.followed] == ["added obligation ORS-1"]
    void_entry(MFBM, entry, "Wrong payee")
    db.session.commit()
    assert told(ppa_id) == ["voided obligation of ₱900.00, ORS-1, in MOOE of “Health Stations”"]
    reasons = [one.new for one in _newest(ppa_id).changes[0].details if one.label == "Void reason"]
    assert reasons == ["Wrong payee"]


def test_entries_of_another_line_are_not_in_the_history(line: BudgetLine) -> None:
    ppa_id = line.ppa_id
    post(make_line(), "obligation", "900.00", reference="ORS-2")
    db.session.commit()
    assert not any("ORS-2" in sentence for sentence in told(ppa_id))


def test_the_tab_tells_it_in_as_many_queries_for_any_number(
    line: BudgetLine,
    people,
    sign_in_as,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    ppa_id, line_id, client = line.ppa_id, line.id, sign_in_as(people.viewer)
    counts = []
    for size in (1, 8):
        for _ in range(size):
            post(db.session.get_one(BudgetLine, line_id), "obligation", "5.00")
            other = make_line(act=make_act(), ppa_id=ppa_id)
            post(other, "obligation", "5.00", reference="ORS-9")
        db.session.commit()
        db.session.get_one(PPA, ppa_id)
        db.session.rollback()
        with count_queries() as sent:
            page = client.get(f"/admin/ppa/{ppa_id}/history").text
        counts.append(len(sent))
    assert "of ₱5.00, ORS-9, in MOOE of" in page
    assert counts[0] == counts[1], sent


def test_who_posts_is_not_asked_for_the_ppa_again(line: BudgetLine, count_queries) -> None:
    line_id = line.id
    counts = []
    for _ in range(2):
        with count_queries() as sent:
            post(db.session.get_one(BudgetLine, line_id), "obligation", "5.00")
            db.session.commit()
        counts.append([one for one in sent if one.startswith("SELECT budget_line.ppa_id")])
    assert counts == [[], []]
