"""Access tokens as the API gives them."""

from obcms.kernel.extensions import db
from obcms.people.models import User
from obcms.people.tokens import begin_session, make_access_token, make_refresh_token


def access_token(user: User) -> str:
    """Of a new session of the user; needs a request or its context."""
    return tokens(user)[0]


def refresh_token(user: User) -> str:
    """The same for a refresh token."""
    return tokens(user)[1]


def tokens(user: User) -> tuple[str, str]:
    """Access and refresh token of a new session."""
    key = begin_session(user, "127.0.0.1", "tests")
    pair = make_access_token(user, key), make_refresh_token(user, key)
    db.session.commit()
    return pair
