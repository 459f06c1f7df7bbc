"""The pages of every list together show every row, and each once."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_admin.contrib.sqla import ModelView
from flask_login import login_user
from sqlalchemy import func, inspect, select

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertKind, AlertLevel
from obcms.approval.models import ApprovalStep
from obcms.approval.rules.steps import Action
from obcms.calendar.models import ProclaimedDay, ProclaimedMonth
from obcms.calendar.rules.kinds import DayKind
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun
from obcms.kernel.permissions import Role
from obcms.kernel.records.record import RECORDS
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.security.models import EventKind
from obcms.kernel.security.record import record_event
from obcms.notifications.models import Notification
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.models import StructureTemplate, WorkItem
from obcms.work.rules.choices import TemplateKind
from tests.support.factories import grow, make_ppa, spend, track
from tests.support.ledger_rows import fill_ledger
from tests.support.record_rows import rows_of

MANY = 60  # rows, more than two pages, alike in all that can be


@pytest.fixture
def filled(app: Flask, people) -> dict[str, int]:
    """A tracked PPA, an item and a line with many of everything that a list shows; their ids."""
    for _ in range(MANY):
        make_ppa(fiscal_year=2031)
    ppa = make_ppa()
    root = grow(ppa, MANY)
    leaf = db.session.scalars(select(WorkItem).where(WorkItem.parent_id == root.id).limit(1)).one()
    now, approved = utc_now(), ApprovalStatus.BUDGET_REVIEW
    for number in range(MANY):
        spend(leaf, "1.00")
        record_event(EventKind.SIGNED_IN, "/", "maria")
        db.session.add_all(
            [
                User(username=f"u{number}", role=Role.VIEWER, password_hash="x"),
                Organization(acronym=f"X{number}", name=f"Office {number}"),
                JobRun(job="seal_audit", slot=str(number), started_at=now, finished_at=now),
                StructureTemplate(name=f"t{number}", title="Alike", kind=TemplateKind.MILESTONES),
                ProclaimedDay(
                    day=date(2031, 1, 1),
                    name=f"Day {number}",
                    kind=DayKind.REGULAR,
                    proclamation="1",
                ),
                ProclaimedMonth(
                    hijri_year=1450 + number // 12,
                    hijri_month=1 + number % 12,
                    first_day=date(2028, 5, 25) + timedelta(days=30 * number),
                    proclamation="1",
                ),
                Alert(
                    kind=AlertKind.OVERSPENT,
                    level=AlertLevel.HIGH,
                    subject=f"item {number}",
                    ppa_id=ppa.id,
                    moa_id=ppa.implementing_moa_id,
                    code=ppa.code,
                    title=ppa.title,
                    threshold_then=Decimal(10),
                    used_then=Decimal(1),
                    used_now=Decimal(1),
                    figures_at=now,
                    opened_at=now,
                ),
                Notification(
                    event="alert",
                    about=str(number),
                    threshold="",
                    recipient=f"user {people.administrator}",
                    user_id=people.administrator,
                    subject="Alike",
                    what="",
                    to_do="",
                    link="/",
                    message_id="",
                ),
            ]
        )
    db.session.flush()
    step = {"from_status": ApprovalStatus.DRAFT, "to_status": approved, "action": Action.SUBMIT}
    db.session.add_all(
        ApprovalStep(ppa_id=ppa.id, taken_by_name="maria", **step) for _ in range(MANY)
    )
    for record in RECORDS:  # with those that nobody thought of here
        count = select(func.count()).select_from(record.model)
        if record.example and db.session.scalar(count) < MANY:
            db.session.add_all(rows_of(record, MANY))
    ids = {"ppa_id": ppa.id, "item_id": leaf.id, "budget_line_id": fill_ledger(MANY)}
    db.session.commit()
    return ids


def views(app: Flask) -> Iterator[ClosedModelView]:
    [admin] = app.extensions["admin"]
    for view in admin._views:
        if isinstance(view, ModelView):
            yield view


def orders(view: ClosedModelView) -> Iterator[tuple[str | None, bool]]:
    yield None, False
    for column in view._sortable_columns:
        yield column, False
        yield column, True


def test_every_screen_shows_each_row_once(app, filled, people) -> None:
    seen = 0
    for view in views(app):
        with app.test_request_context():
            login_user(db.session.get_one(User, people.administrator))
            for column, falling in orders(view):
                count, rows = view.get_list(0, column, falling, None, None)
                assert count > view.page_size, view.endpoint
                ids = [row.id for row in rows]
                for page in range(1, -(-count // view.page_size)):
                    ids += [row.id for row in view.get_list(page, column, falling, None, None)[1]]
                assert (len(ids), len(set(ids))) == (count, count), (view.endpoint, column)
                seen += 1
    assert seen > 50


def test_every_screen_ends_its_order_with_the_key(app, people) -> None:
    # A database may happen to give rows in one order; this holds whatever it does.
    for view in views(app):
        with app.test_request_context():
            login_user(db.session.get_one(User, people.administrator))
            for column, falling in orders(view):
                _, query = view.get_list(0, column, falling, None, None, execute=False)
                last = query.statement._order_by_clauses[-1]
                [key] = inspect(view.model).primary_key
                assert getattr(last, "element", last).compare(key), (view.endpoint, column)


def test_every_list_of_the_api_shows_each_row_once(
    app, filled, people, call_as, monkeypatch
) -> None:
    monkeypatch.setattr(app.config["OBCMS"], "api_rate_limit", "100000 per second")
    client = call_as(people.administrator)
    document = client.get("/api/docs/openapi.json").json
    lists = {path: found for path, on in document["paths"].items() if (found := pages_of(on))}
    assert len(lists) >= 5
    for path, asked in lists.items():
        address = path.format(**filled)
        for ordering in asked:
            ids, after = [], f"{address}?{ordering}"
            while after:
                page = client.get(after).json
                ids += [one["id"] for one in page["results"]]
                after = page["next"]
            assert len(ids) == len(set(ids)) == page["count"] > 25, (path, ordering)


def test_every_list_of_the_api_ends_its_order_with_the_key(
    app, people, call_as, count_queries, monkeypatch
) -> None:
    # A database may happen to give rows in one order; this holds whatever it does.
    monkeypatch.setattr(app.config["OBCMS"], "api_rate_limit", "100000 per second")
    ppa = make_ppa()
    ids = {"ppa_id": ppa.id, "item_id": track(ppa)["root"].id, "budget_line_id": fill_ledger(1)}
    db.session.commit()
    client = call_as(people.administrator)
    document = client.get("/api/docs/openapi.json").json
    for path, on in document["paths"].items():
        for ordering in pages_of(on):
            with count_queries() as sent:
                client.get(f"{path.format(**ids)}?{ordering}")
            [page] = [one for one in sent if "OFFSET" in one]
            order = page.rpartition("ORDER BY")[2].partition("LIMIT")[0]
            assert re.search(r"\.id( ASC| DESC)?\s*$", order), (path, ordering)


def pages_of(operations: dict[str, Any]) -> list[str]:
    """The orders that a list can be asked for; nothing where this is no list in pages."""
    given = {
        one["name"]: one["schema"]
        for one in operations.get("get", {}).get("parameters", ())
        if "schema" in one
    }
    if "page" not in given:
        return []
    return ["", *(f"ordering={name}" for name in given.get("ordering", {}).get("enum", ()))]


@pytest.mark.parametrize(
    ("column", "address"),
    [("implementing_moa", "ppa"), ("fiscal_year", "ppa"), ("status", "ppa"), ("progress", "ppa")],
)
def test_211_ppas_are_211(app, people, column: str, address: str) -> None:
    for number in range(211):
        make_ppa(moa=("MOH", "MAFAR")[number % 2], progress=Decimal(number % 3))
    db.session.commit()
    view = next(view for view in views(app) if view.endpoint == address)
    with app.test_request_context():
        login_user(db.session.get_one(User, people.administrator))
        pages = [view.get_list(page, column, False, None, None)[1] for page in range(9)]
    assert len({ppa.id for page in pages for ppa in page}) == 211


def test_what_is_looked_up_while_typing_comes_in_pages(app, people, sign_in_as) -> None:
    for number in range(MANY):
        db.session.add(User(username=f"alike{number}", role=Role.VIEWER, password_hash="x"))
    db.session.commit()
    client = sign_in_as(people.administrator)
    found = []
    for offset in range(0, MANY, 20):
        address = (
            f"/admin/work-item/ajax/lookup/?name=assignees&query=alike&offset={offset}&limit=20"
        )
        found += [key for key, _ in client.get(address).json]
    assert len(found) == len(set(found)) == MANY


def test_what_is_looked_up_ends_its_order_with_the_key(
    app, people, sign_in_as, count_queries
) -> None:
    client = sign_in_as(people.administrator)
    with count_queries() as sent:
        assert client.get("/admin/work-item/ajax/lookup/?name=assignees&query=a").status_code == 200
    [page] = [one for one in sent if "OFFSET" in one]
    assert re.search(r"\.id ASC\s+LIMIT", page)
