"""Proving who one is in one step, for programs: password and, where there is one, the code."""

from dataclasses import replace

from obcms.kernel.audit.origin import current_origin, set_origin
from obcms.kernel.extensions import db
from obcms.people import second_factor
from obcms.people.models import User
from obcms.people.sign_in import check_guess, count_guess, find_by_key, forget_attempts


def check_credentials(username: str, password: str, code: str, address: str | None) -> User | None:
    """The active user whose name, password and second factor these are, else None.

    Each attempt is counted, and committed, before anything is checked, so that many at once
    cannot pass the lock. Raises Locked.
    """
    guess = count_guess(username, address)
    db.session.commit()
    user = check_guess(guess, password)
    if user is not None:  # whose recovery code is used up, if it is one
        set_origin(replace(current_origin(), actor_id=user.id, actor_name=user.username))
    if user is None or (user.has_second_factor and not second_factor.passes(user, code)):
        db.session.rollback()
        return None
    key = user.get_id()
    forget_attempts(user.username, address)
    db.session.commit()
    return find_by_key(key)
