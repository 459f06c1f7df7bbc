"""What each role may do, read only, and which roles need a second factor."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, ROLE_PERMISSIONS, Permission, Role
from obcms.kernel.screens.base import ClosedView
from obcms.people.demands import demand, demanding_roles


class RolesView(ClosedView):
    """The table that the services ask, as it stands in the code."""

    styles = (("people", "people.css"),)
    view_permission = Permission.USER_EDIT

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Which role may do what."""
        return self.render(
            "people/user/roles.html",
            roles=Role,
            permissions=Permission,
            granted=ROLE_PERMISSIONS,
            confined=CONFINED_ROLES,
        )


class SignInRulesView(ClosedView):
    """One tick for each role that needs a second factor."""

    view_permission = Permission.USER_EDIT

    @expose("/", methods=("GET", "POST"))
    def index(self) -> ResponseReturnValue:
        """Which roles have to sign in with a code, and changing that."""
        if request.method == "POST":
            ticked = set(request.form.getlist("role"))
            demand(current_user, {role for role in Role if role.value in ticked})
            db.session.commit()
            flash("The sign-in rules are saved.", "success")
            return redirect(url_for(".index"))
        return self.render(
            "people/user/sign_in_rules.html", roles=Role, demanding=demanding_roles()
        )
