"""A browser and an API client in one, which asks for any route of the access table."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, url_for
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.extensions import db
from obcms.people.models import User
from tests.house.access_requests import SENT, Sent
from tests.house.access_subjects import Ids
from tests.house.access_table import TABLE
from tests.support.tokens import access_token

RECORD_IDS = {"work_item": "item_id", "user": "user_id", "ppa": "ppa_id", "job_run": "run_id"}
Route = tuple[str, str]  # endpoint and method


@dataclass(frozen=True)
class Answer:
    """401 also where a page sends to the sign-in; `wrote`: whether the trail grew."""

    status: int
    wrote: bool


def with_token(app: Flask, client: FlaskClient, user_id: int) -> FlaskClient:
    """The signed-in client, with an access token of the same user besides."""
    with app.test_request_context():
        client.token = access_token(db.session.get_one(User, user_id))
    return client


def ask(app: Flask, client: FlaskClient, route: Route, ids: Ids, may: bool = False) -> Answer:
    """One request about the subject; who `may` prepares and fills it in, so that it succeeds."""
    sent, address = SENT.get(route, Sent()), address_of(app, route, ids)
    given = sent.prepare(client, ids) if may else {}
    before = _entries()
    send = _send_json if route[0].startswith("api_") else _send_form
    status = send(client, route, address, ids, given, may)
    return Answer(status, _entries() != before)


def _entries() -> int | None:
    newest = db.session.scalar(select(func.max(AuditEntry.id)))
    db.session.rollback()
    return newest


def address_of(app: Flask, route: Route, ids: Ids) -> str:
    """Where the route finds the subject."""
    endpoint, method = route
    view = endpoint.partition(".")[0]
    record = RECORD_IDS.get(view)
    with app.test_request_context():
        [rule] = [rule for rule in app.url_map.iter_rules(endpoint) if method in rule.methods]
        values = {name: ids.get(name, 1) for name in rule.arguments}
        if endpoint.endswith(("edit_view", "details_view")):
            values["id"] = ids[record] if record else 1
        return url_for(endpoint, **values, **(TABLE[route].query if route in TABLE else {}))


def _send_json(
    client: FlaskClient, route: Route, address: str, ids: Ids, given: dict[str, Any], _may: bool
) -> int:
    """With the client's token, and never with its cookies."""
    body = TABLE[route].body
    if body is not None:
        body = {name: ids.get(value, value) for name, value in body.items()} | given
    headers = {"Authorization": f"Bearer {client.token}"} if hasattr(client, "token") else {}
    return client.open(address, method=route[1], json=body, headers=headers).status_code


def _send_form(
    client: FlaskClient, route: Route, address: str, ids: Ids, given: dict[str, Any], may: bool
) -> int:
    form = {name: text.format(**ids) for name, text in SENT.get(route, Sent()).form.items()}
    form |= given
    if may and route[1] == "POST" and (route[0], "GET") in TABLE:
        form = _fields(client.get(address), address) | form
    answer = client.open(address, method=route[1], data=form if route[1] == "POST" else None)
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"):
        return 401
    return answer.status_code


def _fields(page: TestResponse, address: str) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    assert page.status_code == 200, (address, page.status_code)
    own = {"", urlsplit(address).path}
    forms = [one for one in html.fromstring(page.text).forms if one.method == "POST"]
    form = next(one for one in forms if urlsplit(one.action or "").path in own)
    return {name: value for name, value in form.form_values() if name is not None}
