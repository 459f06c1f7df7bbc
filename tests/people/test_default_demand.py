"""The four offices need a second factor, except in a demonstration, where every page says so."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from obcms.demo.load import load_demo
from obcms.kernel.db.revisions import MIGRATIONS
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.demands import BY_DEFAULT, demand, demanding_roles
from obcms.people.users import create_user
from tests.conftest import PASSWORD
from tests.people.steps import is_in, sign_in, stranger
from tests.support.apps import serving
from tests.support.filled import Filled

NOTICE = "Demonstration: a password alone signs in"


def new_demo() -> None:
    """The demonstration on a database as the migrations leave it."""
    load_demo()


@pytest.fixture(scope="module")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As the migrations leave it, to copy."""
    path = tmp_path_factory.mktemp("new") / "new.sqlite3"
    with serving(f"sqlite:///{path}", path.parent):
        upgrade(str(MIGRATIONS))
    return path


@pytest.fixture
def app(new_database: Path, tmp_path: Path) -> Iterator[Flask]:
    copy = shutil.copy(new_database, tmp_path)
    with serving(f"sqlite:///{copy}", tmp_path) as app:
        for role in (Role.ADMINISTRATOR, Role.VIEWER):
            create_user(SYSTEM, {"username": role.value, "role": role}, PASSWORD)
        db.session.commit()
        yield app


def test_a_new_database_demands_it_of_the_four(app: Flask) -> None:
    assert demanding_roles() == BY_DEFAULT
    assert {role.value for role in BY_DEFAULT} == {
        "administrator",
        "mfbm_analyst",
        "executive",
        "coa_auditor",
    }
    client, other = stranger(app), stranger(app)
    sign_in(client, "administrator")
    assert client.get("/admin/").headers["Location"] == "/account/second-factor"
    sign_in(other, "viewer")
    assert is_in(other)
    for path in ("/sign-in", "/admin/", "/account"):
        assert NOTICE not in other.get(path, follow_redirects=True).text, path


def test_the_demonstration_switches_it_off_and_every_page_says_so(
    app: Flask, filled: Filled
) -> None:
    filled.bring(app.config["SQLALCHEMY_DATABASE_URI"], new_demo)
    assert demanding_roles() == set()
    assert NOTICE in stranger(app).get("/sign-in").text
    client = stranger(app)
    sign_in(client, "administrator")
    for path in ("/admin/", "/admin/ppa/", "/account", "/account/password", "/admin/user/"):
        assert NOTICE in client.get(path).text, path
    assert NOTICE in client.get("/admin/nowhere").text


def test_loaded_where_there_is_something_it_changes_nothing(app: Flask, filled: Filled) -> None:
    filled.bring(app.config["SQLALCHEMY_DATABASE_URI"], new_demo)
    demand(SYSTEM, BY_DEFAULT)
    db.session.commit()
    load_demo()
    db.session.commit()
    assert demanding_roles() == BY_DEFAULT


def test_a_part_of_it_is_told_too(app: Flask) -> None:
    demand(SYSTEM, {Role.ADMINISTRATOR})
    db.session.commit()
    client = stranger(app)
    sign_in(client, "viewer")
    page = client.get("/admin/").text
    assert NOTICE not in page
    assert "Some roles that should have a second factor need none here" in page


def test_the_notice_costs_no_query_on_a_page(app: Flask, count_queries) -> None:
    client = stranger(app)
    sign_in(client, "viewer")
    with count_queries() as sent:
        client.get("/admin/ppa/")
    assert sum("second_factor_demand" in statement for statement in sent) == 1  # with who asks
