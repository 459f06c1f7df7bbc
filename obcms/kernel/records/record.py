"""What a kind of record declares once, and the verbs of those that need no more than that."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from obcms.kernel.db.keys import LARGEST_KEY
from obcms.kernel.errors import Invalid, NotFound, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, require
from obcms.kernel.records.conflicts import refuse_overtaken_fields
from obcms.kernel.records.values import assign, resolve
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.fields import Field

Check = Callable[[Any], Iterator[Problem]]


def no_more_checks(_record: Any) -> Iterator[Problem]:
    """For a record whose fields are all there is to check."""
    yield from ()


RECORDS: list["Record"] = []  # all that were declared


@dataclass(frozen=True)
class Record:
    """A kind of record that belongs to no ministry: whoever may see one may see all.

    `noun` is one of them in a sentence, such as “organization”, and with `plural` its addresses.
    `search` are the columns that a search looks into, `shown` those of its list. `check` tells what
    is wrong between the fields, once all of them are set. `example` is one as the API takes it;
    without it the API has no such resource. `screen` opens the screens where these are for fewer
    people than the record.
    """

    model: type[db.Model]
    noun: str
    plural: str
    title: str
    fields: Sequence[Field]
    view: Permission
    change: Permission
    shown: Sequence[str]
    search: Sequence[str]
    order: str = "id"
    check: Check = no_more_checks
    example: Mapping[str, Any] | None = None
    screen: Permission | None = None

    def __post_init__(self) -> None:
        RECORDS.append(self)

    @property
    def name(self) -> str:
        """The noun as endpoints and operations have it."""
        return self.noun.replace(" ", "_")

    def find(self, actor: Actor, key: int) -> Any:
        """One by its number. Raises NotFound."""
        found = db.session.get(self.model, key) if 0 < key <= LARGEST_KEY else None
        if found is None:
            raise NotFound(f"There is no such {self.noun}.")
        require(actor, self.view)
        return found

    def create(self, actor: Actor, values: Mapping[str, Any]) -> Any:
        """A new one. Raises Invalid with one problem for each fault."""
        require(actor, self.change)
        record = self.build(values)
        db.session.add(record)
        db.session.flush()
        return record

    def build(self, values: Mapping[str, Any]) -> Any:
        """A new one that is in no session yet, for a verb that sets more than the fields.

        Raises Invalid with one problem for each fault.
        """
        record = self.model()
        self._set(record, values, is_new=True)
        return record

    def edit(
        self,
        actor: Actor,
        record: Any,
        values: Mapping[str, Any],
        opened: Mapping[str, str] | None = None,
    ) -> Any:
        """Changes the named columns; `opened` is what the form showed.

        Raises Invalid, and Conflict where somebody else changed one of them meanwhile.
        """
        require(actor, self.change)
        # Of this row alone: what is read with it may be missing, and PostgreSQL locks no such row.
        db.session.refresh(record, with_for_update={"of": self.model})
        if opened is not None:
            refuse_overtaken_fields(record, values, opened, self.fields)
        self._set(record, values, is_new=False)
        db.session.flush()
        return record

    def _set(self, record: Any, values: Mapping[str, Any], is_new: bool) -> None:
        session: Session = db.session()
        with session.no_autoflush:
            cleaned = clean_values(self.fields, values, f"This {self.noun}", is_new)
            assign(record, self.fields, resolve(self.fields, cleaned))
            if problems := list(self.check(record)):
                raise Invalid(problems)
