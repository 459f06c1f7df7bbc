"""What the requests of the access matrix are about: PPAs of MOH in the states that they need."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import func, select

from obcms.budget import distribution
from obcms.budget.proposal import Request
from obcms.imports.models import ImportBatch, ImportedRecord, ImportUpload, UploadState
from obcms.imports.uploads import party_of
from obcms.kernel.extensions import db
from obcms.kernel.jobs.models import JobRun, JobState
from obcms.kernel.permissions import SYSTEM, Role
from obcms.kernel.records.record import RECORDS
from obcms.ledger.models import FundBalance, FundEntry
from obcms.notifications.models import Notification
from obcms.notifications.notify import notify
from obcms.organizations.models import Organization
from obcms.people.models import SessionKind, User, UserSession
from obcms.people.sessions import begin
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus, PPAStatus
from obcms.spending.expenditures import NewExpenditure, post_expenditure
from obcms.work import work_items
from obcms.work.rules.choices import DistributionMethod
from tests.house.access_files import uploaded
from tests.notifications.told import news
from tests.support.doors import by_column
from tests.support.factories import make_alert, make_ppa, track
from tests.support.ledger import make_line, modify, obligate, prepared

Ids = dict[str, Any]  # with what else a form needs
_numbers = count(1)


def tracked() -> Ids:
    """A draft with a work tree, spending with a receipt on one item, and a distribution."""
    ppa = make_ppa()
    items = track(ppa)
    new = NewExpenditure(
        date(2025, 2, 3), Decimal(10), "Supplies", receipt_name="or.pdf", receipt=b"%PDF-1.4 1"
    )
    line = post_expenditure(SYSTEM, items["Resources"], new)
    request = Request(DistributionMethod.TEMPLATE)
    version = distribution.preview(SYSTEM, ppa, request).version
    batch = distribution.apply(SYSTEM, ppa, request, version).batch
    return {
        **_about(ppa),
        "item_id": items["Resources"].id,
        "parent_id": items["Preparation"].id,
        "line_id": line.id,
        "batch_id": batch.id,
        "root_id": items["root"].id,
    }


def moneyless() -> Ids:
    """The same without money on the item, which is not the first of its siblings."""
    ppa = make_ppa()
    items = track(ppa)
    return {
        **_about(ppa),
        "item_id": items["Resources"].id,
        "parent_id": items["Preparation"].id,
        "root_id": items["root"].id,
    }


def cancelled() -> Ids:
    """The same with the item cancelled."""
    ppa = make_ppa()
    items = track(ppa)
    work_items.cancel_item(SYSTEM, items["Resources"])
    return {**_about(ppa), "item_id": items["Resources"].id}


def untracked() -> Ids:
    """A draft with nothing on it."""
    return _about(make_ppa())


def approved() -> Ids:
    """An approved PPA."""
    return _about(make_ppa(approval_status=ApprovalStatus.APPROVED))


def cancelled_ppa() -> Ids:
    """An approved PPA that was cancelled."""
    return _about(make_ppa(approval_status=ApprovalStatus.APPROVED, status=PPAStatus.CANCELLED))


def ledger() -> Ids:
    """A line of an act for the PPA, with an obligation on it and a document that moved money."""
    ppa = make_ppa()
    line = make_line(ppa=ppa)
    entry = obligate(line)
    movement = modify(line)
    return {
        **_about(ppa),
        "act_id": line.act_id,
        "budget_line_id": line.id,
        "fund_entry_id": entry.id,
        "obligation_id": entry.obligation_id,
        "movement_id": movement.id,
        "prepared_id": prepared().id,
        "export_type": "csv",
        "kind_of_file": "csv",
    }


def fund() -> Ids:
    """A special purpose fund of MOOE that is with no office yet."""
    line = make_line(moa=None, for_later_release=True)
    return {**_about(make_ppa()), "budget_line_id": line.id}


def register(acronym: str) -> Ids:
    """A line of whoever imports entries on it, and one that was imported: an obligation."""
    line = make_line(moa=acronym)
    more = {"budget_line_id": line.id, "imported": obligate(line).id}
    return {**_about(make_ppa()), **more}


def act_table() -> Ids:
    """A line that an act's table brought, with its entries."""
    line = make_line()
    query = select(FundEntry.id).join(FundEntry.balance).where(FundBalance.line_id == line.id)
    entries = list(db.session.scalars(query.order_by(FundEntry.id)))
    return {**_about(make_ppa()), "imported": line.id, "imported_as": {"entries": entries}}


def _first_of_each_record() -> None:
    """One with the number 1 of every record that is declared as a whole, where there is none."""
    for record in RECORDS:
        if record.example and db.session.get(record.model, 1) is None:
            one = record.build(by_column(record.fields, record.example))
            one.id = 1
            db.session.add(one)


def _about(ppa: PPA) -> Ids:
    return {
        "alert_id": make_alert(ppa).id,
        "ppa_id": ppa.id,
        "id": ppa.id,
        "target_id": ppa.id,
    }


SUBJECTS: dict[str, Callable[[], Ids]] = {
    one.__name__: one
    for one in (
        tracked,
        moneyless,
        cancelled,
        untracked,
        approved,
        cancelled_ppa,
        ledger,
        fund,
        act_table,
    )
}


def make_subject(owner_id: int, kind: str = "tracked") -> Ids:
    """The ids of one kind, of an upload of the owner, another user, and a failed run; committed."""
    number, owner = next(_numbers), db.session.get_one(User, owner_id)
    moh = select(Organization).filter_by(acronym="MOH")
    moa = owner.organization or db.session.scalars(moh).one()
    ids = register(moa.acronym) if kind == register.__name__ else SUBJECTS[kind]()
    name, content, parsed = uploaded(kind, number, ids)
    upload = ImportUpload(
        user_id=owner_id,
        party=f"user {owner_id}",
        import_name=name,
        filename="a.csv",
        content=content,
        sha256=str(number),
        moa_id=moa.id,
        fiscal_year=None if name == "register" else 2032,  # its lines say their year
        state=UploadState.READ,
        parsed=parsed,
    )
    batch = ImportBatch(
        import_name=name,
        party=party_of(owner),
        filename="b.csv",
        sha256=str(number),
        **dict.fromkeys(("new", "changed", "unchanged", "refused", "last_entry"), 0),
    )
    _first_of_each_record()
    other = User(username=f"colleague-{number}", role=Role.VIEWER, email="")
    other.password_hash = owner.password_hash
    run = JobRun(job="seal_audit", slot=f"manual-{number}", state=JobState.FAILED, attempts=4)
    db.session.add_all([upload, batch, other, run])
    db.session.flush()
    ids |= {"run_id": run.id, "import_id": batch.id}
    if "imported" in ids:
        db.session.add(
            ImportedRecord(
                batch_id=batch.id, record_id=ids["imported"], after=ids.get("imported_as", {})
            )
        )
    ids |= {"guide": "sessions", "upload_id": upload.id, "user_id": other.id, "number": number}
    begin(owner, SessionKind.BROWSER, "192.0.2.99", "elsewhere")
    newest = select(func.max(UserSession.id)).where(UserSession.user_id == owner.id)
    notify(news(about=f"item {number}"), [owner])
    told = select(func.max(Notification.id)).where(Notification.user_id == owner_id)
    ids["notification_id"] = db.session.scalar(told) or 1  # a disabled owner is told nothing
    ids |= {"moa_id": moa.id, "acronym": moa.acronym, "session_id": db.session.scalar(newest)}
    db.session.commit()
    return ids


def standing_subject(owner_id: int) -> Ids:
    """One for every route that is only asked: a tracked PPA, and what the ledger's routes name."""
    return make_subject(owner_id, "ledger") | make_subject(owner_id)
