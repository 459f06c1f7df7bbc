"""Guesses at a password, counted for each user name and address before anything is checked."""

from datetime import timedelta

from sqlalchemy import case, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import TooMany
from obcms.kernel.extensions import db
from obcms.kernel.rules.addresses import neighbourhood
from obcms.kernel.security.models import EventKind, SecurityEvent
from obcms.kernel.security.record import record_now
from obcms.people.models import SignInAttempt
from obcms.people.rules.names import LONGEST_NAME, fold

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=30)
KEPT_FOR = timedelta(days=1)
# An office shares one address: so many people mistype within so little time in none.
MOST_NAMES = 30
WITHIN = timedelta(minutes=5)


class Locked(TooMany):
    """Too many failures for this name from this address; nothing was checked."""

    def __init__(self) -> None:
        super().__init__(
            "There were too many failed attempts with this user name from where you are. "
            "Please wait 30 minutes, or ask an administrator to unlock it.",
            int(LOCKED_FOR.total_seconds()),
        )


class Slowed(TooMany):
    """Too many wrong names from this address just now; nothing was checked or counted."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Very many sign-ins have failed from where you are. Please wait a few minutes and "
            "try again. Whoever is signed in can go on working.",
            seconds,
        )


def attempt_key(username: str, address: str | None) -> tuple[str, str]:
    """Under which name and address a guess is counted, however it is spelled."""
    return fold(username)[:LONGEST_NAME], neighbourhood(address)


def count_attempt(username: str, address: str | None) -> None:
    """Counts a failure before anything is checked, so that guesses sent at once cannot pass five.

    The caller commits before it checks. Raises Locked or Slowed, and then nothing may be checked.
    """
    name, where = attempt_key(username, address)
    _slow_down(name, where)
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


def _slow_down(name: str, where: str) -> None:
    """Raises Slowed once many other names failed here; tells the trail of it once in a while."""
    now = utc_now()
    failed = (
        select(SignInAttempt.last_failure_at)
        .where(
            SignInAttempt.address == where,
            SignInAttempt.username != name,
            SignInAttempt.failures > 0,
            SignInAttempt.last_failure_at > now - WITHIN,
        )
        .order_by(SignInAttempt.last_failure_at.desc())
    )
    newest = db.session.scalars(failed.limit(MOST_NAMES)).all()
    if len(newest) < MOST_NAMES:
        return
    told = select(func.count()).where(
        SecurityEvent.kind == EventKind.SLOWED,
        SecurityEvent.name == where,
        SecurityEvent.at > now - WITHIN,
    )
    if not db.session.scalar(told):
        record_now(EventKind.SLOWED, f"{MOST_NAMES} names failed", where)
    raise Slowed(max(1, int((newest[-1] + WITHIN - now).total_seconds()) + 1))


def _prune() -> None:
    """Old rows go; those that another attempt just holds are left for the next time."""
    key = (SignInAttempt.username, SignInAttempt.address)
    old = select(*key).where(SignInAttempt.last_failure_at < utc_now() - KEPT_FOR)
    db.session.execute(
        delete(SignInAttempt)
        .where(tuple_(*key).in_(old.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )


def is_locked(username: str, address: str | None) -> bool:
    """Whether no further guess is looked at; the fifth wrong one has begun it."""
    name, where = attempt_key(username, address)
    attempt = db.session.get(SignInAttempt, (name, where), populate_existing=True)
    until = attempt.locked_until if attempt else None
    return until is not None and until > utc_now()


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
