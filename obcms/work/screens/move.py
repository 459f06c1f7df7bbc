"""Moving the work items of a PPA to another parent or another place."""

from collections.abc import Iterator, Sequence

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user

from obcms.kernel.errors import Invalid, NotFound
from obcms.kernel.permissions import Permission, require
from obcms.kernel.screens.forms import Reader, key, optional_key
from obcms.ppas.screens.base import quoted
from obcms.ppas.screens.tabs import add_actions
from obcms.work.models import WorkItem
from obcms.work.move import move_by_one, move_item
from obcms.work.reads.tree import read_tree
from obcms.work.screens.base import WorkItemScreen
from obcms.work.screens.grid import GridRow, grid_lines, legal_parents


@add_actions
class MoveActions(WorkItemScreen):
    """The dialog with every legal place, and the two quick ways: one up, one down."""

    @expose("/items/<int:item_id>/move", methods=["GET", "POST"])
    def move(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """To another legal parent, or to another place under the same one."""
        item = self.find_item_to_change(ppa_id, item_id)
        require(current_user, Permission.WORK_ITEM_EDIT, item.ppa)
        if request.method != "POST":
            lines = grid_lines(read_tree(ppa_id))
            parents = legal_parents(lines, item_id)
            places = list(_places(lines, item))
            return self.dialog("work/move.html", item=item, parents=parents, places=places)
        reader = Reader(request.form)
        parent_id = reader.read("parent", key, 0)
        position = reader.read("position", optional_key, None)
        reader.finish()
        try:
            parent = self.find_item_to_change(ppa_id, parent_id)
        except NotFound:
            raise Invalid("The chosen parent is gone. Please choose another.", "parent") from None
        move_item(current_user, item, parent, position)
        return self.done(ppa_id, f"{quoted(item.title)} is moved.", focus=item_id)

    @expose("/items/<int:item_id>/nudge", methods=["POST"])
    def nudge(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """One place up or down among its siblings."""
        item = self.find_item_to_change(ppa_id, item_id)
        up = request.form.get("direction") == "up"
        move_by_one(current_user, item, up)
        return self.done(
            ppa_id, f"{quoted(item.title)} is moved {'up' if up else 'down'}.", focus=item_id
        )


def _places(lines: Sequence[GridRow], item: WorkItem) -> Iterator[tuple[int, GridRow, bool]]:
    """Every place before another item: its position there, that item, and whether it is today's."""
    counts: dict[int | None, int] = {}
    after_item = False
    for line in lines:
        parent_id = line.row.parent_id
        if line.row.id == item.id:
            after_item = True
            continue
        beside = parent_id == item.parent_id
        yield counts.get(parent_id, 0), line, beside and after_item
        counts[parent_id] = counts.get(parent_id, 0) + 1
        after_item = after_item and not beside
