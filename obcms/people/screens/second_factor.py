"""Turning the second factor of one's own account on and off."""

from contextlib import suppress

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required
from markupsafe import Markup

from obcms.kernel.encryption import Unreadable, decrypt, encrypt
from obcms.kernel.errors import Invalid, TooMany
from obcms.kernel.extensions import db
from obcms.people.screens.blueprint import blueprint
from obcms.people.screens.forms import TurnOffForm, TurnOnForm
from obcms.people.screens.proof import check_code, check_password, uncount
from obcms.people.screens.session import enter
from obcms.people.second_factor import WRONG, new_secret, setup_uri, turn_off, turn_on

OFFERED = "offered_secret"
NOT_YOURS = "This is not your password."


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@login_required
def set_up_second_factor() -> ResponseReturnValue:
    """Shows a secret, and turns the second factor on once the app answers with a right code."""
    if current_user.has_second_factor:
        return redirect(url_for("auth.turn_off_second_factor"))
    secret, form = _offered_secret(), TurnOnForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            if codes := _turn_on(form, secret):
                return render_template("people/recovery_codes.html", codes=codes)
        except Invalid as error:
            db.session.rollback()
            form.code.errors = [problem.message for problem in error.problems]
        except TooMany as locked:
            db.session.rollback()
            form.current.errors, status = [str(locked)], 429
    page = render_template("people/set_up.html", form=form, secret=secret, picture=_picture(secret))
    return page, status


def _offered_secret() -> str:
    """The same until a code confirms it, so that a typing error does not mean a new scan.

    Browsers can read what the session's cookie holds, so there it is encrypted.
    """
    with suppress(Unreadable):
        if OFFERED in session:
            return decrypt(session[OFFERED])
    secret = new_secret()
    session[OFFERED] = encrypt(secret)
    return secret


def _turn_on(form: TurnOnForm, secret: str) -> list[str]:
    """The recovery codes, else none with the form's error; whoever turns it on owns the account."""
    user = check_password(current_user.username, form.current.data)
    if user is None:
        form.current.errors = [NOT_YOURS]
        return []
    uncount(user)
    db.session.commit()
    codes = turn_on(user, secret, form.code.data)
    db.session.commit()
    enter(user)
    return codes


@blueprint.route("/account/second-factor/off", methods=["GET", "POST"])
@login_required
def turn_off_second_factor() -> ResponseReturnValue:
    """Needs both factors, so that an unattended computer is not enough."""
    if not current_user.has_second_factor:
        return redirect(url_for("auth.account"))
    form = TurnOffForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            if _turn_off(form):
                flash("Your second factor is turned off.", "info")
                return redirect(url_for("auth.account"))
        except TooMany as locked:
            db.session.rollback()
            form.current.errors, status = [str(locked)], 429
    return render_template("people/turn_off.html", form=form), status


def _turn_off(form: TurnOffForm) -> bool:
    user = check_password(current_user.username, form.current.data)
    if user is None:
        form.current.errors = [NOT_YOURS]
        return False
    uncount(user)
    db.session.commit()
    if not check_code(user, form.code.data):
        form.code.errors = [WRONG]
        return False
    uncount(user)
    turn_off(user)
    db.session.commit()
    enter(user)
    return True


def _picture(secret: str) -> Markup:
    """The QR code as SVG, dark on white with a quiet edge, which scanners need."""
    code = segno.make(setup_uri(current_user, secret), error="m", micro=False)
    return Markup(code.svg_inline(scale=5, border=3, light="white", omitsize=True, lineclass=None))
