"""Checking what somebody claims to know, each time counted first."""

from flask import request

from obcms.kernel.extensions import db
from obcms.people import second_factor
from obcms.people.models import User
from obcms.people.sign_in import check_guess, count_attempt, count_guess, take_back_attempt


def check_password(username: str, password: str) -> User | None:
    """The user whose name and password these are. Raises Locked."""
    guess = count_guess(username, request.remote_addr)
    db.session.commit()
    return check_guess(guess, password)


def check_code(user: User, code: str) -> bool:
    """Whether the code is right; it is used up. Raises Locked."""
    count_attempt(user.username, request.remote_addr)
    db.session.commit()
    return second_factor.passes(user, code)


def uncount(user: User) -> None:
    """Takes back the attempt that was right; wrong ones before it stay counted."""
    take_back_attempt(user.username, request.remote_addr)
