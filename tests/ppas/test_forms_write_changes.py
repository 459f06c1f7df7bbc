"""A form writes what its user changed, and nothing else (SPEC 2)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.db.relations import loaded
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from tests.support.html_form import opened_form, send_form

TWO = [{"title": "Opening", "due_date": "2031-03-01"}, {"title": "Closing"}]
Change = Callable[[], dict[str, Any]]


def organization(acronym: str) -> int:
    query = select(Organization.id).where(Organization.acronym == acronym)
    return db.session.scalars(query).one()


@pytest.fixture
def number(app: Flask, people) -> int:
    given = {
        "code": "MOH-2031-1",
        "title": "Wells",
        "implementing_moa_id": organization("MOH"),
        "fiscal_year": 2031,
        "summary": "First line\nSecond line",
        "budget_allocation": Decimal("1000000.00"),
        "milestones": TWO,
        "supporting_organizations": [organization("MILG")],
    }
    ppa = create_ppa(SYSTEM, given)
    db.session.commit()
    return ppa.id


def read(number: int) -> PPA:
    db.session.rollback()
    return db.session.get_one(PPA, number, populate_existing=True)


def address(number: int) -> str:
    return f"/admin/ppa/edit/?id={number}"


def milestones(number: int) -> list[tuple[str, date | None]]:
    return [(one.title, one.due_date) for one in loaded(read(number), "milestones")]


CHANGES: dict[str, Change] = {
    "a milestone's date": lambda: {"milestones": [TWO[0] | {"due_date": "2031-04-04"}, TWO[1]]},
    "a milestone added": lambda: {"milestones": [*TWO, {"title": "Report"}]},
    "a milestone removed": lambda: {"milestones": TWO[:1]},
    "the order of the milestones": lambda: {"milestones": TWO[::-1]},
    "a supporting organization": lambda: {
        "supporting_organizations": [organization(one) for one in ("MILG", "MPW")]
    },
    "no supporting organization": lambda: {"supporting_organizations": []},
    "the title": lambda: {"title": "Deep wells"},
}


def parts(number: int) -> tuple[Any, ...]:
    ppa = read(number)
    supporters = sorted(one.acronym for one in loaded(ppa, "supporting_organizations"))
    return ppa.title, milestones(number), supporters


@pytest.mark.parametrize("change", CHANGES)
def test_a_remark_undoes_no_colleagues_change(people, number, sign_in_as, change) -> None:
    client = sign_in_as(people.moa_staff)
    form = opened_form(client, address(number))
    before = parts(number)
    edit_ppa(SYSTEM, read(number), CHANGES[change]())
    db.session.commit()
    changed = parts(number)
    assert changed != before
    assert send_form(client, address(number), form, remarks="Fine").status_code == 302
    assert (parts(number), read(number).remarks) == (changed, "Fine")


@pytest.mark.parametrize("change", ["a milestone's date", "a milestone added"])
def test_the_same_part_changed_by_both_is_a_conflict(
    people, number, sign_in_as, change: str
) -> None:
    client = sign_in_as(people.moa_staff)
    form = opened_form(client, address(number))
    edit_ppa(SYSTEM, read(number), CHANGES[change]())
    db.session.commit()
    changed = parts(number)
    typed = {"milestones-0-title": "Opened", "remarks": "Fine"}
    answer = send_form(client, address(number), form, **typed)
    assert (answer.status_code, "changed the milestones" in answer.text) == (200, True)
    assert "Opened" in answer.text  # what was typed is kept
    assert (parts(number), read(number).remarks) == (changed, "")


def entries() -> int:
    return db.session.scalar(select(func.count(AuditEntry.id)))


SAME = {
    "as a browser ends lines": {"summary": "First line\r\nSecond line"},
    "with a blank line at the end": {"summary": "First line\r\nSecond line\r\n\r\n"},
    "an amount without its commas": {"budget_allocation": "1000000"},
    "a title with two blanks around": {"title": "  Wells  "},
    "a code in small letters": {"code": "moh-2031-1"},
}


@pytest.mark.parametrize("typed", SAME)
def test_a_form_saved_as_it_was_changes_nothing(people, number, sign_in_as, typed: str) -> None:
    client = sign_in_as(people.moa_staff)
    form = opened_form(client, address(number))
    before = read(number).version, entries()
    given = {"summary": "First line\r\nSecond line"} | SAME[typed]
    assert send_form(client, address(number), form, **given).status_code == 302
    assert (read(number).version, entries()) == before
    assert read(number).summary == "First line\nSecond line"


@pytest.mark.parametrize("summary", ["First line\r\nSecond line", "First line\rSecond line\n"])
def test_over_the_api_equal_values_are_no_change(people, number, call_as, summary: str) -> None:
    client, path = call_as(people.moa_staff), f"/api/monitoring/entries/{number}/"
    tag = client.get(path).headers["ETag"]
    before = entries()
    answer = client.patch(
        path, json={"summary": summary, "milestones": client.get(path).json["milestones"]}
    )
    assert (answer.status_code, answer.headers["ETag"], entries()) == (200, tag, before)


@pytest.mark.parametrize("count", [1, 3])
def test_milestones_added_in_the_form_come_last(people, number, sign_in_as, count: int) -> None:
    edit_ppa(SYSTEM, read(number), {"milestones": TWO[::-1]})  # not in the order of their numbers
    db.session.commit()
    client = sign_in_as(people.moa_staff)
    form = opened_form(client, address(number))
    new = {f"milestones-{2 + place}-title": f"New {place}" for place in range(count)}
    assert send_form(client, address(number), form, **new).status_code == 302
    titles = [title for title, _ in milestones(number)]
    assert titles == ["Closing", "Opening", *(f"New {place}" for place in range(count))]
    again = opened_form(client, address(number))
    shown = [value for name, value in again.items() if name.endswith("-title")]
    assert shown == titles
