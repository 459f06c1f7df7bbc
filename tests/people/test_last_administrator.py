"""Somebody is always in charge."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from obcms.kernel.errors import Conflict
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM, Role
from obcms.people.models import User
from obcms.people.users import edit_user
from tests.people.user_forms import edit, stored


@pytest.mark.parametrize("changes", [{"is_active": None}, {"role": "viewer"}])
def test_nobody_locks_oneself_out_of_the_office(people, sign_in_as, changes) -> None:
    db.session.add(User(username="other", role=Role.ADMINISTRATOR, password_hash="x"))
    db.session.commit()
    page = edit(sign_in_as(people.administrator), people.administrator, **changes)
    assert "You cannot disable yourself" in page
    assert stored(people.administrator).is_active
    assert stored(people.administrator).role is Role.ADMINISTRATOR


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": Role.VIEWER}])
def test_the_last_administrator_stays(app, people, changes) -> None:
    db.session.add(
        User(username="gone", role=Role.ADMINISTRATOR, password_hash="x", is_active=False)
    )
    db.session.commit()
    user = db.session.get_one(User, people.administrator)
    with pytest.raises(Conflict, match="last active administrator"):
        edit_user(SYSTEM, user, changes)


def test_two_administrators_cannot_disable_each_other_at_once(app: Flask, people) -> None:
    other = User(username="other", role=Role.ADMINISTRATOR, password_hash="x")
    db.session.add(other)
    db.session.commit()
    pairs = [(people.administrator, other.id), (other.id, people.administrator)]
    db.session.remove()

    def disable(pair: tuple[int, int]) -> bool:
        with app.app_context():
            actor, user = (db.session.get_one(User, user_id) for user_id in pair)
            try:
                edit_user(actor, user, {"is_active": False})
                db.session.commit()
            except Exception:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(disable, pairs))
    query = select(func.count(User.id)).where(User.role == Role.ADMINISTRATOR, User.is_active)
    assert db.session.scalar(query) >= 1
