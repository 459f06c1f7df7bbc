"""A work item is refused alike by verb, API and each form: the same words at the same fields."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.work.models import WorkItem
from obcms.work.work_items import create_item, edit_item
from tests.support.doors import refused_everywhere
from tests.support.factories import make_ppa, track
from tests.support.html_form import opened_form, send_form

TURNED = "Survey\u202eyevruS"
EMPTY = ["", "  ", "\u3000"]
LINES = ["x" * 256, "Survey\x01", "Survey\0", "Survey\x7f", TURNED]
PROSE = ["x" * 10_001, "One\x08two", "One\0two"]
DAYS = ["2025-02-30", "1989-12-31", "2101-01-01", "someday", "03/02/2025"]
AMOUNTS = ["-5", "1.005", "plenty", "1e5", "NaN", "Infinity", "9" * 30, "1,2,3"]
PERCENTS = ["", " ", "-1", "100.01", "33.333", "half", "1e1", "NaN"]
NEW: list[tuple[dict[str, Any], list[str]]] = [
    *(({"title": text}, ["title"]) for text in [*EMPTY, "\u200b", *LINES]),
    *(({"work_type": one}, ["work_type"]) for one in ["", "nonsense", "project"]),
    *(({name: day}, [name]) for name in ("start_date", "end_date") for day in DAYS),
    *(({"allocated_budget": amount}, ["allocated_budget"]) for amount in AMOUNTS),
    ({"start_date": "2031-05-02", "end_date": "2031-05-01"}, ["end_date"]),
    (
        {"title": " ", "start_date": "x", "allocated_budget": "x"},
        ["title", "start_date", "allocated_budget"],
    ),
]
CHANGED = [
    *((values, fields) for values, fields in NEW if "work_type" not in values),
    *(({name: one}, [name]) for name in ("status", "priority") for one in ["", "nonsense"]),
    *(({"progress": percent}, ["progress"]) for percent in PERCENTS),
    *(({name: text}, [name]) for name in ("description", "budget_notes") for text in PROSE),
    ({"end_date": "2030-01-01"}, ["end_date"]),
    ({"title": TURNED, "status": "x", "progress": "x"}, ["title", "status", "progress"]),
]


@pytest.fixture
def office(app, people, sign_in_as, call_as) -> SimpleNamespace:
    items = track(make_ppa())
    item = items["Resources"]
    db.session.commit()
    return SimpleNamespace(
        item_id=item.id,
        parent_id=item.parent_id,
        ppa_id=item.ppa_id,
        item=lambda item_id: db.session.get_one(WorkItem, item_id),
        actor=lambda: db.session.get_one(User, people.administrator),
        screen=sign_in_as(people.administrator),
        api=call_as(people.administrator),
    )


def stored() -> list[Any]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(WorkItem.__table__).order_by("id"))]


def fields_told(told: list[list[tuple[str, str]]]) -> list[list[str]]:
    return [[field for _, field in said] for said in told]


def test_every_door_refuses_the_same_new_item(office) -> None:
    before = stored()
    good = {"title": "Survey", "work_type": "task"}
    told = refused_everywhere(
        [good | values for values, _ in NEW],
        verb=lambda values: create_item(office.actor(), office.item(office.parent_id), values),
        api=lambda values: office.api.post(
            "/api/work-items/", json=values | {"parent": office.parent_id}
        ),
        form=lambda values: office.screen.post(
            f"/admin/ppa/{office.ppa_id}/items/{office.parent_id}/add",
            data=values,
            headers={"Accept": "application/json"},
        ),
    )
    assert fields_told(told) == [fields for _, fields in NEW]
    assert stored() == before


def by_inline_editor(office) -> Callable[[dict[str, Any]], TestResponse]:
    address = f"/admin/ppa/{office.ppa_id}/items/{office.item_id}/edit"
    form = opened_form(office.screen, address)
    headers = {"Accept": "application/json"}
    return lambda values: office.screen.post(
        address, data=MultiDict(form.to_dict() | values), headers=headers
    )


def by_full_form(office) -> Callable[[dict[str, Any]], TestResponse]:
    address = f"/admin/work-item/edit/?id={office.item_id}"
    form = opened_form(office.screen, address)
    return lambda values: send_form(office.screen, address, form, **values)


@pytest.mark.parametrize("by_form", [by_inline_editor, by_full_form])
def test_every_door_refuses_the_same_change(office, by_form) -> None:
    before = stored()
    told = refused_everywhere(
        [values for values, _ in CHANGED],
        verb=lambda values: edit_item(office.actor(), office.item(office.item_id), values),
        api=lambda values: office.api.patch(f"/api/work-items/{office.item_id}/", json=values),
        form=by_form(office),
    )
    assert fields_told(told) == [fields for _, fields in CHANGED]
    assert stored() == before
