"""PPAs and work items for tests, made through the services."""

from datetime import date
from decimal import Decimal
from itertools import count

from sqlalchemy import select

from obcms.alerts.models import Alert
from obcms.alerts.rules.choices import AlertKind, AlertLevel
from obcms.approval.models import Amendment
from obcms.approval.rules.choices import AmendmentKind
from obcms.kernel.db.types import utc_now
from obcms.kernel.extensions import db
from obcms.kernel.permissions import SYSTEM
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.work.models import WorkItem
from obcms.work.rules.choices import WorkType
from obcms.work.tracking import Tracking, enable_tracking

_numbers = count(1)


def make_ppa(budget: str | None = "1000000.00", moa: str = "MOH", **values: object) -> PPA:
    """An untracked PPA of the ministry, flushed."""
    organization = db.session.scalars(select(Organization).where(Organization.acronym == moa)).one()
    given = {
        "code": f"{moa}-2031-{next(_numbers):03d}",
        "title": "Barangay health workers",
        "implementing_moa": organization,
        "fiscal_year": 2031,
        "start_date": date(2031, 1, 6),
        "target_end_date": date(2031, 12, 19),
        "budget_allocation": None if budget is None else Decimal(budget),
    }
    ppa = PPA(**(given | values))
    db.session.add(ppa)
    db.session.flush()
    return ppa


def track(ppa: PPA, template: str = "activity") -> dict[str, WorkItem]:
    """Enables tracking; the work items by title, the execution project under "root"."""
    root = enable_tracking(SYSTEM, ppa, Tracking(template=template))
    items = db.session.scalars(select(WorkItem).where(WorkItem.ppa_id == ppa.id)).all()
    return {item.title: item for item in items} | {"root": root}


def grow(ppa: PPA, size: int) -> WorkItem:
    """A tracked PPA's tree of `size` items: the root, activities, and ten tasks in each."""
    root = track(ppa, "minimal")["root"]
    parent, made = root, 2
    while made < size:
        if made % 11 == 2:
            parent = WorkItem(
                parent=root,
                ppa_id=ppa.id,
                work_type=WorkType.ACTIVITY,
                title=f"Activity {made}",
                position=made,
            )
            db.session.add(parent)
        else:
            db.session.add(
                WorkItem(
                    parent=parent,
                    ppa_id=ppa.id,
                    work_type=WorkType.TASK,
                    title=f"Task {made}",
                    position=made,
                )
            )
        made += 1
    db.session.flush()
    return root


def spend(item: WorkItem, amount: str) -> None:
    """Posts one expenditure line."""
    post_expenditure(SYSTEM, item, NewExpenditure(date(2025, 2, 3), Decimal(amount), "Supplies"))


def make_alert(ppa: PPA) -> Alert:
    """An open alert about the PPA, flushed; the next run of the job may close it."""
    alert = Alert(
        kind=AlertKind.OVERSPENT,
        level=AlertLevel.HIGH,
        subject=f"ppa {ppa.id}",
        ppa_id=ppa.id,
        moa_id=ppa.implementing_moa_id,
        code=ppa.code,
        title=ppa.title,
        threshold_then=Decimal(10),
        used_then=Decimal(0),
        used_now=Decimal(0),
        figures_at=utc_now(),
        opened_at=utc_now(),
    )
    db.session.add(alert)
    db.session.flush()
    return alert


def realigned_once(source: PPA, target: PPA, reason: str) -> None:
    """The rows of a realignment of one peso, as they were written while there was such a verb."""
    for one, other, way in ((source, target, -1), (target, source, 1)):
        before = one.budget_allocation or Decimal(0)
        changes = {"budget_allocation": [f"{before:.2f}", f"{before + way:.2f}"]}
        db.session.add(
            Amendment(
                ppa_id=one.id,
                kind=AmendmentKind.REALIGNMENT,
                counterpart_id=other.id,
                changes=changes,
                reason=reason,
            )
        )
    db.session.flush()
