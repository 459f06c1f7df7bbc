"""Live rows against the trail: what differs is named, and what migrations made is entered."""

import json

import pytest
from flask import Flask
from sqlalchemy import select, text

from obcms.kernel.audit.baseline import ACTOR, catch_up
from obcms.kernel.audit.models import ENTRIES
from obcms.kernel.extensions import db
from obcms.kernel.jobs.runner import JobFailed, run_slot
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.work.models import StructureTemplate


def found(app: Flask) -> dict[str, str]:
    """What `flask audit verify --rows` names: the problem by table and key."""
    verdict = json.loads(
        app.test_cli_runner().invoke(args=["audit", "verify", "--rows", "--json"]).output
    )
    return {f"{row['table']} {row['row']}": row["problem"] for row in verdict["rows"]}


def change(statement: str) -> None:
    """What somebody does who has the database alone."""
    db.session.execute(text(statement))
    db.session.commit()


def test_what_migrations_made_is_in_the_trail(app: Flask) -> None:
    assert found(app) == {}
    told = db.session.scalars(
        select(ENTRIES.c.row_key).where(
            ENTRIES.c.table_name == "organization",
            (ENTRIES.c.actor_name == ACTOR) | ENTRIES.c.actor_name.startswith("revision "),
        )
    )
    assert {int(key) for key in told} == set(db.session.scalars(select(Organization.id)))


def test_a_swapped_password_is_named_though_the_trail_does_not_hold_it(app: Flask, people) -> None:
    user = db.session.get_one(User, people.oobc_staff)
    before = user.password_hash
    change(f"UPDATE user_account SET password_hash = 'swapped' WHERE id = {user.id}")
    assert list(found(app)) == [f"user_account {user.id}"]
    assert "password_hash is not the one" in found(app)[f"user_account {user.id}"]
    kept = json.dumps(db.session.scalars(select(ENTRIES.c.changes)).all())
    assert before not in kept


def test_rows_changed_added_and_removed_are_named(app: Flask) -> None:
    first, second = db.session.scalars(select(Organization.id).order_by(Organization.id).limit(2))
    change(f"UPDATE organization SET name = 'Other' WHERE id = {first}")
    change(f"DELETE FROM organization WHERE id = {second}")
    change("INSERT INTO second_factor_demand (role) VALUES ('executive')")
    problems = found(app)
    assert set(problems) == {
        f"organization {first}",
        f"organization {second}",
        "second_factor_demand executive",
    }
    assert "name is Other" in problems[f"organization {first}"]


def test_the_nightly_check_compares_the_rows_too(app: Flask) -> None:
    first = db.session.scalar(select(Organization.id).limit(1))
    change(f"UPDATE organization SET name = 'Other' WHERE id = {first}")
    with pytest.raises(JobFailed, match=f"organization {first}"):
        run_slot("verify_audit", "20310101T0100Z")


def test_the_next_upgrade_covers_up_nothing(app: Flask) -> None:
    first = db.session.scalar(select(Organization.id).limit(1))
    change(f"UPDATE organization SET name = 'Other' WHERE id = {first}")
    own = ("id", "name", "name_key")
    copied = ", ".join(c.name for c in StructureTemplate.__table__.c if c.name not in own)
    change(
        f"INSERT INTO structure_template (name, name_key, {copied}) "
        f"SELECT 'forged', 'forged', {copied} FROM structure_template WHERE name = 'program'"
    )
    before = found(app)
    assert len(before) == 2
    assert catch_up(db.session()) == 0
    db.session.commit()
    assert found(app) == before


def test_an_earlier_key_is_good_while_it_is_known(app: Flask, people, monkeypatch) -> None:
    old = app.config["SECRET_KEY"]
    monkeypatch.setitem(app.config, "SECRET_KEY", "another one")
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [old])
    assert found(app) == {}
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [])
    problems = found(app)
    assert set(problems) == {f"user_account {key}" for key in db.session.scalars(select(User.id))}
    assert "not in SECRET_KEY_FALLBACKS" in problems[f"user_account {people.moa_head}"]


@pytest.mark.parametrize("name", ["password_hash", "stamp"])
def test_a_changed_secret_has_an_entry_of_its_own(app: Flask, people, name: str) -> None:
    user = db.session.get_one(User, people.moa_head)
    setattr(user, name, "another")
    db.session.commit()
    newest = select(ENTRIES.c.changes).order_by(ENTRIES.c.id.desc()).limit(1)
    old, new = db.session.scalar(newest)[f"hmac({name})"]
    assert old != new
    assert found(app) == {}
