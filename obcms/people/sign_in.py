"""Proving who one is by a password."""

from dataclasses import dataclass
from hmac import compare_digest

from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.security import check_password_hash, generate_password_hash

from obcms.kernel.extensions import db
from obcms.people.attempts import count_attempt
from obcms.people.models import User
from obcms.people.rules.hashing import password_method
from obcms.people.rules.names import fold
from obcms.people.rules.passwords import MAX_PASSWORD

# Checked when the user name is unknown, so that the answer takes as long as for a known one.
NOBODY = generate_password_hash("nobody", method=password_method())


@dataclass(frozen=True, slots=True)
class Guess:
    """A counted guess, and what it is compared with; nobody's hash for an unknown name."""

    user_id: int | None
    password_hash: str


def count_guess(username: str, address: str | None) -> Guess:
    """Counts an attempt and looks the user up. The caller commits, then calls `check_guess`.

    Raises Locked or Slowed.
    """
    count_attempt(username, address)
    columns = select(User.id, User.password_hash)
    found = db.session.execute(columns.where(User.username == fold(username))).first()
    return Guess(*found) if found else Guess(None, NOBODY)


def check_guess(guess: Guess, password: str) -> User | None:
    """The active user whose password it is.

    An unknown name, a wrong password and a disabled user take equally long and look the same. The
    slow part comes first, before the database is asked, so that it keeps nobody else waiting.
    """
    given = password[:MAX_PASSWORD].encode("utf-8", "replace").decode()
    right = check_password_hash(guess.password_hash, given)
    user = db.session.get(
        User, guess.user_id or 0, options=[undefer(User.has_second_factor)], populate_existing=True
    )
    proven = right and len(password) <= MAX_PASSWORD and user is not None and user.is_active
    return user if proven and user.password_hash == guess.password_hash else None


def find_by_key(key: str) -> User | None:
    """The active user with this key (`User.get_id`).

    A key from before a password change, or from before the user was disabled, fits nobody.
    """
    number, _, stamp = key.partition(":")
    if not (number.isdecimal() and len(number) < 10 and stamp.isascii()):
        return None
    options = [undefer(User.has_second_factor), undefer(User.needs_second_factor)]
    user = db.session.get(User, int(number), options=options)
    valid = user is not None and user.is_active and compare_digest(user.stamp, stamp)
    return user if valid else None
