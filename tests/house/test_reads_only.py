"""Looking changes nothing: no GET and no HEAD writes or commits, whoever asks."""

import pytest
from flask import Flask

from obcms.kernel.permissions import Role
from tests.house.access_table import EVERYBODY, PUBLIC, TABLE, Access
from tests.house.test_access_matrix import make_subject, open_route, with_token
from tests.support.writes import noting_writes

# What is public comes last: the sign-in page ends a session.
LOOKS = [
    endpoint
    for endpoint, method in [*TABLE, *sorted(PUBLIC)]
    if method == "GET" and not endpoint.endswith("static")
]
MAY_WRITE = {
    "import_page.preview": "tries the import out, and keeps what it promised beside the upload",
}


@pytest.fixture
def database(sqlite_uri: str) -> str:
    """What a screen does, it does on both kinds of database."""
    return sqlite_uri


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_writes_nothing(app: Flask, people, sign_in_as, role: Role, method: str) -> None:
    user_id = getattr(people, role.value)
    ids = make_subject(user_id)
    client = with_token(app, sign_in_as(user_id), user_id)
    opened, writing = set(), {}
    for endpoint in LOOKS:
        access = TABLE.get((endpoint, "GET"), Access(EVERYBODY))
        with noting_writes() as noted:
            status = open_route(app, client, (endpoint, method), ids, access)
        if status == 200:
            opened.add(endpoint)
        if noted and endpoint not in MAY_WRITE:
            writing[endpoint] = noted
    assert writing == {}
    seen = {endpoint for endpoint, method in TABLE if role in TABLE[endpoint, method].roles}
    assert len(opened & seen) > len(seen) / 3  # or else nothing was proven
