"""Proving who one is by a password, with guesses counted for each user name and address."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from sqlalchemy import case, delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import undefer
from werkzeug.security import check_password_hash, generate_password_hash

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import TooMany
from obcms.kernel.extensions import db
from obcms.kernel.rules.addresses import neighbourhood
from obcms.people.models import SignInAttempt, User

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)
KEPT_FOR = timedelta(days=1)
LONGEST_NAME = 64
MAX_PASSWORD = 1024
# Checked when the user name is unknown, so that the answer takes as long as for a known one.
NOBODY = generate_password_hash("nobody", method="scrypt")


class Locked(TooMany):
    """Too many failures for this name from this address; nothing was checked."""

    def __init__(self) -> None:
        super().__init__(
            "There were too many failed attempts with this user name from where you are. "
            "Please wait 30 minutes, or ask an administrator to unlock it.",
            int(LOCKED_FOR.total_seconds()),
        )


def clean_name(username: str) -> str:
    """The user name without what no user name holds and no database takes."""
    printable = "".join(char for char in username if unicodedata.category(char)[0] != "C")
    return printable.strip()


def attempt_key(username: str, address: str | None) -> tuple[str, str]:
    """Under which name and address a guess is counted, however it is spelled."""
    name = unicodedata.normalize("NFKC", clean_name(username)).casefold()[:LONGEST_NAME]
    return name, neighbourhood(address)


def count_attempt(username: str, address: str | None) -> None:
    """Counts a failure before anything is checked, so that guesses sent at once cannot pass five.

    The caller commits before it checks. Raises Locked, and then nothing may be checked.
    """
    name, where = attempt_key(username, address)
    now = utc_now()
    table = SignInAttempt
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    failures = case((table.last_failure_at <= now - LOCKED_FOR, 1), else_=table.failures + 1)
    statement = (
        insert(table)
        .values(username=name, address=where, failures=1, last_failure_at=now)
        .on_conflict_do_update(
            index_elements=[table.username, table.address],
            set_={
                "failures": failures,
                "last_failure_at": now,
                "locked_until": case((failures >= MOST_FAILURES, now + LOCKED_FOR), else_=None),
            },
            where=(table.locked_until.is_(None)) | (table.locked_until <= now),
        )
        .returning(table.failures)
    )
    if db.session.scalar(statement) is None:
        raise Locked
    _prune()


def _prune() -> None:
    """Old rows go; those that another attempt just holds are left for the next time."""
    key = (SignInAttempt.username, SignInAttempt.address)
    old = select(*key).where(SignInAttempt.last_failure_at < utc_now() - KEPT_FOR)
    db.session.execute(
        delete(SignInAttempt)
        .where(tuple_(*key).in_(old.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )


def take_back_attempt(username: str, address: str | None) -> None:
    """Uncounts a guess that was right, and leaves the earlier wrong ones counted."""
    name, where = attempt_key(username, address)
    db.session.execute(
        update(SignInAttempt)
        .where(SignInAttempt.username == name, SignInAttempt.address == where)
        .values(failures=SignInAttempt.failures - 1, locked_until=None)
    )


def forget_attempts(username: str, address: str | None) -> None:
    """Starts to count anew: the user has signed in from there, with every factor they have."""
    name, where = attempt_key(username, address)
    db.session.execute(
        delete(SignInAttempt).where(SignInAttempt.username == name, SignInAttempt.address == where)
    )


@dataclass(frozen=True, slots=True)
class Guess:
    """A counted guess, and what it is compared with; nobody's hash for an unknown name."""

    user_id: int | None
    password_hash: str


def count_guess(username: str, address: str | None) -> Guess:
    """Counts an attempt and looks the user up. The caller commits, then calls `check_guess`.

    Raises Locked.
    """
    count_attempt(username, address)
    columns = select(User.id, User.password_hash)
    found = db.session.execute(columns.where(User.username == clean_name(username))).first()
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
