"""Proving who one is in one step, for programs: password and, where there is one, the code."""

from dataclasses import replace

from obcms.kernel.audit.origin import current_origin, set_origin
from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind
from obcms.people import second_factor
from obcms.people.attempts import forget_attempts
from obcms.people.events import record_failure
from obcms.people.models import User
from obcms.people.sign_in import check_guess, count_guess, find_by_key


def check_credentials(
    username: str, password: str, code: str, address: str | None, where: str
) -> User | None:
    """The active user whose name, password and second factor these are, else None.

    Each attempt is counted, and committed, before anything is checked, so that many at once
    cannot pass the lock. Raises Locked or Slowed.
    """
    guess = count_guess(username, address)
    db.session.commit()
    user = check_guess(guess, password)
    if user is None:
        return _refuse(EventKind.SIGN_IN_FAILED, username, address, where)
    acts_as(user)  # whose recovery code is used up, if it is one
    if user.has_second_factor and not second_factor.passes(user, code):
        return _refuse(EventKind.CODE_FAILED, username, address, where)
    key = user.get_id()
    forget_attempts(user.username, address)
    db.session.commit()
    return find_by_key(key)


def acts_as(user: User) -> None:
    """From now on the request's changes are the user's, who has given the right password."""
    set_origin(replace(current_origin(), actor_id=user.id, actor_name=user.username))


def _refuse(kind: EventKind, username: str, address: str | None, where: str) -> None:
    db.session.rollback()
    record_failure(kind, username, address, where)
    db.session.commit()
