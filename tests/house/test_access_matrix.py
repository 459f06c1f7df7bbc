"""Every route × every role × own and foreign object, against one table (SPEC 8)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.imports.models import ImportUpload
from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, SYSTEM, Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.people.tokens import make_access_token
from obcms.ppas.models import PPA
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.work.rules.choices import DistributionMethod
from tests.house.access_table import PUBLIC, SEEN_BY, TABLE, Access
from tests.services.factories import make_ppa, track

LET_IN = {200, 201, 204, 302, 409, 422}
LED_BACK = {302, 400, 404, 405}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def database(sqlite_uri: str) -> str:
    """The answers do not depend on the kind of database, so one is enough for so many requests."""
    return sqlite_uri


def routes(app: Flask) -> Iterator[tuple[str, str]]:
    """Every (endpoint, method) that the app answers."""
    for rule in app.url_map.iter_rules():
        for method in rule.methods & METHODS:
            yield rule.endpoint, method


def test_the_table_names_every_route_and_no_other(app: Flask) -> None:
    assert set(routes(app)) == TABLE.keys() | PUBLIC


def make_subject(owner_id: int) -> dict[str, int]:
    """A tracked PPA of MOH with spending, a receipt, a distribution, and an upload of the user."""
    ppa = make_ppa()
    items = track(ppa)
    new = NewExpenditure(
        date(2025, 2, 3),
        Decimal(10),
        "Supplies",
        receipt_name="or.pdf",
        receipt=b"%PDF-1.4 1",
    )
    line = post_expenditure(SYSTEM, items["Resources"], new)
    request = Request(DistributionMethod.TEMPLATE)
    version = distribution.preview(SYSTEM, ppa, request).version
    batch = distribution.apply(SYSTEM, ppa, request, version).batch
    upload = ImportUpload(
        user_id=owner_id, filename="a.csv", content=b"Code,Title,Budget\n", preview=""
    )
    db.session.add(upload)
    db.session.flush()
    ids = {
        "ppa_id": ppa.id,
        "item_id": items["Resources"].id,
        "line_id": line.id,
        "batch_id": batch.id,
        "upload_id": upload.id,
        "entry_id": ppa.id,
        "root_id": items["root"].id,
        "user_id": owner_id,
        "id": ppa.id,
    }
    db.session.commit()
    return ids


def open_route(
    app: Flask, client: FlaskClient, route: tuple[str, str], ids: dict[str, int], access: Access
) -> int:
    """The status of the answer to one request about the subject."""
    endpoint, method = route
    view = endpoint.partition(".")[0]
    record = {"work_item": "item_id", "user": "user_id", "ppa": "ppa_id"}.get(view)
    with app.test_request_context():
        [rule] = [rule for rule in app.url_map.iter_rules(endpoint) if method in rule.methods]
        values = {name: ids.get(name, 1) for name in rule.arguments}
        if endpoint.endswith("edit_view"):
            values["id"] = ids[record] if record else 1
        address = url_for(endpoint, **values, **access.query)
    if endpoint.startswith("api_"):
        return open_api(client, method, address, ids, access)
    form = access.form if method == "POST" else None
    answer = client.open(address, method=method, data=form)
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"):
        return 401
    return answer.status_code


def open_api(
    client: FlaskClient, method: str, address: str, ids: dict[str, int], access: Access
) -> int:
    """The same with the client's token, and never with its cookies."""
    body = access.body and {name: ids.get(value, value) for name, value in access.body.items()}
    headers = {"Authorization": f"Bearer {client.token}"} if hasattr(client, "token") else {}
    return client.open(address, method=method, json=body, headers=headers).status_code


def with_token(app: Flask, client: FlaskClient, user_id: int) -> FlaskClient:
    """The signed-in client, with an access token of the same user besides."""
    with app.test_request_context():
        client.token = make_access_token(db.session.get_one(User, user_id))
    return client


def expected(access: Access, route: tuple[str, str], role: Role, foreign: bool) -> set[int]:
    seen_by = SEEN_BY.get(route[0].partition(".")[0], access.roles)
    if access.closed:
        return LED_BACK if role in seen_by else {403}
    if access.of_ppa and foreign:
        return {404}
    if role in access.roles:
        return LET_IN
    form_of_a_list = route[0].endswith(("create_view", "edit_view"))
    return LED_BACK if form_of_a_list and role in seen_by else {403}


def walk(
    app: Flask, client: FlaskClient, user: SimpleNamespace, foreign: bool
) -> Iterator[tuple[tuple[str, str], int, set[int]]]:
    standing = make_subject(user.id)
    for route, access in TABLE.items():
        ids = make_subject(user.id) if route[1] != "GET" else standing
        status = open_route(app, client, route, ids, access)
        yield route, status, expected(access, route, user.role, foreign)


@pytest.mark.parametrize("role", list(Role))
def test_own_objects(app: Flask, people, sign_in_as, role: Role) -> None:
    user = SimpleNamespace(id=getattr(people, role.value), role=role)
    client = with_token(app, sign_in_as(user.id), user.id)
    wrong = [
        (route, status, sorted(fine))
        for route, status, fine in walk(app, client, user, foreign=False)
        if status not in fine
    ]
    assert wrong == []


@pytest.mark.parametrize("role", sorted(CONFINED_ROLES))
def test_foreign_objects_do_not_exist(app: Flask, people, sign_in_as, role: Role) -> None:
    mafar = db.session.scalars(select(Organization).filter_by(acronym="MAFAR")).one()
    outsider = db.session.get_one(User, people.outsider)
    outsider.role, outsider.organization = role, mafar
    db.session.commit()
    user = SimpleNamespace(id=people.outsider, role=role)
    client = with_token(app, sign_in_as(user.id), user.id)
    wrong = [
        (route, status, sorted(fine))
        for route, status, fine in walk(app, client, user, foreign=True)
        if status not in fine
    ]
    assert wrong == []


@pytest.mark.parametrize("persona", ["nobody", "disabled"])
def test_strangers_and_the_disabled_open_nothing(
    app: Flask, people, sign_in_as, persona: str
) -> None:
    client = with_token(app, sign_in_as(people.administrator), people.administrator)
    if persona == "disabled":
        db.session.get_one(User, people.administrator).is_active = False
    else:
        client = app.test_client()
    ids = make_subject(people.administrator)
    entries = select(func.count(AuditEntry.id))
    before = db.session.scalar(entries)
    db.session.rollback()
    for route, access in TABLE.items():
        assert open_route(app, client, route, ids, access) == 401, route
    assert db.session.scalar(entries) == before


def test_what_is_refused_changes_nothing(app: Flask, people, sign_in_as) -> None:
    ids = make_subject(people.viewer)
    entries, ppa = select(func.count(AuditEntry.id)), select(PPA).where(PPA.id == ids["ppa_id"])
    before, version = db.session.scalar(entries), db.session.scalars(ppa).one().version
    for name in ("viewer", "outsider", "executive", "bpda_planner", "coa_auditor"):
        client = with_token(app, sign_in_as(getattr(people, name)), getattr(people, name))
        role = db.session.get_one(User, getattr(people, name)).role
        db.session.rollback()
        for route, access in TABLE.items():
            allowed = role in access.roles and not (access.of_ppa and name == "outsider")
            if route[1] != "GET" and not allowed:
                open_route(app, client, route, ids, access)
    assert db.session.scalar(entries) == before
    assert db.session.scalars(ppa).one().version == version
