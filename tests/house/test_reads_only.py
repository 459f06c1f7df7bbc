"""Looking changes nothing: no GET and no HEAD writes or commits, whoever asks."""

import pytest
from flask import Flask

from obcms.kernel.permissions import Role
from tests.house.access_client import address_of, with_token
from tests.house.access_public import PUBLIC
from tests.house.access_subjects import standing_subject
from tests.house.access_table import TABLE
from tests.support.writes import noting_writes

# What is public comes last: the sign-in page ends a session.
LOOKS = [
    route
    for route in [*TABLE, *sorted(PUBLIC)]
    if route[1] == "GET" and not route[0].endswith("static")
]
MAY_WRITE = {
    "ppa_page.receipt": "who takes a file is recorded beside the trail (SPEC 9)",
    "budget_line.export": "and so is who takes a list",
    "ledger_line.export": "or a registry",
    "ledger_status.export": "or a statement",
}
REFUSAL = "INSERT INTO security_event"


@pytest.fixture
def database(sqlite_uri: str) -> str:
    """What a screen does, it does on both kinds of database."""
    return sqlite_uri


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_writes_nothing(app: Flask, people, sign_in_as, role: Role, method: str) -> None:
    user_id = getattr(people, role.value)
    ids = standing_subject(user_id)
    client = with_token(app, sign_in_as(user_id), user_id)
    headers = {"Authorization": f"Bearer {client.token}"}
    opened, writing = set(), {}
    for route in LOOKS:
        address = address_of(app, route, ids)
        sent = headers if route[0].startswith("api_") else None
        with noting_writes() as noted:
            status = client.open(address, method=method, headers=sent).status_code
        if status == 200:
            opened.add(route)
        if status == 403:  # a refusal is recorded beside the trail (SPEC 9), and nothing else
            noted = [one for one in noted if not one.startswith(REFUSAL) and one != "COMMIT"]
        if noted and route[0] not in MAY_WRITE:
            writing[route[0]] = noted
    assert writing == {}
    seen = {route for route in LOOKS if route in TABLE and role in TABLE[route].roles}
    assert len(opened & seen) > len(seen) * 0.8, seen - opened  # or else nothing was proven
