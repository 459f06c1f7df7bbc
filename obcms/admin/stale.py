"""Forms that notice when the record changed after they were opened (SPEC 16, last trap)."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from obcms.audit.history import FieldChange, changes_since
from obcms.errors import Conflict
from obcms.formats import moment

FIELD = "seen_version"


class VersionedForm(FlaskForm):
    """Carries the version that the user saw."""

    seen_version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Where Flask-Admin's check for duplicates finds the record itself.
        self._obj = kwargs.get("obj")
        super().__init__(*args, **kwargs)


def refuse_stale(form: FlaskForm, record: Any, labels: Mapping[str, str]) -> None:
    """Raises Conflict when a field of the form was changed by others since it was opened.

    Changes of other columns, such as a progress rolled up meanwhile, do no harm: the form would
    not write them.
    """
    seen = str(form.seen_version.data or "")
    if not seen.isdecimal():
        raise Conflict("The form is incomplete. Please open it again.")
    if int(seen) == record.version:
        return
    shown = {name for field in form for name in (field.name, f"{field.name}_id")}
    changed = {
        name: change for name, change in changes_since(record, int(seen)).items() if name in shown
    }
    if changed:
        told = "; ".join(_tell(change, labels) for change in changed.values())
        raise Conflict(
            f"This record was changed after you opened it, so nothing was saved. {told}. "
            "Please open it again and repeat your change."
        )


def _tell(change: FieldChange, labels: Mapping[str, str]) -> str:
    name = change.field.removesuffix("_id")
    label = labels.get(name, name.replace("_", " ").capitalize())
    return (
        f"{change.actor_name} changed {label} from “{change.old}” to “{change.new}” "
        f"on {moment(change.at)}"
    )
