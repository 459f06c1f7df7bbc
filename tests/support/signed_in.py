"""A session that was begun as signing in begins one, without its form."""

from flask import Flask
from flask.testing import FlaskClient

from obcms.kernel.extensions import db
from obcms.people.models import SessionKind, User
from obcms.people.screens.session import KEY, SEEN, moment_now
from obcms.people.sessions import begin


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A client of the user's; within the app's context."""
    identity = user.get_id()
    key = begin(user, SessionKind.BROWSER, "127.0.0.1", "Werkzeug")
    db.session.commit()  # the session must be idle: SQLite's write lock goes with a transaction
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = identity, True
        session[KEY], session[SEEN] = key, moment_now()
    return client
