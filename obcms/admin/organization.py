"""The ministries, offices and agencies."""

from typing import Any, ClassVar

from flask_login import current_user
from flask_wtf import FlaskForm

from obcms.admin.base import ClosedModelView
from obcms.models import Organization
from obcms.permissions import Permission
from obcms.services.organizations import edit_organization


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
