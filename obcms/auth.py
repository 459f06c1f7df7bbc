"""Signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, Flask, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired

from obcms.extensions import db, login
from obcms.models import User

blueprint = Blueprint("auth", __name__)
# Checked when the user name is unknown, so that the answer takes as long as for a known one.
NOBODY = generate_password_hash("nobody", method="scrypt")


class SignInForm(FlaskForm):
    """User name and password."""

    username = StringField("User name", [DataRequired("Enter your user name.")])
    password = PasswordField("Password", [DataRequired("Enter your password.")])
    submit = SubmitField("Sign in")


def init_app(app: Flask) -> None:
    """Registers the pages and tells Flask-Login how to find a user."""
    app.register_blueprint(blueprint)
    login.login_view = "auth.sign_in"
    login.login_message = "Please sign in first."
    login.user_loader(_load_user)


def _load_user(user_id: str) -> User | None:
    user = db.session.get(User, int(user_id)) if user_id.isdecimal() else None
    return user if user is not None and user.is_active else None


@blueprint.get("/")
def home() -> ResponseReturnValue:
    return redirect(url_for("admin.index"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The sign-in page; one message for a wrong name and for a wrong password."""
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = SignInForm()
    if form.validate_on_submit():
        user = db.session.scalar(select(User).where(User.username == form.username.data.strip()))
        if _matches(user, form.password.data) and user is not None and user.is_active:
            session.clear()
            login_user(user)
            return redirect(_next_page())
        flash("The user name or the password is wrong.", "error")
    return render_template("auth/sign_in.html", form=form), 200 if request.method == "GET" else 422


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    logout_user()
    session.clear()
    return redirect(url_for("auth.sign_in"))


def _matches(user: User | None, password: str) -> bool:
    if user is None:
        check_password_hash(NOBODY, password)
        return False
    return user.has_password(password)


def _next_page() -> str:
    """Where the user wanted to go, if that is a page of this site."""
    target = request.args.get("next", "")
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if local and not parts.netloc and not parts.scheme else url_for("admin.index")
