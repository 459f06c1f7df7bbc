"""Signing in and out, and what people do with their own account."""

from flask import Flask

from obcms.auth import account, second_factor, session, sign_in
from obcms.auth.blueprint import blueprint
from obcms.extensions import login

__all__ = ["account", "second_factor", "sign_in"]


def init_app(app: Flask) -> None:
    """Registers the pages, and what decides at each request whether somebody is signed in."""
    app.register_blueprint(blueprint)
    login.login_view = "auth.sign_in"
    login.login_message = None
    login.user_loader(session.load_user)
    app.before_request(session.guard)
