"""What the pages of an import say and show of their own (SPEC 13)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from obcms.kernel.permissions import Actor


@dataclass(frozen=True)
class Pages:
    """`help` is said over the form that asks for the file, `guide` leads to its guide.

    `undo`, `undo_help` and `undone` are the words of taking an import back. On the page of an
    import the template `written` shows what it wrote, the first ones, as `read_written` reads
    them for the actor by the import's number.
    """

    help: str
    guide: tuple[str, str] = ("importing", "About importing")
    undo: str = "Undo this import"
    undo_help: str = (
        "Undoing takes back all that this import added and changed, as long as nobody changed any "
        "of it since."
    )
    undone: str = "Undone: all is as before the import."
    written: str = ""
    read_written: Callable[[Actor, int], Sequence[Any]] = lambda _actor, _batch_id: ()


PAGES = Pages(
    "Your own list, as Excel workbook or CSV. The header row and the columns are found by their "
    "names; totals and headings are left out. Nothing is written before you have seen the preview."
)
