"""The sign-in page, the page for the code after it, and signing out."""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, logout_user

from obcms.kernel.errors import TooMany
from obcms.kernel.extensions import db
from obcms.kernel.security.models import EventKind
from obcms.people import sessions
from obcms.people.attempts import forget_attempts
from obcms.people.events import record_success
from obcms.people.models import User
from obcms.people.screens.blueprint import blueprint
from obcms.people.screens.forms import CodeForm, SignInForm
from obcms.people.screens.next_page import next_page
from obcms.people.screens.proof import check_code, check_password, uncount
from obcms.people.screens.session import KEY, enter, moment_now
from obcms.people.second_factor import WRONG
from obcms.people.sign_in import find_by_key

CODE_WITHIN = 5 * 60
PENDING, PENDING_SINCE = "code_of", "code_since"


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The dashboard, which asks strangers to sign in."""
    return redirect(url_for("admin.index"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """The first step; one message for a wrong name, a wrong password and a disabled user."""
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = SignInForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            user = check_password(form.username.data, form.password.data)
        except TooMany as locked:
            return _refuse("people/sign_in.html", form, locked)
        if user is not None:
            return _ask_for_code(user) if user.has_second_factor else _let_in(user)
        flash("The user name or the password is wrong.", "error")
    return render_template("people/sign_in.html", form=form), status


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def sign_in_code() -> ResponseReturnValue:
    """The second step: until it is done, the session opens nothing."""
    user = _pending_user()
    if user is None:
        session.clear()
        flash("Please sign in first.", "info")
        return redirect(url_for("auth.sign_in", next=request.args.get("next")))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            right = check_code(user, form.code.data)
        except TooMany as locked:
            return _refuse("people/code.html", form, locked)
        if right:
            return _let_in(user)
        flash(WRONG, "error")
    return render_template("people/code.html", form=form), 422 if request.method == "POST" else 200


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Ends the session itself: a copy of its cookie opens nothing any more."""
    sessions.sign_out(session.get(KEY))
    db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for("auth.sign_in"))


def _ask_for_code(user: User) -> ResponseReturnValue:
    uncount(user)
    db.session.commit()
    session.clear()
    session[PENDING], session[PENDING_SINCE] = user.get_id(), moment_now()
    return redirect(url_for("auth.sign_in_code", next=request.args.get("next")))


def _let_in(user: User) -> ResponseReturnValue:
    forget_attempts(user.username, request.remote_addr)
    record_success(EventKind.SIGNED_IN, user, request.path)
    enter(user)
    return redirect(next_page())


def _pending_user() -> User | None:
    """Who gave the right password within the last five minutes."""
    if moment_now() - session.get(PENDING_SINCE, 0) > CODE_WITHIN:
        return None
    return find_by_key(session.get(PENDING, ""))


def _refuse(template: str, form: object, error: TooMany) -> ResponseReturnValue:
    db.session.rollback()
    flash(str(error), "error")
    return render_template(template, form=form), 429, {"Retry-After": str(error.retry_after)}
