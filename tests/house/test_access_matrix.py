"""Every route × every role × own and foreign object, against one table (SPEC 8)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.models import PPA
from tests.house.access_client import Answer, Route, ask, with_token
from tests.house.access_public import PUBLIC
from tests.house.access_requests import SENT, Sent
from tests.house.access_subjects import make_subject, standing_subject
from tests.house.access_table import SEEN_BY, TABLE

LED_BACK = {302, 400, 404, 405}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def database(sqlite_uri: str) -> str:
    """The answers do not depend on the kind of database, so one is enough for so many requests."""
    return sqlite_uri


def routes(app: Flask) -> Iterator[Route]:
    """Every (endpoint, method) that the app answers."""
    for rule in app.url_map.iter_rules():
        for method in rule.methods & METHODS:
            yield rule.endpoint, method


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert set(routes(app)) == TABLE.keys() | PUBLIC


def test_every_route_that_changes_something_has_a_request_that_succeeds() -> None:
    changing = {one for one, access in TABLE.items() if one[1] != "GET" and not access.closed}
    assert {route for route in SENT if route[1] != "GET"} == changing


def is_let_in(route: Route, role: Role, foreign: bool) -> bool:
    access = TABLE[route]
    return role in access.roles and not access.closed and not (access.of_ppa and foreign)


def refusals(route: Route, role: Role, foreign: bool) -> set[int]:
    """The statuses that say no to the role."""
    access, seen_by = TABLE[route], SEEN_BY.get(route[0].partition(".")[0], TABLE[route].roles)
    if access.closed:
        return LED_BACK if role in seen_by else {403}
    if access.of_ppa and foreign:
        return {404}
    form_of_a_list = route[0].endswith(("create_view", "edit_view"))
    return LED_BACK if form_of_a_list and role in seen_by else {403}


def succeeded(route: Route, answer: Answer) -> bool:
    """Done, and not only looked at: a 409 or a 422 could come before the permission is asked."""
    sent, is_change = SENT.get(route, Sent()), route[1] != "GET"
    if route[0].startswith("api_"):
        usual = {200, 201, 204}
    else:
        usual = {sent.answer or (302 if is_change else 200)}
    return answer.status in usual and answer.wrote is (is_change and sent.writes)


def walk(app: Flask, client: FlaskClient, user: User, foreign: bool) -> list[tuple[Route, Answer]]:
    """The routes that answered otherwise than the table says."""
    user_id, role, wrong = user.id, user.role, []
    standing = standing_subject(user_id)
    for route in TABLE:
        may = is_let_in(route, role, foreign)
        kind = SENT.get(route, Sent()).subject
        own = route[1] != "GET" or kind != Sent.subject
        ids = make_subject(user_id, kind) if may and own else standing
        answer = ask(app, client, route, ids, may)
        if may:
            fine = succeeded(route, answer)
        else:
            fine = answer.status in refusals(route, role, foreign) and not answer.wrote
        if not fine:
            wrong.append((route, answer))
        if route[0].startswith("auth."):  # a changed sign-in ends every token
            with_token(app, client, user_id)
    return wrong


@pytest.mark.parametrize("role", list(Role))
def test_own_objects(app: Flask, people, sign_in_as, role: Role) -> None:
    user = db.session.get_one(User, getattr(people, role.value))
    client = with_token(app, sign_in_as(user.id), user.id)
    assert walk(app, client, user, foreign=False) == []


@pytest.mark.parametrize("role", sorted(CONFINED_ROLES))
def test_foreign_objects_do_not_exist(app: Flask, people, sign_in_as, role: Role) -> None:
    mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
    outsider = db.session.get_one(User, people.outsider)
    outsider.role, outsider.organization = role, mafar
    db.session.commit()
    client = with_token(app, sign_in_as(outsider.id), outsider.id)
    assert walk(app, client, outsider, foreign=True) == []


@pytest.mark.parametrize("persona", ["nobody", "disabled"])
def test_strangers_and_the_disabled_open_nothing(
    app: Flask, people, sign_in_as, persona: str
) -> None:
    client = with_token(app, sign_in_as(people.administrator), people.administrator)
    if persona == "disabled":
        db.session.get_one(User, people.administrator).is_active = False
    else:
        client = app.test_client()
    ids = standing_subject(people.administrator)
    for route in TABLE:
        assert ask(app, client, route, ids) == Answer(401, wrote=False), route


def test_what_is_refused_changes_nothing(app: Flask, people, sign_in_as) -> None:
    ids = standing_subject(people.viewer)
    entries, ppa = select(func.count(AuditEntry.id)), select(PPA).where(PPA.id == ids["ppa_id"])
    before, version = db.session.scalar(entries), db.session.scalars(ppa).one().version
    for name in ("viewer", "outsider", "executive", "bpda_planner", "coa_auditor"):
        client = with_token(app, sign_in_as(getattr(people, name)), getattr(people, name))
        role = db.session.get_one(User, getattr(people, name)).role
        db.session.rollback()
        for route in TABLE:
            if route[1] != "GET" and not is_let_in(route, role, foreign=name == "outsider"):
                ask(app, client, route, ids)
    assert db.session.scalar(entries) == before
    assert db.session.scalars(ppa).one().version == version
