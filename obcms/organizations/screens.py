"""The ministries, offices and agencies."""

from typing import Any, ClassVar

from flask import Flask
from flask_login import current_user
from flask_wtf import FlaskForm

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.kernel.screens.base import ClosedModelView
from obcms.organizations.edit import edit_organization
from obcms.organizations.models import Organization


class OrganizationView(ClosedModelView):
    """A plain list and form; none is deleted, because PPAs refer to them."""

    view_permission = Permission.ORGANIZATION_EDIT
    can_create = True
    can_edit = True
    column_list = ("acronym", "name")
    column_default_sort = "acronym"
    column_searchable_list = ("acronym", "name")
    form_columns = ("acronym", "name")
    form_args: ClassVar[dict[str, Any]] = {
        "acronym": {"description": "At most 16 characters, such as MOH."}
    }

    def on_model_change(self, _form: FlaskForm, model: Organization, _is_created: bool) -> None:
        edit_organization(current_user, model, model.acronym, model.name)


def init_app(app: Flask) -> None:
    """Adds the screens."""
    where = {"endpoint": "organization", "url": "/admin/organization"}
    view = OrganizationView(
        Organization, db, name="Organizations", category=ADMINISTRATION, **where
    )
    add_view(app, view, 94)
