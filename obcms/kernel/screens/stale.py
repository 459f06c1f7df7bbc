"""Forms that notice when the record changed after they were opened (SPEC 16, last trap)."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from obcms.kernel.audit.conflicts import refuse_overtaken
from obcms.kernel.errors import Conflict

FIELD = "seen_version"


class VersionedForm(FlaskForm):
    """Carries the version that the user saw."""

    seen_version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Where Flask-Admin's check for duplicates finds the record itself.
        self._obj = kwargs.get("obj")
        super().__init__(*args, **kwargs)


def refuse_stale(form: FlaskForm, record: Any) -> None:
    """Raises Conflict when a field of the form was changed by others since it was opened."""
    seen = str(form.seen_version.data or "")
    if not seen.isdecimal() or len(seen) > 10:
        raise Conflict("The form is incomplete. Please open it again.")
    fields = {name for field in form for name in (field.name, f"{field.name}_id")}
    try:
        refuse_overtaken(record, int(seen), fields)
    except Conflict as conflict:
        raise Conflict(f"{conflict} Please open it again and repeat your change.") from None
