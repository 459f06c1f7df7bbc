"""A person's own account: who they are to the system, and their password."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.people.screens.blueprint import blueprint
from obcms.people.screens.forms import PasswordForm
from obcms.people.screens.proof import check_password, uncount
from obcms.people.screens.session import enter
from obcms.people.sign_in import Locked
from obcms.people.users import MIN_PASSWORD, change_password


@blueprint.get("/account")
@login_required
def account() -> ResponseReturnValue:
    """What users may change about their own sign-in."""
    return render_template("people/account.html")


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
        except Locked as locked:
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
