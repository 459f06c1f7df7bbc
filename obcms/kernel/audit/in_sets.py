"""A flush in which all rows of a model that changed are written by one statement.

The session's own flush sends an UPDATE for each row. Here each stage sees the same changes as
there, so that no rule knows or needs to know which of the two it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Row, inspect
from sqlalchemy.orm import InstanceState, Session

from obcms.kernel.audit.bulk import RowUpdate, Updates, insert_rows, update_rows
from obcms.kernel.audit.registry import audited_tables
from obcms.kernel.audit.subject import subject_of
from obcms.kernel.extensions import db
from obcms.kernel.flush import BEFORE, Stage, run_steps


@dataclass(frozen=True, slots=True)
class _Written:
    """What the steps look at after a flush: each row, and that it was not deleted."""

    states: dict[InstanceState[Any], tuple[bool, bool]]


def flush_in_sets(session: Session, added: type[db.Model]) -> Sequence[Row[Any]]:
    """Flushes what was set on records, with the trail and all that follows, in sets.

    New records of the model `added` are inserted by one statement as well; they leave the session,
    and their rows are returned as stored, in no certain order. Other new records, those deleted,
    and those without a version go the session's own way. Raises Conflict where a row has another
    version than the one that was read.
    """
    with session.no_autoflush:
        run_steps(session, None, *BEFORE)
        drafts = [one for one in session.new if isinstance(one, added)]
        for draft in drafts:
            session.expunge(draft)
        rows = insert_rows(session, added, _rows(drafts)) if drafts else ()
        states = list(_changed(session))
        run_steps(session, _Written(dict.fromkeys(states, (False, False))), Stage.NOTE)
        models = dict.fromkeys(state.class_ for state in states)
        update_rows(
            session,
            [_updates(session, [s for s in states if s.class_ is model]) for model in models],
        )
    session.flush()
    return rows


def _rows(drafts: Sequence[db.Model]) -> list[dict[str, Any]]:
    """Their columns as far as any of them has a value; the model's defaults fill the others."""
    states = [inspect(draft) for draft in drafts]
    columns = {c.key: c.columns[0] for c in states[0].mapper.column_attrs}
    given = [name for name in columns if any(name in state.dict for state in states)]
    return [{name: _value(columns[name], name, state) for name in given} for state in states]


def _value(column: Column[Any], name: str, state: InstanceState[Any]) -> Any:
    default = column.default.arg if column.default is not None else None
    return state.dict.get(name, default)


def _changed(session: Session) -> Iterator[InstanceState[Any]]:
    for instance in session.dirty:
        state = inspect(instance)
        versioned = state.mapper.version_id_col is not None
        if versioned and state.mapper.local_table in audited_tables() and _pairs(state):
            yield state


def _pairs(state: InstanceState[Any]) -> dict[str, tuple[Any, Any]]:
    """The columns that differ from what is stored, with both values."""
    before, now = state.committed_state, state.dict
    return {
        name: (before[name], now.get(name))
        for name in before.keys() & state.mapper.column_attrs.keys()
        if before[name] != now.get(name)
    }


def _updates(session: Session, states: Iterable[InstanceState[Any]]) -> Updates:
    each = [(state, _pairs(state)) for state in states]
    model = each[0][0].class_
    names = sorted({name for _, pairs in each for name in pairs})
    rows = []
    for state, pairs in each:
        now = state.dict
        both = [pairs.get(name) or (now[name], now[name]) for name in names]
        rows.append(
            RowUpdate(
                now["id"],
                now["version"],
                subject_of(session, model.__table__, now),
                tuple(old for old, _ in both),
                tuple(new for _, new in both),
            )
        )
    return Updates(model, names, rows)
