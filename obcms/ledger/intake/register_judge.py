"""Whether a row of a register may be posted, with the checks that one entry meets (SPEC 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from obcms.kernel.errors import Invalid, ObcmsError
from obcms.kernel.rules.folding import name_key
from obcms.ledger.checks import refuse_after, refuse_dates
from obcms.ledger.draft import Draft
from obcms.ledger.intake.register_ledger import Ledger
from obcms.ledger.intake.register_rows import SaidEntry, is_advance
from obcms.ledger.models import FundEntry, Obligation
from obcms.ledger.post import KEPT, payable_of
from obcms.ledger.quarters import refuse_closed
from obcms.ledger.reads.last_days import last_day_among
from obcms.ledger.refusals import is_void, obligated_already, refused, unliquidated
from obcms.ledger.requests import new_request
from obcms.ledger.rules.choices import EntryKind, PaymentMode, Refusal
from obcms.ledger.rules.effects import OF_A_DISBURSEMENT, OF_AN_OBLIGATION, binds_last_day

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Planned:
    """The drafts of an entry; `pays` stands for the disbursement among them until it is posted."""

    drafts: list[Draft]
    pays: FundEntry | None


class Judge:
    """Accepts row after row, and counts each that it accepts as posted."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def accept_all(self, parts: Sequence[SaidEntry]) -> list[Planned]:
        """All parts of a row, or none. Raises as `accept` does."""
        planned: list[Planned] = []
        try:
            for said in parts:
                planned.append(self.accept(said))
        except ObcmsError:
            for said, one in zip(parts, planned, strict=False):
                self._give_back(said, one)
            raise
        return planned

    def accept(self, said: SaidEntry) -> Planned:
        """Raises Invalid with a code and, for money, what is free."""
        draft = self._draft(said)
        refuse_dates(draft)
        refuse_closed(self._ledger.period, draft.posting_date)
        drafts = [draft, payable_of(draft)] if said.given["with_payable"] else [draft]
        reason = said.given["override_reason"]
        overridden = bool(reason) and self._is_beyond(drafts)
        if not overridden:
            _refuse_lapsed(drafts)
        self._refuse_second_advance(said, draft)
        if overridden:
            draft.more["override_reason"] = reason
        self._ledger.room.refuse(drafts)
        return Planned(drafts, self._take(said, drafts))

    def _is_beyond(self, drafts: Sequence[Draft]) -> bool:
        """Whether there is anything to override."""
        try:
            _refuse_lapsed(drafts)
            self._ledger.room.refuse(drafts)
        except Invalid:
            return True
        return False

    def _draft(self, said: SaidEntry) -> Draft:
        given = said.given
        obligation = self._obligation(said) if said.kind in OF_AN_OBLIGATION else None
        more = {name: given[name] for name in KEPT}
        if obligation is not None:
            more["payee"] = more["payee"] or obligation.payee
        return Draft(
            line=said.line,
            appropriation_class=given["appropriation_class"],
            fund_cluster=given["fund_cluster"],
            kind=said.kind,
            amount=given["amount"],
            posting_date=said.day,
            document_date=given["document_date"],
            obligation=obligation,
            disbursement=self._disbursement(said) if said.kind in OF_A_DISBURSEMENT else None,
            more=more,
        )

    def _obligation(self, said: SaidEntry) -> Obligation:
        given = said.given
        found = self._ledger.obligations.get((said.key, said.ors))
        if said.kind is EntryKind.OBLIGATION:
            if found is not None and not found.is_void:
                raise obligated_already(given["reference"])
            balance = self._ledger.balances.get(said.key)
            number, remarks = given["reference"], given["remarks"]
            return new_request(balance, number, given["payee"], remarks, said.day)
        if found is None:
            message = f"There is no obligation {said.ors} on this line, class and fund cluster."
            raise refused(Refusal.INPUT, message, "obligation")
        if found.is_void:
            raise is_void(found.ors_number)
        return found

    def _disbursement(self, said: SaidEntry) -> FundEntry:
        """The payment of that DV; where it has several, the mode says which."""
        found = self._ledger.paid[said.key, said.ors, said.dv]
        if said.kind is EntryKind.LIQUIDATION:
            found = [
                one for one in found if one.mode is PaymentMode.CASH_ADVANCE or one.to_be_liquidated
            ]
        mode = said.given["mode"]
        found = [one for one in found if mode in (None, one.mode)]
        if not found:
            told = " to liquidate" if said.kind is EntryKind.LIQUIDATION else ""
            message = f"There is no payment{told} with the DV number {said.dv} on this obligation."
            raise refused(Refusal.INPUT, message, "disbursement")
        if len(found) > 1:
            message = f"{said.dv} has several payments on this obligation: give the mode."
            raise refused(Refusal.INPUT, message, "disbursement")
        return found[0]

    def _refuse_second_advance(self, said: SaidEntry, draft: Draft) -> None:
        if not is_advance(said.given):
            return
        for one in self._ledger.advances[_payee(said, draft)]:
            if self._ledger.room.ends[Refusal.REFUND, one] > ZERO:
                raise unliquidated(one)

    def _take(self, said: SaidEntry, drafts: list[Draft]) -> FundEntry | None:
        """Counts them as posted; returns what stands for a disbursement among them."""
        ledger, draft = self._ledger, drafts[0]
        ledger.room.take(drafts)
        if draft.kind is EntryKind.OBLIGATION:
            ledger.obligations[said.key, said.ors] = draft.obligation
        if draft.kind is not EntryKind.DISBURSEMENT:
            return None
        names = ("payee", "reference", "mode", "to_be_liquidated")
        stands_for = FundEntry(
            posting_date=draft.posting_date, **{name: draft.more[name] for name in names}
        )
        ledger.room.ends[Refusal.REFUND, stands_for] += draft.amount
        ledger.room.moved[Refusal.REFUND, stands_for][draft.posting_date] += draft.amount
        ledger.paid[said.key, said.ors, said.dv].append(stands_for)
        if is_advance(said.given):
            ledger.advances[_payee(said, draft)].append(stands_for)
        return stands_for

    def _give_back(self, said: SaidEntry, planned: Planned) -> None:
        """Counts it as not posted."""
        ledger, draft = self._ledger, planned.drafts[0]
        ledger.room.take(one.but(amount=-one.amount) for one in planned.drafts)
        if draft.kind is EntryKind.OBLIGATION:
            del ledger.obligations[said.key, said.ors]
        if planned.pays is not None:
            ledger.paid[said.key, said.ors, said.dv].remove(planned.pays)
        if is_advance(said.given):
            ledger.advances[_payee(said, draft)].remove(planned.pays)


def _refuse_lapsed(drafts: Sequence[Draft]) -> None:
    """The last day to obligate, of lines whose acts and extensions are loaded."""
    for one in drafts:
        if binds_last_day(one.kind, one.amount):
            extensions = one.line.act.extensions
            refuse_after(last_day_among(one.line, one.appropriation_class, extensions), one)


def _payee(said: SaidEntry, draft: Draft) -> tuple[int | None, str]:
    return said.line.organization_id, name_key(draft.more["payee"])
