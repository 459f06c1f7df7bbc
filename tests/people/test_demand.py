"""A role that needs a second factor: nothing opens before it is set up."""

import pytest
from sqlalchemy import select

from obcms.kernel.audit.models import AuditEntry
from obcms.kernel.errors import Forbidden
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.demands import demand, demanding_roles
from obcms.people.models import User
from tests.conftest import PASSWORD
from tests.people.steps import (
    SET_UP,
    code,
    is_in,
    offered_secret,
    set_up,
    sign_in,
    stranger,
    with_second_factor,
)

RULES = "/admin/sign-in-rules/"


@pytest.fixture
def demanded(people) -> None:
    demand(SYSTEM, {Role.VIEWER})
    db.session.commit()


def test_only_an_administrator_sees_and_sets_the_rules(people, sign_in_as) -> None:
    for name in ("viewer", "oobc_staff", "coa_auditor", "outsider"):
        client = sign_in_as(getattr(people, name))
        assert client.get(RULES).status_code == 403
        assert client.post(RULES, data={"role": "viewer"}).status_code == 403
    with pytest.raises(Forbidden, match="Your role does not allow this"):
        demand(db.session.get_one(User, people.viewer), set())
    assert demanding_roles() == set()


def test_nothing_opens_before_it_is_set_up(app, people, demanded) -> None:
    client = stranger(app)
    assert sign_in(client, "viewer").status_code == 302
    for path in ("/admin/", "/admin/ppa/", "/account", "/account/password", "/", "/sign-in"):
        assert client.get(path).headers["Location"] == SET_UP, path
    form = {"current": PASSWORD, "password": "a wholly new one", "again": "a wholly new one"}
    assert client.post("/account/password", data=form).headers["Location"] == SET_UP
    assert "Your role, Viewer, needs a second factor" in client.get(SET_UP).text
    set_up(client, code(offered_secret(client)))
    assert is_in(client)


def test_a_session_that_is_open_already_is_led_there_too(people, sign_in_as) -> None:
    client = sign_in_as(people.viewer)
    assert is_in(client)
    demand(SYSTEM, {Role.VIEWER})
    db.session.commit()
    assert client.get("/admin/").headers["Location"] == SET_UP
    assert client.post("/sign-out").headers["Location"] == "/sign-in"


def test_others_are_not_asked(people, sign_in_as, demanded) -> None:
    assert is_in(sign_in_as(people.executive))


def test_who_has_one_is_not_asked_again(people, sign_in_as, demanded) -> None:
    with_second_factor(people.viewer)
    assert is_in(sign_in_as(people.viewer))


def test_the_ticks_are_what_is_demanded(app, people, sign_in_as) -> None:
    client = sign_in_as(people.administrator)
    client.post(RULES, data={"role": ["viewer", "moa_head", "no such role"]})
    assert demanding_roles() == {Role.VIEWER, Role.MOA_HEAD}
    db.session.rollback()
    assert client.get(RULES).text.count(" checked") == 2
    client.post(RULES, data={"role": ["viewer"]})
    assert demanding_roles() == {Role.VIEWER}
    trail = select(AuditEntry.action, AuditEntry.row_key).where(
        AuditEntry.table_name == "second_factor_demand"
    )
    told = [(action.value, key) for action, key in db.session.execute(trail)]
    assert sorted(told) == [("delete", "moa_head"), ("insert", "moa_head"), ("insert", "viewer")]
