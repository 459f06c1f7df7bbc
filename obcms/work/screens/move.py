"""Moving the work items of a PPA to another parent or another place."""

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
from obcms.work.reads.places import LIMIT, read_parents, read_places
from obcms.work.screens.base import WorkItemScreen


@add_actions
class MoveActions(WorkItemScreen):
    """The dialog that offers legal places, and the two quick ways: one up, one down."""

    @expose("/items/<int:item_id>/move", methods=["GET", "POST"])
    def move(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """To another legal parent, or to another place under the same one."""
        item = self.find_item_to_move(ppa_id, item_id)
        if request.method != "POST":
            parents = read_parents(item)
            places = read_places(item, item.parent_id) if item.parent_id else ()
            return self.dialog(
                "work/move.html", item=item, parents=parents, places=list(places), limit=LIMIT
            )
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

    @expose("/items/<int:item_id>/move/parents")
    def move_parents(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """The possible parents whose titles have what the search box asks for."""
        item = self.find_item_to_move(ppa_id, item_id)
        parents = read_parents(item, request.args.get("find", ""))
        return self.dialog("work/move_parents.html", item=item, parents=parents)

    @expose("/items/<int:item_id>/move/places/<int:parent_id>")
    def move_places(self, ppa_id: int, item_id: int, parent_id: int) -> ResponseReturnValue:
        """The places below one parent."""
        item = self.find_item_to_move(ppa_id, item_id)
        parent = self.find_item(ppa_id, parent_id)
        places = list(read_places(item, parent.id))
        return self.dialog("work/move_places.html", item=item, places=places)

    def find_item_to_move(self, ppa_id: int, item_id: int) -> WorkItem:
        """An item whose tree the user may change."""
        item = self.find_item_to_change(ppa_id, item_id)
        require(current_user, Permission.WORK_ITEM_EDIT, item.ppa)
        return item

    @expose("/items/<int:item_id>/nudge", methods=["POST"])
    def nudge(self, ppa_id: int, item_id: int) -> ResponseReturnValue:
        """One place up or down among its siblings."""
        item = self.find_item_to_change(ppa_id, item_id)
        up = request.form.get("direction") == "up"
        move_by_one(current_user, item, up)
        return self.done(
            ppa_id, f"{quoted(item.title)} is moved {'up' if up else 'down'}.", focus=item_id
        )
