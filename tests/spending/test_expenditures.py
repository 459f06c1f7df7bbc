"""Posting and voiding: by whom, on which day in Manila, and never changed afterwards."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from obcms.kernel.errors import Conflict, Invalid, ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Actor
from obcms.people.models import User
from obcms.ppas.delete import delete_ppa
from obcms.spending import expenditures
from obcms.spending.expenditures import NewExpenditure, post_expenditure, void_expenditure
from obcms.spending.models import Expenditure
from obcms.work.access import lock_item
from obcms.work.models import WorkItem
from obcms.work.sync import sync_ppa
from tests.support.factories import make_ppa, track
from tests.support.refusals import NOT_ALLOWED

# Half past three in the morning of 6 January in Manila, while it is still the 5th in UTC.
EARLY = datetime(2025, 1, 5, 19, 30, tzinfo=UTC)
TODAY, TOMORROW = date(2025, 1, 6), date(2025, 1, 7)


def line(spent_on: date = TODAY, amount: str = "100.00", text: str = "Fuel") -> NewExpenditure:
    return NewExpenditure(spent_on, Decimal(amount), text)


@pytest.mark.parametrize(("who", "refusal", "said"), NOT_ALLOWED)
def test_who_may_not_spend_neither_posts_nor_voids(
    people, who: str, refusal: type[ObcmsError], said: str
) -> None:
    item = track(make_ppa())["Core work"]
    actor = db.session.get_one(User, getattr(people, who))
    posted = post_expenditure(SYSTEM, item, line())
    with pytest.raises(refusal, match=said):
        post_expenditure(actor, item, line())
    with pytest.raises(refusal, match=said):
        void_expenditure(actor, posted, "Entered twice")
    assert db.session.scalars(select(Expenditure)).all() == [posted]
    assert posted.voided_at is None


def test_the_item_all_above_it_and_nothing_beside_it_count_the_line(people) -> None:
    items = track(make_ppa())
    posted = post_expenditure(
        db.session.get_one(User, people.moa_staff), items["Core work"], line()
    )
    assert posted.posted_by_id == people.moa_staff
    for title in ("Core work", "Execution", "root"):
        assert items[title].spent_total == 100
    assert (items["Core work"].spent_here, items["Execution"].spent_here) == (100, 0)
    assert items["Preparation"].spent_total == 0


def test_today_is_the_day_in_manila(app: Flask) -> None:
    item = track(make_ppa())["Core work"]
    with time_machine.travel(EARLY, tick=False):
        assert post_expenditure(SYSTEM, item, line(TODAY)).spent_on == TODAY
        with pytest.raises(Invalid, match="The date is in the future") as refusal:
            post_expenditure(SYSTEM, item, line(TOMORROW))
    assert [problem.pointer for problem in refusal.value.problems] == ["spent_on"]


def test_everything_wrong_is_told_at_once(app: Flask) -> None:
    item = track(make_ppa())["Core work"]
    with pytest.raises(Invalid) as refusal:
        post_expenditure(SYSTEM, item, line(date(2999, 1, 1), "0.00", " "))
    pointers = [problem.pointer for problem in refusal.value.problems]
    assert pointers == ["spent_on", "amount", "description"]
    assert db.session.scalars(select(Expenditure)).all() == []


def test_a_voided_line_counts_nowhere_and_stays_with_its_reason(people) -> None:
    items = track(make_ppa())
    posted = post_expenditure(SYSTEM, items["Core work"], line())
    void_expenditure(db.session.get_one(User, people.moa_head), posted, " Entered twice ")
    assert items["root"].spent_total == items["Core work"].spent_here == 0
    assert (posted.void_reason, posted.voided_by_id) == ("Entered twice", people.moa_head)
    assert db.session.scalars(select(Expenditure)).all() == [posted]


def test_voiding_needs_a_reason_and_happens_once(app: Flask) -> None:
    posted = post_expenditure(SYSTEM, track(make_ppa())["Core work"], line())
    with pytest.raises(Invalid, match="Say why the expenditure is voided"):
        void_expenditure(SYSTEM, posted, " ")
    void_expenditure(SYSTEM, posted, "Entered twice")
    with pytest.raises(Conflict, match="voided already"):
        void_expenditure(SYSTEM, posted, "Another reason")
    assert posted.void_reason == "Entered twice"


@pytest.mark.parametrize("voided", [False, True])
def test_a_line_is_not_changed_whether_voided_or_not(app: Flask, voided: bool) -> None:
    posted = post_expenditure(SYSTEM, track(make_ppa())["Core work"], line())
    if voided:
        void_expenditure(SYSTEM, posted, "Entered twice")
    db.session.commit()
    posted.amount = Decimal("1.00")
    with pytest.raises(Invalid, match="A posted expenditure cannot be changed"):
        db.session.flush()
    db.session.rollback()
    assert posted.amount == 100


@pytest.mark.parametrize(
    "change", [{"void_reason": "Better words"}, {"voided_at": None, "void_reason": None}]
)
def test_a_voided_line_keeps_its_reason_and_is_never_brought_back(
    app: Flask, change: dict[str, str | None]
) -> None:
    posted = post_expenditure(SYSTEM, track(make_ppa())["Core work"], line())
    void_expenditure(SYSTEM, posted, "Entered twice")
    db.session.commit()
    for name, value in change.items():
        setattr(posted, name, value)
    with pytest.raises(Invalid, match="A posted expenditure cannot be changed"):
        db.session.flush()
    db.session.rollback()
    assert posted.void_reason == "Entered twice"


def test_a_line_is_not_deleted(app: Flask) -> None:
    posted = post_expenditure(SYSTEM, track(make_ppa())["Core work"], line())
    db.session.commit()
    db.session.delete(posted)
    with pytest.raises(Invalid, match="cannot be deleted; void it"):
        db.session.flush()
    db.session.rollback()
    assert db.session.scalars(select(Expenditure)).all() == [posted]


def test_a_line_that_somebody_voids_first_is_voided_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = post_expenditure(SYSTEM, track(make_ppa())["Core work"], line())
    db.session.commit()
    assert posted.voided_at is None

    def lock(actor: Actor, item: WorkItem) -> None:
        """Somebody else had the lock, and let go of it."""
        first = "UPDATE expenditure SET voided_at = :at, void_reason = 'Was first'"
        db.session.execute(text(first), {"at": EARLY.replace(tzinfo=None)})
        lock_item(actor, item)

    monkeypatch.setattr(expenditures, "lock_item", lock)
    with pytest.raises(Conflict, match="voided already"):
        void_expenditure(SYSTEM, posted, "Was second")
    assert posted.void_reason == "Was first"


def test_a_recomputation_counts_no_voided_line(app: Flask) -> None:
    ppa = make_ppa()
    items = track(ppa)
    void_expenditure(SYSTEM, post_expenditure(SYSTEM, items["Core work"], line()), "Twice")
    post_expenditure(SYSTEM, items["Resources"], line(amount="7.00"))
    assert not sync_ppa(SYSTEM, ppa)
    db.session.expire_all()
    assert (items["Core work"].spent_total, items["root"].spent_total) == (0, 7)


def test_a_ppa_on_which_money_was_posted_is_kept(app: Flask) -> None:
    ppa = make_ppa()
    posted = post_expenditure(SYSTEM, track(ppa)["Core work"], line())
    void_expenditure(SYSTEM, posted, "Twice")
    with pytest.raises(Conflict, match="Money was posted on this PPA"):
        delete_ppa(SYSTEM, ppa)
