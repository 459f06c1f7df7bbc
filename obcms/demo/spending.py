"""What the demonstration's offices obligate and pay in the year: made up, by one fixed rule.

Each class of each line follows the same shares of its real allotment, so the figures are plausible
in size and nobody's own; every entry is marked as illustration.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from obcms.demo.ledger import MFBM
from obcms.kernel.extensions import db
from obcms.ledger.batch import Batch
from obcms.ledger.draft import Draft
from obcms.ledger.models import AppropriationsAct, BudgetLine, FundBalance
from obcms.ledger.reads.today import today
from obcms.ledger.requests import new_request
from obcms.ledger.rules.choices import EntryKind, PaymentMode
from obcms.ppas.rules.choices import AppropriationClass

REMARK = "Demonstration figure."
PAYEES = {
    AppropriationClass.PS: ("Payroll of employees",),
    AppropriationClass.MOOE: ("Sarimanok Trading", "Rio Grande Supplies", "Ligawasan Services"),
    AppropriationClass.CO: ("Kutawato Builders", "Pulangi Equipment"),
}


@dataclass(frozen=True)
class Share:
    """One obligation request in percent of the allotment; due and paid in percent of the request,
    days later.
    """

    day: date
    obligated: int
    due: int = 0
    paid: int = 0
    due_after: date | None = None
    paid_after: date | None = None


def _payroll(month: int) -> Share:
    day = date(2025, month, 14)
    return Share(day, 22, due=100, paid=100, paid_after=day)


YEAR: Mapping[AppropriationClass, tuple[Share, ...]] = {
    AppropriationClass.PS: tuple(_payroll(month) for month in (2, 5, 8, 11)),
    AppropriationClass.MOOE: (
        Share(date(2025, 2, 17), 24, 95, 90, date(2025, 3, 12), date(2025, 3, 26)),
        Share(date(2025, 5, 19), 26, 90, 75, date(2025, 6, 11), date(2025, 7, 2)),
        Share(date(2025, 8, 18), 23, 70, 50, date(2025, 9, 10), date(2025, 9, 29)),
        Share(date(2025, 11, 17), 12, 40, 20, date(2025, 12, 3), date(2025, 12, 17)),
    ),
    AppropriationClass.CO: (
        Share(date(2025, 4, 21), 45, 60, 50, date(2025, 8, 4), date(2025, 9, 3)),
    ),
}


def spend(act: AppropriationsAct) -> None:
    """Posts the year of every line that the act allots, in sets."""
    query = (
        select(FundBalance)
        .join(FundBalance.line)
        .options(
            contains_eager(FundBalance.line).joinedload(BudgetLine.organization),
            contains_eager(FundBalance.line).joinedload(BudgetLine.act),
        )
        .where(BudgetLine.act_id == act.id, FundBalance.allotted > 0)
        .order_by(FundBalance.id)
    )
    balances = db.session.scalars(query).all()
    keys = [(one.line_id, one.appropriation_class, one.fund_cluster) for one in balances]
    batch = Batch(MFBM, keys)
    numbers = count(1)
    for balance in balances:
        for share in YEAR.get(balance.appropriation_class, ()):
            batch.extend(_request(balance, share, next(numbers)))
    batch.post()


def _request(balance: FundBalance, share: Share, number: int) -> Iterator[Draft]:
    """The obligation, what is due of it and what is paid, up to today."""
    obligated = _part(balance.allotted, share.obligated)
    last = max(day for day in (share.day, share.due_after, share.paid_after) if day is not None)
    if not obligated or last > today():
        return
    payees = PAYEES[balance.appropriation_class]
    payee = payees[number % len(payees)]
    reference = f"ORS-2025-{share.day:%m}-{number:06d}"
    request = new_request(balance, reference, payee, REMARK, share.day)
    draft = Draft(
        line=balance.line,
        appropriation_class=balance.appropriation_class,
        fund_cluster=balance.fund_cluster,
        kind=EntryKind.OBLIGATION,
        amount=obligated,
        posting_date=share.day,
        document_date=share.day,
        obligation=request,
        more={"reference": reference, "payee": payee, "remarks": REMARK, "mode": None},
    )
    yield draft
    if share.due_after is not None:
        accepted = {"acceptance_number": f"IAR-{number:06d}", "acceptance_date": share.due_after}
        yield _later(draft, EntryKind.PAYABLE, share.due, share.due_after, accepted)
    if share.paid_after is not None:
        voucher = {"reference": f"DV-2025-{share.paid_after:%m}-{number:06d}"}
        paid = _later(
            draft,
            EntryKind.DISBURSEMENT,
            share.paid,
            share.paid_after,
            voucher | {"mode": PaymentMode.ADA},
        )
        yield paid
        if share.due_after is None:
            accepted = {"acceptance_number": paid.more["reference"], "acceptance_date": share.day}
            yield paid.but(
                kind=EntryKind.PAYABLE, more={**draft.more, **voucher, **accepted}, along=True
            )


def _later(
    request: Draft, kind: EntryKind, percent: int, day: date, more: Mapping[str, object]
) -> Draft:
    return request.but(
        kind=kind,
        amount=_part(request.amount, percent),
        posting_date=day,
        document_date=day,
        more={**request.more, **more},
    )


def _part(amount: Decimal, percent: int) -> Decimal:
    return (amount * percent / 100).quantize(Decimal("0.01"), ROUND_DOWN)
