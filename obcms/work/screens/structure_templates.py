"""Structure templates: what enabling tracking creates, as text that an administrator edits."""

from typing import Any, ClassVar

from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Optional

from obcms.kernel.permissions import Permission, require
from obcms.kernel.screens.base import ClosedModelView
from obcms.kernel.screens.stale import VersionedForm
from obcms.work.models import StructureTemplate
from obcms.work.rules.choices import TemplateKind
from obcms.work.rules.outline_text import parse_outline

HELP = (
    "One item a line: its type, its title, and its share of the parent’s budget / time in percent. "
    "Two spaces further in means one level down. Shares of items side by side sum to 100."
)


class StructureTemplateView(ClosedModelView):
    """The templates; an outline with a fault is refused with its line number."""

    view_permission = Permission.TEMPLATE_EDIT
    can_create = True
    can_edit = True
    column_list = ("name", "title", "description")
    column_default_sort = "id"
    form_base_class = VersionedForm
    form_columns = ("name", "title", "description", "kind", "outline")
    form_overrides: ClassVar[dict[str, Any]] = {"outline": TextAreaField}
    form_args: ClassVar[dict[str, Any]] = {
        "description": {"validators": [Optional()]},
        "outline": {"validators": [Optional()], "description": HELP},
    }
    form_widget_args: ClassVar[dict[str, Any]] = {
        "outline": {"rows": 16, "class": "form-control outline-text", "spellcheck": "false"}
    }

    def on_model_change(
        self, _form: FlaskForm, model: StructureTemplate, _is_created: bool
    ) -> None:
        require(current_user, Permission.TEMPLATE_EDIT)
        model.outline = model.outline or ""
        model.description = model.description or ""
        if model.kind == TemplateKind.OUTLINE:
            parse_outline(model.outline)
