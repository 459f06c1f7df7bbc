"""Checking what somebody claims to know, each time counted first."""

from flask import request

from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind
from obcms.people import second_factor
from obcms.people.attempts import count_attempt, take_back_attempt
from obcms.people.credentials import acts_as
from obcms.people.events import record_failure
from obcms.people.models import User
from obcms.people.sign_in import check_guess, count_guess


def check_password(username: str, password: str) -> User | None:
    """The user whose name and password these are. Raises Locked or Slowed."""
    guess = count_guess(username, request.remote_addr)
    db.session.commit()
    user = check_guess(guess, password)
    if user is None:
        _record(EventKind.SIGN_IN_FAILED, username)
    return user


def check_code(user: User, code: str) -> bool:
    """Whether the code is right; it is used up. Raises Locked or Slowed."""
    count_attempt(user.username, request.remote_addr)
    db.session.commit()
    acts_as(user)
    if second_factor.passes(user, code):
        return True
    _record(EventKind.CODE_FAILED, user.username)
    return False


def uncount(user: User) -> None:
    """Takes back the attempt that was right; wrong ones before it stay counted."""
    take_back_attempt(user.username, request.remote_addr)


def _record(kind: EventKind, username: str) -> None:
    record_failure(kind, username, request.remote_addr, request.path)
    db.session.commit()
