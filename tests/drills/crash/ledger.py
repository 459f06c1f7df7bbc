"""What clients were told of their writes, and what the database holds of them (SPEC 9).

Each write carries a mark of its own, so that it can be found, and counted, afterwards.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from enum import Enum, auto
from itertools import count
from threading import Lock

from sqlalchemy import select

from obcms.approval.models import ApprovalStep
from obcms.budget.models import DistributionBatch
from obcms.kernel.audit.models import AuditAction, AuditEntry
from obcms.kernel.extensions import db
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem

PREFIX = "mark-"


class Kind(Enum):
    TITLE, SPENDING, VOID, ITEM, STEP, DISTRIBUTION = (auto() for _ in range(6))


class Told(Enum):
    """How often a write may be there: once; never; at most once."""

    ACKNOWLEDGED, REFUSED, LOST = range(3)


ALLOWED = {Told.ACKNOWLEDGED: {1}, Told.REFUSED: {0}, Told.LOST: {0, 1}}


class Ledger:
    """Marks by kind, with what came of each; threads share it."""

    def __init__(self) -> None:
        self.told: dict[Kind, dict[str, Told]] = defaultdict(dict)
        self.statuses = Counter[int]()
        self._numbers, self._lock = count(1), Lock()

    def number(self) -> int:
        """Another one each time."""
        with self._lock:
            return next(self._numbers)

    def note(self, kind: Kind, mark: str, status: int | None, is_lost: bool = False) -> Told:
        """Writes down an answer; without a status nobody answered, and `is_lost` tells which."""
        told = Told.LOST if is_lost else Told.REFUSED
        if status is not None and status < 300:
            told = Told.ACKNOWLEDGED
        with self._lock:
            self.told[kind][mark] = told
            self.statuses[status or 0] += 1
        return told

    def counts(self) -> Counter[Told]:
        """How many writes were acknowledged, refused and lost."""
        return Counter(told for marks in self.told.values() for told in marks.values())

    def check(self) -> Counter[Told]:
        """How many of each are there; fails where one is missing, doubled or there unasked."""
        found_in_all = Counter[Told]()
        for kind in Kind:
            marks, found = self.told[kind], Counter(_found(kind))
            assert found.keys() <= marks.keys(), (kind, sorted(found.keys() - marks.keys())[:5])
            wrong = {
                mark: (told.name, found[mark])
                for mark, told in marks.items()
                if found[mark] not in ALLOWED[told]
            }
            assert not wrong, (kind, wrong)
            found_in_all.update(marks[mark] for mark in found)
        return found_in_all


def _found(kind: Kind) -> Iterator[str]:
    """The marks that stand in the database, each as often as it stands there."""
    if kind is Kind.TITLE:
        yield from _titles()
        return
    if kind is Kind.DISTRIBUTION:
        for batch in db.session.scalars(select(DistributionBatch)):
            yield from list(batch.parameters["values"].values())[:1]
        return
    if kind is Kind.ITEM:  # an execution project is called as its PPA is
        items = select(WorkItem.title).where(WorkItem.parent_id.is_not(None))
        yield from db.session.scalars(items.where(WorkItem.title.startswith(PREFIX)))
        return
    column = {
        Kind.SPENDING: Expenditure.reference_number,
        Kind.VOID: Expenditure.void_reason,
        Kind.STEP: ApprovalStep.comment,
    }[kind]
    yield from db.session.scalars(select(column).where(column.startswith(PREFIX)))


def _titles() -> Iterator[str]:
    """Titles that PPAs were given: the rows keep the last, the trail all of them."""
    query = select(AuditEntry.changes).where(
        AuditEntry.table_name == "ppa", AuditEntry.action == AuditAction.UPDATE
    )
    for changes in db.session.scalars(query):
        if "title" in changes:
            yield changes["title"][1]
