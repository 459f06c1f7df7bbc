"""Users: who they are, what they may do, and help for those who cannot sign in."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.orm import Query, undefer
from wtforms import PasswordField, SubmitField
from wtforms.validators import Optional

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.kernel.records.form import Options
from obcms.kernel.records.view import RecordView
from obcms.kernel.screens.base import refusal
from obcms.kernel.screens.filters import ComputedFilter, choice_filter, id_filter, yes_no_filter
from obcms.organizations.screens.options import organization_options
from obcms.people import second_factor
from obcms.people.models import User
from obcms.people.users import (
    create_user,
    edit_user,
    generate_password,
    locked_among,
    set_password,
    unlock,
)


class NewPasswordForm(FlaskForm):
    """A password for somebody else: typed here, or made up."""

    password = PasswordField("New password", [Optional()])
    submit = SubmitField("Set password")


def _name(_view: object, _context: object, user: User, _name: str) -> Markup:
    return Markup('<a class="code" href="{}">{}</a>').format(
        url_for("user.edit_view", id=user.id, url=request.full_path), user.username
    )


def _state(_view: object, _context: object, user: User, _name: str) -> Markup:
    if not user.is_active:
        return Markup('<span class="badge">Disabled</span>')
    if user.id in g.locked_users:
        return Markup('<span class="badge badge-status-at_risk">Locked</span>')
    return Markup('<span class="badge badge-status-completed">Active</span>')


def _second_factor(_view: object, _context: object, user: User, _name: str) -> str:
    return "On" if user.has_second_factor else "—"


class UserView(RecordView):
    """The list and the forms. Nobody is deleted, because the trail and the records name them."""

    styles = (("people", "people.css"),)
    create_template = "people/user/create.html"
    edit_template = "people/user/edit.html"
    column_labels: ClassVar[dict[str, str]] = {
        "username": "User name",
        "full_name": "Name",
        "organization": "Ministry",
        "email": "E-mail",
        "is_active": "State",
        "has_second_factor": "Second factor",
    }
    column_formatters: ClassVar[dict[str, Any]] = {
        "username": _name,
        "role": lambda _view, _context, user, _name: user.role.label,
        "organization": lambda _view, _context, user, _name: (
            user.organization.acronym if user.organization else "—"
        ),
        "is_active": _state,
        "has_second_factor": _second_factor,
    }
    column_display_actions = False
    column_sortable_list = (
        "username",
        "full_name",
        "role",
        ("organization", "organization.acronym"),
        "email",
        "is_active",
    )
    column_filters = (
        choice_filter(User.role, "Role", Role),
        id_filter(User.organization_id, "Ministry", organization_options),
        yes_no_filter(User.is_active, "Active"),
        ComputedFilter(User.has_second_factor, User.id, "Second factor"),
    )
    options: ClassVar[dict[str, Options]] = {"organization": organization_options}

    def get_query(self) -> Query:
        return super().get_query().options(undefer(User.has_second_factor))

    def get_list(self, *args: Any, **kwargs: Any) -> tuple[int, list[Any]]:
        count, users = super().get_list(*args, **kwargs)
        g.locked_users = locked_among(users)
        return count, users

    def get_one(self, id: str) -> User:
        user = super().get_one(id)
        g.locked_users = locked_among([user])
        return user

    def create(self, values: Mapping[str, Any]) -> User:
        # Nobody knows this password; the next page sets the one that the person gets.
        return create_user(current_user, values, generate_password(), must_change=True)

    def change(self, record: User, values: Mapping[str, Any], opened: Mapping[str, str]) -> None:
        edit_user(current_user, record, values, opened)

    def get_save_return_url(self, model: User, is_created: bool = False) -> str:
        if is_created:
            return url_for(".password", user_id=model.id)
        return url_for(".index_view")

    @expose("/<int:user_id>/password", methods=("GET", "POST"))
    def password(self, user_id: int) -> ResponseReturnValue:
        """Sets a password anew. The answer shows a made-up one, which is kept nowhere."""
        user = self.get_one(str(user_id))
        form, shown, status = NewPasswordForm(), None, 200
        if form.validate_on_submit():
            chosen = form.password.data or generate_password()
            try:
                set_password(current_user, user, chosen, must_change=True)
                db.session.commit()
                shown = chosen if not form.password.data else ""
            except Invalid as error:
                db.session.rollback()
                form.password.errors, status = refusal(error), 422
        page = self.render("people/user/password.html", user=user, form=form, shown=shown)
        return page, status

    @expose("/<int:user_id>/unlock", methods=("POST",))
    def unlock(self, user_id: int) -> ResponseReturnValue:
        """Lets the user sign in again after too many attempts."""
        user = self.get_one(str(user_id))
        unlock(current_user, user)
        db.session.commit()
        flash(f"{user.username} can sign in again.", "success")
        return redirect(url_for(".edit_view", id=user_id))

    @expose("/<int:user_id>/reset-second-factor", methods=("POST",))
    def reset_second_factor(self, user_id: int) -> ResponseReturnValue:
        """Takes away the second factor, for who has lost it."""
        user = self.get_one(str(user_id))
        second_factor.reset(current_user, user)
        db.session.commit()
        flash(f"{user.username} now signs in with the password alone.", "success")
        return redirect(url_for(".edit_view", id=user_id))
