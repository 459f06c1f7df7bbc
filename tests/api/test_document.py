"""What the document says holds, whatever is sent and whoever sends it (schemathesis)."""

import os
import subprocess
import sys

import pytest

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.people.models import User
from tests.support.factories import make_ppa, track
from tests.support.tokens import access_token

# Examples for each operation and phase; more on demand: API_EXAMPLES=200 pytest tests/api
EXAMPLES = os.environ.get("API_EXAMPLES", "2")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
    "use_after_free",
    "unsupported_method",
)

# A minute's work, so only for the role that gets furthest.
PHASES = {"administrator": "examples,coverage,fuzzing,stateful"}


@pytest.fixture
def database(request: pytest.FixtureRequest, role: str) -> str:
    """PostgreSQL for the role that may do most, as it refuses more; SQLite for the others."""
    kind = "postgresql_uri" if role == "administrator" else "sqlite_uri"
    return request.getfixturevalue(kind)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_the_document_holds(app, people, live, tmp_path, role: str) -> None:
    for budget in ("1000000.00", None):
        ppa = make_ppa(budget)
        if budget:
            track(ppa)
    token = access_token(db.session.get_one(User, getattr(people, role)))
    db.session.commit()
    db.session.remove()
    for limit in ("api_rate_limit", "api_token_rate_limit"):
        setattr(app.config["OBCMS"], limit, "100000 per second")
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{live}/api/docs/openapi.json"]
    command += ["-H", f"Authorization: Bearer {token}", "-c", ",".join(CHECKS), "-n", EXAMPLES]
    command += ["--phases", PHASES.get(role, "fuzzing,stateful"), "--seed", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-15000:] + done.stderr[-2000:]
