"""What the list of security events holds of a sign-in: never a password."""

from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind
from obcms.kernel.security.record import record_event
from obcms.people.attempts import is_locked
from obcms.people.models import User
from obcms.people.rules.names import fold
from obcms.people.rules.passwords import MIN_PASSWORD

SHOWN = 3


def record_failure(kind: EventKind, typed: str, address: str | None, where: str) -> None:
    """A wrong guess, and the lock where it was the last one. The caller commits."""
    known = db.session.execute(
        select(User.id, User.username).where(User.username == fold(typed))
    ).first()
    user_id, name = known or (None, _masked(typed))
    record_event(kind, where, name, user_id)
    if is_locked(typed, address):
        record_event(EventKind.LOCKED, where, name, user_id)


def record_success(kind: EventKind, user: User, where: str) -> None:
    """Somebody came in, with every factor they have. The caller commits."""
    record_event(kind, where, user.username, user.id)


def _masked(typed: str) -> str:
    """People type their password where the name belongs; no password is shorter than twelve."""
    name = fold(typed)
    if len(name) < MIN_PASSWORD:
        return name
    return f"{name[:SHOWN]}… ({len(name)} characters)"
