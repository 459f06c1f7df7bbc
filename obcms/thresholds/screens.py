"""All thresholds on one page, with a form that changes them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from flask import Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.errors import Conflict, Invalid, incomplete_form
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.kernel.screens.base import ClosedView
from obcms.thresholds.change import change_thresholds
from obcms.thresholds.reads import standing
from obcms.thresholds.rules.declared import THRESHOLDS, plain

OPENED = "opened-"


class ThresholdView(ClosedView):
    """For administrators."""

    styles = (("thresholds", "thresholds.css"),)
    view_permission = Permission.THRESHOLD_EDIT

    @expose("/", methods=["GET", "POST"])
    def index(self) -> ResponseReturnValue:
        """Every threshold with its value and default; POST saves those that were typed anew."""
        if request.method != "POST":
            return self._shown({}, {})
        try:
            changed = change_thresholds(current_user, *_typed())
            db.session.commit()
        except (Invalid, Conflict) as error:
            db.session.rollback()
            return self._refused(error)
        titles = ", ".join(THRESHOLDS[key].title for key in changed)
        if changed:
            flash(f"Saved, with effect on the next run: {titles}.", "success")
        else:
            flash("Nothing was changed.", "info")
        return redirect(url_for(".index"))

    def _refused(self, error: Invalid | Conflict) -> ResponseReturnValue:
        problems: dict[str, str] = {}
        if isinstance(error, Invalid):
            problems = {problem.pointer: problem.message for problem in error.problems}
        for message in problems.values() or [str(error)]:
            flash(message, "error")
        return self._shown(request.form, problems)

    def _shown(self, typed: Mapping[str, str], problems: Mapping[str, str]) -> ResponseReturnValue:
        return self.render(
            "thresholds/thresholds.html", rows=standing(), typed=typed, problems=problems,
            plain=plain, opened=OPENED,
        )  # fmt: skip


def _typed() -> tuple[dict[str, object], dict[str, Decimal]]:
    """What differs from what the form showed, and what it showed."""
    back = request.form.get("default")
    if back is not None:
        return {back: None}, {key: value for key, value in _opened().items() if key == back}
    opened, given = _opened(), {}
    for key, text in request.form.items():
        if key.startswith(OPENED) or key == "csrf_token":
            continue
        shown = opened.get(key)
        if shown is None or text.strip() != plain(shown):
            given[key] = text
    return given, opened


def _opened() -> dict[str, Decimal]:
    try:
        return {
            key.removeprefix(OPENED): Decimal(text)
            for key, text in request.form.items()
            if key.startswith(OPENED)
        }
    except InvalidOperation:
        raise incomplete_form() from None


def init_app(app: Flask) -> None:
    """Adds the screen."""
    where = {"endpoint": "thresholds", "url": "/admin/thresholds"}
    add_view(app, ThresholdView(name="Thresholds", category=ADMINISTRATION, **where), 95)
