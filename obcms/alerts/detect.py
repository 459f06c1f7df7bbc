"""Comparing money with its allocations and with time, and keeping the alerts (SPEC 10)."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from obcms.alerts.keep import AlertChange, close_alert, keep_alert
from obcms.alerts.models import Alert
from obcms.alerts.reads.closing import reasons_of
from obcms.alerts.reads.subjects import WATCHED, Subject, read_items, read_ppas, tracked_batches
from obcms.alerts.rules import measures
from obcms.alerts.rules.choices import AlertKind
from obcms.alerts.rules.lifecycle import Limits
from obcms.alerts.rules.thresholds import ahead_limits, overspent_limits
from obcms.alerts.tell import tell
from obcms.kernel.db.types import utc_now
from obcms.kernel.formats import MANILA
from obcms.kernel.jobs.records import FAILURES, failed_record
from obcms.ppas.models import PPA
from obcms.thresholds.reads import values

logger = logging.getLogger(__name__)
# PPAs looked at together: memory stays the same however many there are.
BATCH = 200
_LOCK = 0x0BC5_A1E7  # any number that no other advisory lock of OBCMS uses
Open = dict[tuple[AlertKind, str], Alert]


@dataclass(frozen=True, slots=True)
class Run:
    """What a run goes by: the thresholds of its beginning, the moment, and the day in Manila."""

    overspent: Limits
    ahead: Limits
    now: datetime
    today: date


def detect_variances(session: Session) -> dict[str, Any]:
    """Raises, escalates, lowers and resolves the alerts of all PPAs and work items.

    Returns how many PPAs were looked at, how many alerts changed in which way, and the errors. A
    PPA that fails is reported as {"code": …, "error": …} and does not stop the others.
    """
    _one_at_a_time(session)
    thresholds, now = values(), utc_now()
    today = now.astimezone(MANILA).date()
    run = Run(overspent_limits(thresholds), ahead_limits(thresholds), now, today)
    counts = {change.value: 0 for change in AlertChange}
    processed, errors = 0, []
    for ppa_ids in tracked_batches(session, BATCH):
        processed += len(ppa_ids)
        for changes, failed in _kept(session, run, ppa_ids):
            for change in changes:
                counts[change.value] += 1
            errors += failed
    for ids in _gone_batches(session):
        for alert, why in reasons_of(session, ids):
            close_alert(alert, why, now)
            counts[AlertChange.RESOLVED.value] += 1
        session.flush()
    return {"processed": processed, **counts, "errors": errors}


def _one_at_a_time(session: Session) -> None:
    """A second run waits for the first, and then sees what that has done. SQLite has one writer."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _kept(
    session: Session, run: Run, ppa_ids: Sequence[int]
) -> Iterator[tuple[list[AlertChange], list[dict[str, str]]]]:
    """All of them at once; where that fails, one by one."""
    try:
        with session.begin_nested():
            changes = _keep(session, run, ppa_ids)
        yield changes, []
        return
    except FAILURES:
        pass
    for ppa_id in ppa_ids:
        try:
            with session.begin_nested():
                changes = _keep(session, run, [ppa_id])
            yield changes, []
        except FAILURES as error:
            logger.exception("The alerts of PPA %s could not be kept", ppa_id)
            code = session.scalar(select(PPA.code).where(PPA.id == ppa_id))
            yield [], [failed_record(code or f"#{ppa_id}", error)]


def _keep(session: Session, run: Run, ppa_ids: Sequence[int]) -> list[AlertChange]:
    ppas = read_ppas(session, ppa_ids)
    standing = _open_alerts(session, ppa_ids)
    open_items = {alert.work_item_id for alert in standing.values()} - {None}
    subjects = ppas + read_items(session, ppas, open_items, run.overspent, run.ahead)
    changes, raised = [], []
    for subject in subjects:
        for measure in measured(subject, standing, run):
            alert = standing.pop((measure.kind, subject.key), None)
            change, kept = keep_alert(session, subject, alert, measure, run.now)
            if change is not None:
                changes.append(change)
            if kept is not None and change in (AlertChange.RAISED, AlertChange.ESCALATED):
                raised.append(kept)
    for alert, why in reasons_of(session, [alert.id for alert in standing.values()]):
        close_alert(alert, why, run.now)
        changes.append(AlertChange.RESOLVED)
    session.flush()
    tell(session, raised)
    return changes


def measured(
    subject: Subject, standing: Mapping[tuple[AlertKind, str], Alert], run: Run
) -> Iterator[measures.Measure]:
    """Each kind of figure of a PPA or an item; a finished one is ahead of no time."""

    def level(kind: AlertKind) -> Any:
        alert = standing.get((kind, subject.key))
        return None if alert is None else alert.level

    allocated, spent = subject.allocated, subject.spent
    yield measures.overspent(allocated, spent, level(AlertKind.OVERSPENT), run.overspent)
    gone = None if subject.done else measures.time_gone(subject.start, subject.end, run.today)
    yield measures.ahead_of_time(allocated, spent, gone, level(AlertKind.AHEAD_OF_TIME), run.ahead)
    yield measures.over_distributed(subject.own, subject.distributed)


def _open_alerts(session: Session, ppa_ids: Sequence[int]) -> Open:
    query = select(Alert).where(Alert.ppa_id.in_(ppa_ids), Alert.resolved_at.is_(None))
    query = query.order_by(Alert.id).with_for_update().execution_options(populate_existing=True)
    return {(alert.kind, alert.subject): alert for alert in session.scalars(query)}


def _gone_batches(session: Session) -> Iterator[Sequence[int]]:
    """Ids of open alerts of PPAs that are deleted, cancelled or no longer tracked."""
    watched = select(PPA.id).where(PPA.id == Alert.ppa_id, WATCHED)
    last = 0
    query = select(Alert.id).where(Alert.resolved_at.is_(None), ~watched.exists())
    query = query.order_by(Alert.id).limit(BATCH)
    while ids := session.scalars(query.where(Alert.id > last)).all():
        yield ids
        last = ids[-1]
