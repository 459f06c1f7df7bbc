"""Structure templates: what enabling tracking creates, as text that an administrator edits."""

from typing import Any, ClassVar

from obcms.kernel.records.view import RecordView


class StructureTemplateView(RecordView):
    """An outline with a fault is refused with its line number."""

    styles = (("work", "outline.css"),)
    form_widget_args: ClassVar[dict[str, Any]] = {
        "outline": {"rows": 16, "class": "form-control outline-text", "spellcheck": "false"}
    }
