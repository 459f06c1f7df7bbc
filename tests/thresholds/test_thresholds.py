"""Thresholds: declared with limits, changed by administrators, in force at once (SPEC 10)."""

from collections.abc import Iterator
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Conflict, Forbidden, Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.models import User
from obcms.thresholds.change import change_thresholds
from obcms.thresholds.models import ThresholdValue
from obcms.thresholds.reads import standing, values
from obcms.thresholds.rules import declared
from obcms.thresholds.rules.declared import Threshold, Unit, declare, declare_check
from tests.support.doors import refused_everywhere
from tests.support.html_form import opened_form, send_form

PAGE = "/admin/thresholds/"
TEN, TWENTY = Decimal(10), Decimal(20)
BAD_NUMBERS = ("", "-1", "0.99", "100.01", "1e1", "NaN", "inf", "12.345", "ten", "١٢", "1,000")


@pytest.fixture(autouse=True)
def declared_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Three thresholds of these tests, and no other."""
    monkeypatch.setattr(declared, "CHECKS", [])
    before = dict(declared.THRESHOLDS)
    declared.THRESHOLDS.clear()
    limits = {"lowest": Decimal(1), "highest": Decimal(100)}
    declare(
        Threshold("test_high", "High from", Unit.PERCENT, TEN, **limits),
        Threshold("test_critical", "Critical from", Unit.PERCENT, TWENTY, **limits),
        Threshold("test_days", "Days until", Unit.WORKING_DAYS, Decimal(7), **limits),
    )
    declare_check(_high_below_critical)
    yield
    declared.THRESHOLDS.clear()
    declared.THRESHOLDS.update(before)


def _high_below_critical(now: Any) -> Iterator[Problem]:
    if now["test_high"] >= now["test_critical"]:
        yield Problem("High must be below critical.", "test_high")


def administrator(people: Any) -> User:
    return db.session.get_one(User, people.administrator)


def test_the_default_holds_until_somebody_changes_it(app: Flask, people) -> None:
    assert values()["test_high"] == TEN
    change_thresholds(administrator(people), {"test_high": "12.5"})
    assert values()["test_high"] == Decimal("12.50")
    assert values()["test_critical"] == TWENTY
    [row] = db.session.scalars(select(ThresholdValue))
    assert (row.key, row.changed_by_id) == ("test_high", people.administrator)
    change_thresholds(administrator(people), {"test_high": None})
    assert values()["test_high"] == TEN
    assert db.session.scalars(select(ThresholdValue)).all() == []


def test_typing_the_default_leaves_no_row(app: Flask) -> None:
    change_thresholds(SYSTEM, {"test_high": "12"})
    assert change_thresholds(SYSTEM, {"test_high": "10.00"}) == ["test_high"]
    assert [one.changed for one in standing()] == [None, None, None]
    assert change_thresholds(SYSTEM, {"test_high": "10"}) == []


def test_what_nobody_declared_is_refused(app: Flask) -> None:
    with pytest.raises(Invalid, match="There is no such threshold"):
        change_thresholds(SYSTEM, {"test_other": "3"})
    assert "test_other" not in values()


@pytest.mark.parametrize("value", [*BAD_NUMBERS, 12.5, True])
def test_a_number_out_of_range_is_refused(app: Flask, value: object) -> None:
    with pytest.raises(Invalid, match="at most two decimals from 1 to 100"):
        change_thresholds(SYSTEM, {"test_high": value} | {"test_critical": "30"})
    assert values()["test_critical"] == TWENTY


def test_days_are_whole(app: Flask) -> None:
    with pytest.raises(Invalid, match="a whole number from 1 to 100"):
        change_thresholds(SYSTEM, {"test_days": "7.5"})
    change_thresholds(SYSTEM, {"test_days": "8"})
    assert values()["test_days"] == 8


def test_what_contradicts_another_is_refused_and_both_may_move_together(app: Flask) -> None:
    with pytest.raises(Invalid, match="High must be below critical"):
        change_thresholds(SYSTEM, {"test_high": "20"})
    change_thresholds(SYSTEM, {"test_high": "20", "test_critical": "40"})
    with pytest.raises(Invalid, match="High must be below critical"):
        change_thresholds(SYSTEM, {"test_critical": None})


def test_two_changes_at_once_do_not_add_up_to_a_contradiction(app: Flask) -> None:
    refused: list[str] = []

    def change(key: str, value: str) -> None:
        with app.app_context():
            try:
                change_thresholds(SYSTEM, {key: value})
                db.session.commit()
            except Invalid as error:
                refused.append(str(error))
                db.session.rollback()

    db.session.remove()
    asked = [("test_high", "18"), ("test_critical", "15")]
    threads = [Thread(target=change, args=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["High must be below critical."]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_administrators_change_one(app: Flask, people, role: Role) -> None:
    actor = db.session.get_one(User, getattr(people, role.value))
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        change_thresholds(actor, {"test_high": "12"})


def test_the_page_changes_what_was_typed_and_nothing_else(app: Flask, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    change_thresholds(SYSTEM, {"test_days": "9"})
    db.session.commit()
    form = opened_form(client, PAGE)
    assert form["test_days"] == "9"
    change_thresholds(SYSTEM, {"test_days": "5"})
    db.session.commit()
    assert send_form(client, PAGE, form, test_high="11").status_code == 302
    assert (values()["test_high"], values()["test_days"]) == (11, 5)
    page = client.get(PAGE).text
    assert "Saved, with effect on the next run: High from." in page
    assert "administrator" in page
    assert "By a command" in page


def test_a_stale_form_is_refused_and_keeps_what_was_typed(app: Flask, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    form = opened_form(client, PAGE)
    change_thresholds(SYSTEM, {"test_high": "15"})
    db.session.commit()
    page = send_form(client, PAGE, form, test_high="11", test_days="3")
    assert "was changed to 15 after you opened this page" in page.text
    assert 'value="3"' in page.text
    assert (values()["test_high"], values()["test_days"]) == (15, 7)
    with pytest.raises(Conflict, match="was changed to 15"):
        change_thresholds(SYSTEM, {"test_high": "11"}, {"test_high": TEN})


def test_the_page_tells_each_fault_at_its_row(app: Flask, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    page = send_form(client, PAGE, opened_form(client, PAGE), test_high="900", test_days="x").text
    assert 'id="problem-test_high"' in page
    assert 'id="problem-test_days"' in page
    assert 'value="900"' in page
    assert values()["test_high"] == TEN


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        *(({"test_high": one}, ["test_high"]) for one in BAD_NUMBERS),
        *(({"test_days": one}, ["test_days"]) for one in ("", "7.5", "0", "101", "x")),
        ({"test_high": "900", "test_days": "7.5"}, ["test_high", "test_days"]),
        ({"test_high": "20"}, ["test_high"]),
        ({"test_critical": "5"}, ["test_high"]),
        ({"test_other": "3"}, ["test_other"]),
    ],
)
def test_page_and_verb_refuse_the_same(
    app: Flask, people, sign_in_as, typed: dict[str, str], keys: list[str]
) -> None:
    client = sign_in_as(people.administrator)
    form = opened_form(client, PAGE)
    [told] = refused_everywhere(
        [typed],
        verb=lambda given: change_thresholds(administrator(people), given),
        form=lambda given: send_form(client, PAGE, form, **given),
    )
    assert [key for _, key in told] == keys
    page = send_form(client, PAGE, form, **typed).text
    assert all(f'id="problem-{key}"' in page for key in keys if key in form)
    assert db.session.scalars(select(ThresholdValue)).all() == []


def test_back_to_default_is_one_click(app: Flask, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    change_thresholds(SYSTEM, {"test_high": "12", "test_days": "9"})
    db.session.commit()
    form = opened_form(client, PAGE)
    assert send_form(client, PAGE, form, default="test_high").status_code == 302
    assert (values()["test_high"], values()["test_days"]) == (TEN, 9)


def test_changes_are_in_the_audit_trail(app: Flask, people) -> None:
    change_thresholds(administrator(people), {"test_high": "12"})
    change_thresholds(administrator(people), {"test_high": None})
    query = select(AuditEntry).where(AuditEntry.table_name == "threshold").order_by(AuditEntry.id)
    added, removed = db.session.scalars(query)
    assert added.changes["value"] == [None, "12.00"]
    assert removed.changes["value"] == ["12.00", None]


def test_reading_them_is_one_query(app: Flask, count_queries) -> None:
    change_thresholds(SYSTEM, {"test_high": "12", "test_days": "9"})
    with count_queries() as sent:
        values()
    assert len(sent) == 1
