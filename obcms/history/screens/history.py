"""The history of a PPA: who did what, how it stood at a moment, and what changed in between."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.history.reads.change_sets import PAGE
from obcms.history.reads.comparison import compare
from obcms.history.reads.entries import Conditions, of_item, of_ppa
from obcms.history.reads.past import ppa_as_of
from obcms.history.reads.timeline import timeline
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Invalid
from obcms.kernel.formats import MANILA
from obcms.kernel.permissions import Permission, allows
from obcms.kernel.rules.choice import Choice
from obcms.kernel.rules.fields import EARLIEST, LATEST
from obcms.ppas.models import PPA
from obcms.ppas.screens.tabs import Tab, add_actions, add_tab
from obcms.work.screens.base import WorkItemScreen
from obcms.work.screens.grid import grid_lines


class HistoryView(Choice):
    """What the tab shows: all acts, the PPA as of a moment, or what changed between two."""

    TIMELINE = "timeline"
    AS_OF = "as_of"
    COMPARISON = "comparison"


def history_context(ppa: PPA) -> dict[str, Any]:
    """The timeline; with `at` the PPA as of then, with `from` and `to` the comparison."""
    asked = request.args
    today = utc_now().astimezone(MANILA).date()
    context = {"asked": asked, "today": today, "view": HistoryView.TIMELINE}
    problem = None
    try:
        if asked.get("at"):
            return context | _as_of(ppa, asked["at"])
        if asked.get("from"):
            return context | _comparison(ppa, asked["from"], asked.get("to", ""))
    except Invalid as error:
        problem = str(error)
    return context | {"problem": problem} | _timeline(of_ppa(ppa.id))


def _timeline(of: Conditions) -> dict[str, Any]:
    raw = request.args.get("before", "")
    before = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 19 else None
    change_sets = timeline(of, before)
    return {
        "change_sets": change_sets,
        "before": before,
        "older": change_sets[-1].position if len(change_sets) == PAGE else None,
        "addresses": allows(current_user, Permission.AUDIT_VIEW),
    }


def _as_of(ppa: PPA, raw: str) -> dict[str, Any]:
    state = ppa_as_of(ppa.id, _moment(raw, datetime.fromisoformat))
    return {"view": HistoryView.AS_OF, "state": state, "lines": grid_lines(state.items)}


def _comparison(ppa: PPA, raw_start: str, raw_end: str) -> dict[str, Any]:
    """From the beginning of one day to the end of another; without one, to now."""
    start = _moment(raw_start, _beginning)
    end = _moment(raw_end, _beginning) + timedelta(days=1) if raw_end else utc_now()
    if end <= start:
        raise Invalid("The second day is before the first.")
    return {
        "view": HistoryView.COMPARISON,
        "comparison": compare(ppa.id, start, min(end, utc_now())),
    }


def _beginning(raw: str) -> datetime:
    return datetime.combine(date.fromisoformat(raw), time())


def _moment(raw: str, parse: Callable[[str], datetime]) -> datetime:
    """A day or a minute as date fields send it, in Manila."""
    try:
        local = parse(raw)
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None or not EARLIEST <= local.date() <= LATEST:
        raise Invalid("Choose a day from the calendar.")
    return local.replace(tzinfo=MANILA).astimezone(UTC)


@add_actions
class HistoryActions(WorkItemScreen):
    """The history of one work item, as a dialog."""

    @expose("/items/<int:item_id>/history")
    def item_history(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """What was done to the item, and what was spent on it."""
        item = self.find_item(ppa_id, item_id)
        return self.dialog("history/item_history.html", item=item, **_timeline(of_item(item_id)))


add_tab(Tab("history", "History", 70, "history/history.html", history_context))
