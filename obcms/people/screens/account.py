"""A person's own account: who they are to the system, and their password."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import Invalid, NotFound, TooMany
from obcms.kernel.extensions import db
from obcms.people import sessions
from obcms.people.recovery import left
from obcms.people.rules.browsers import browser_name
from obcms.people.rules.passwords import MIN_PASSWORD
from obcms.people.screens.blueprint import blueprint
from obcms.people.screens.forms import PasswordForm
from obcms.people.screens.proof import check_password, uncount
from obcms.people.screens.session import KEY, enter
from obcms.people.sessions import is_own, living
from obcms.people.users import change_password


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of the account page, with what its template needs."""

    template: str
    context: Callable[[], Mapping[str, Any]]


# What slices above add to the page.
PANELS: list[Panel] = []


@blueprint.get("/account")
@login_required
def account() -> ResponseReturnValue:
    """Who I am to the system, and where I am signed in."""
    here = session.get(KEY)
    rows = [(one, browser_name(one.agent), is_own(one, here)) for one in living(current_user)]
    given: dict[str, Any] = {"sessions": rows, "codes_left": left(current_user)}
    for panel in PANELS:
        given |= panel.context()
    given["panels"] = [panel.template for panel in PANELS]
    return render_template("people/account.html", **given)


@blueprint.post("/account/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> ResponseReturnValue:
    """Ends one of my sessions, as on a computer that I left."""
    if session_id > LARGEST_KEY or not sessions.end(current_user, session_id):
        raise NotFound("This session has ended already.")
    db.session.commit()
    flash("The session is ended.", "info")
    return redirect(url_for("auth.account"))


@blueprint.post("/account/sessions/end-others")
@login_required
def end_other_sessions() -> ResponseReturnValue:
    """Ends all my sessions but the one that asks."""
    ended = sessions.end_others(current_user, session.get(KEY))
    db.session.commit()
    flash(f"{ended} other session{'' if ended == 1 else 's'} ended.", "info")
    return redirect(url_for("auth.account"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@login_required
def change_own_password() -> ResponseReturnValue:
    """Ends all sessions but this one."""
    form = PasswordForm()
    status = 422 if request.method == "POST" else 200
    if form.validate_on_submit():
        try:
            if _change(form):
                flash("Your password is changed. All other sessions of yours have ended.", "info")
                return redirect(url_for("auth.account"))
        except Invalid as error:
            db.session.rollback()
            form.password.errors = [problem.message for problem in error.problems]
        except TooMany as locked:
            db.session.rollback()
            form.current.errors, status = [str(locked)], 429
    page = render_template("people/password.html", form=form, shortest=MIN_PASSWORD)
    return page, status


def _change(form: PasswordForm) -> bool:
    user = check_password(current_user.username, form.current.data)
    if user is None:
        form.current.errors = ["This is not your current password."]
        return False
    uncount(user)
    db.session.commit()
    change_password(user, form.password.data)
    db.session.commit()
    enter(user)
    return True
