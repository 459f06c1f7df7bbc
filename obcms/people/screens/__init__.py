"""Signing in and out, one's own account, and the screens about people."""

from flask import Flask, render_template
from markupsafe import Markup

from obcms.kernel.extensions import login
from obcms.kernel.screens import ADMINISTRATION, add_notice, add_view, show_user
from obcms.people.demands import notice
from obcms.people.record import USERS
from obcms.people.screens import account, second_factor, session, sign_in
from obcms.people.screens.blueprint import blueprint
from obcms.people.screens.roles import RolesView, SignInRulesView
from obcms.people.screens.users import UserView
from obcms.people.sessions import note_use

__all__ = ["account", "second_factor", "sign_in"]


def init_app(app: Flask) -> None:
    """Adds the pages, and what decides at each request whether somebody is signed in."""
    app.register_blueprint(blueprint)
    login.login_view = "auth.sign_in"
    login.login_message = None
    login.user_loader(session.load_user)
    app.before_request(session.guard)
    app.teardown_request(note_use)
    add_notice(app, notice)
    show_user(app, lambda: Markup(render_template("people/corner.html")))
    where = ADMINISTRATION
    add_view(app, UserView(USERS, category=where), 91)
    roles = {"endpoint": "roles", "url": "/admin/roles"}
    add_view(app, RolesView(name="Roles", category=where, **roles), 92)
    rules = {"endpoint": "sign_in_rules", "url": "/admin/sign-in-rules"}
    add_view(app, SignInRulesView(name="Sign-in rules", category=where, **rules), 93)
