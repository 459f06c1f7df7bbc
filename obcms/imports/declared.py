"""One mechanism for every import (SPEC 13): what a slice declares, and what it gets for that.

A slice makes one `Import` and hands it to `add_import`. It gets the upload and its reading in a
process of its own, doubts, the preview, remembered readings, the import in one transaction, its
undo as a batch, screens (`screens.add_import_screens`) and a command (`commands.import_command`).

What it declares are four answers:

- how a file is read: `task`, a `module:function(sheets, known)` that runs in the limited process
  and answers JSON, and `from_json` for what comes back, with its `rows`, `refused` and `warnings`;
- what the rows are compared with: `records`, a `Records` that has read in a constant number of
  queries all that it needs, and then judges row by row without the database;
- how the accepted rows are written: `write`, in sets, by a verb that asks the same rules;
- how all of that is taken back: `undo`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from obcms.imports.answers import Answers
from obcms.imports.outcome import ImportOutcome, PlannedRow, RowKind
from obcms.imports.pages import PAGES, Pages
from obcms.imports.reading.parsed import RowNote
from obcms.kernel.permissions import Actor, Permission

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ImportDefaults:
    """What holds for all rows of a file, where they do not say it: from the form or the command.

    `options` are what an import of its own kind asks besides.
    """

    organization_id: int | None = None
    fiscal_year: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


class Records(ABC):
    """The stored records that a file's rows are compared with, and the rules for them.

    Nothing here may ask the database: whatever is needed was read when this was made.
    """

    def ordered(self, rows: Sequence[Any]) -> Iterable[Any]:
        """The rows in the order in which they are judged and written."""
        return rows

    @abstractmethod
    def plan(self, row: Any) -> PlannedRow:
        """What the row does. Raises Invalid, or another ObcmsError, where it is refused.

        It is asked once for each row, and may remember what earlier rows take.
        """

    def warnings(self) -> Iterable[RowNote]:
        """What is odd about rows that were accepted; asked after the last of them."""
        return ()


@dataclass(frozen=True, slots=True)
class Written:
    """A record that an import wrote, in plain JSON: `before` is None where it is new."""

    record_id: int
    before: Json | None
    after: Json


@dataclass(frozen=True, slots=True)
class Undoing:
    """An import to be taken back: what it wrote, the trail's last entry then, and why."""

    rows: Sequence[Written]
    last_entry: int
    reason: str


@dataclass(frozen=True)
class Import:
    """One kind of import.

    `name` stands in what is stored, `title` over its page, `plural` is what it brings, as in
    sentences. `shown` are the columns that the preview shows of each row, with their headings.
    `lock` makes this transaction the only writer of what these rows will write. `undo` raises
    Conflict where something later touched one of the records, and names that; a person is asked
    why where `asks_reason`. `answers` are those that its reading heeds, `kinds` what becomes of
    its rows: some imports never change a record. `known` is what the task is told besides year and
    answers, `told` what the command's JSON says besides, and `changed_since` tells in sentences
    what others changed among the rows' records after a preview. `pages` is what its pages say
    of their own.
    """

    name: str
    title: str
    plural: str
    permission: Permission
    task: str
    answers: Answers
    from_json: Callable[[Json], Any]
    shown: Mapping[str, str]
    records: Callable[[Actor, Any, ImportDefaults], Records]
    lock: Callable[[Sequence[PlannedRow]], None]
    write: Callable[[Actor, Sequence[PlannedRow]], Sequence[Written]]
    undo: Callable[[Actor, Undoing], None]
    kinds: Sequence[RowKind] = tuple(RowKind)
    asks_reason: bool = False
    pages: Pages = PAGES
    known: Mapping[str, Any] = field(default_factory=dict)
    told: Callable[[ImportOutcome], Json] = lambda _outcome: {}
    changed_since: Callable[[Sequence[PlannedRow], datetime], list[str]] = lambda _rows, _since: []


IMPORTS: dict[str, Import] = {}


def add_import(declared: Import) -> Import:
    """Makes an import known to the worker that reads files and to the list of batches."""
    IMPORTS[declared.name] = declared
    return declared
