"""What follows from a change, in one order: slices add their steps to the stages below.

Whatever path a change takes, it passes here with the flush that writes it, in one transaction.
"""

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from obcms.kernel.extensions import TrackedSession

Step = Callable[[Session, Any], None]
Value = TypeVar("Value")


class Stage(IntEnum):
    """When a step runs. Within a stage steps run in the order in which they were added."""

    GUARD = 1  # before the SQL: what may not be, and what else a step brings with it
    SETTLE = 2  # before the SQL: what a change implies for its own row
    STAMP = 3  # before the SQL: the last look at what will be written
    RECORD = 4  # after the SQL: the audit trail
    NOTE = 5  # after the SQL: what was touched
    CARRY = 6  # when the flush has ended: what follows in other rows


STEPS: dict[Stage, list[Step]] = {stage: [] for stage in Stage}


def add_step(stage: Stage, step: Step) -> None:
    """Adds a step to the end of its stage; a slice does this when its `flush` is read."""
    STEPS[stage].append(step)


def run_steps(session: Session, context: object, *stages: Stage) -> None:
    """Runs the steps of these stages; `context` has what was written, once it was."""
    for stage in stages:
        for step in STEPS[stage]:
            step(session, context)


def _run(*stages: Stage) -> Callable[..., None]:
    return lambda session, context, *_: run_steps(session, context, *stages)


BEFORE = (Stage.GUARD, Stage.SETTLE, Stage.STAMP)
event.listen(TrackedSession, "before_flush", _run(*BEFORE))
event.listen(TrackedSession, "after_flush", _run(Stage.RECORD, Stage.NOTE))
event.listen(TrackedSession, "after_flush_postexec", _run(Stage.CARRY))


class Notes(Generic[Value]):
    """Something that a session remembers until its transaction ends, or is rolled back in part."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._kept: WeakKeyDictionary[SessionTransaction, Value] = WeakKeyDictionary()
        event.listen(TrackedSession, "after_soft_rollback", lambda session, _: self.take(session))

    def of(self, session: Session) -> Value:
        """What is noted in this transaction, empty at first."""
        transaction = session.get_transaction() or session.begin()
        return self._kept.setdefault(transaction, self._make())

    def take(self, session: Session) -> Value | None:
        """The same, handed over once; None where nothing was noted."""
        transaction = session.get_transaction()
        return None if transaction is None else self._kept.pop(transaction, None)
