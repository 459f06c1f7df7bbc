"""A ledger in which anything happens, each time as the recomputation says that it must."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from obcms.kernel.extensions import db
from obcms.ledger.models import Obligation
from obcms.ledger.move import move_funds
from obcms.ledger.post import post_entry
from obcms.ledger.quarters import close_quarter, reopen_quarter
from obcms.ledger.rules.quarters import Quarter
from obcms.ledger.void import void_entry
from tests.ledger.compared import ACCEPTED, FIRST, NEW, TODAY, ComparedLedger
from tests.ledger.recomputed import ADDS, LIMITS, Row
from tests.support.ledger import MFBM

PLACES = st.tuples(st.integers(0, 1), st.sampled_from(["ps", "mooe", "mooe"]))
DAYS = st.integers(0, (TODAY - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
# What is free, a centavo more, a part of it, or an amount that takes no notice of it.
AMOUNTS = st.sampled_from(["free", "over", "part", "part", "any"])
ON_A_LINE = ("allotment", "allotment_adjustment", "appropriation_adjustment", "obligation")
TAKEN_BACK = ("disbursement_adjustment", "liquidation")
ON_AN_OBLIGATION = ("obligation_adjustment", "payable", "payable_adjustment", "disbursement")
PAYABLES = {"disbursement": "payable", "disbursement_adjustment": "payable_adjustment"}
CENTAVO = Decimal("0.01")


class RandomLedger(ComparedLedger):
    """Its rules."""

    @rule(
        kind=st.sampled_from((*ON_A_LINE, "obligation")),
        place=PLACES,
        day=DAYS,
        much=AMOUNTS,
        less=st.booleans(),
    )
    def post_on_a_line(
        self, kind: str, place: tuple[int, str], day: date, much: str, less: bool
    ) -> None:
        obligation = NEW if kind == "obligation" else None
        row = Row(id=NEW, balance=self.balance(*place), kind=kind, day=day, obligation=obligation)
        self.post(row, much, less)

    @rule(place=PLACES, day=DAYS, much=AMOUNTS)
    def override(self, place: tuple[int, str], day: date, much: str) -> None:
        row = Row(id=NEW, balance=self.balance(*place), kind="obligation", day=day, obligation=NEW)
        self.post(row, much, override="It has happened")

    @rule(
        kind=st.sampled_from((*ON_AN_OBLIGATION, *TAKEN_BACK)),
        pick=st.integers(0, 999),
        day=DAYS,
        much=AMOUNTS,
        less=st.booleans(),
        along=st.booleans(),
    )
    def post_on_an_obligation(
        self, kind: str, pick: int, day: date, much: str, less: bool, along: bool
    ) -> None:
        wanted = "disbursement" if kind in TAKEN_BACK else "obligation"
        found = [row for row in self.ledger().rows if row.kind == wanted and row.voids is None]
        found = [one for one in found if not self.is_void(one)]
        if not found:
            return
        under = found[pick % len(found)]
        disbursement = under.disbursement if kind in TAKEN_BACK else None
        disbursement = NEW if kind == "disbursement" else disbursement
        row = replace(under, id=NEW, kind=kind, day=max(day, under.day), disbursement=disbursement)
        row = replace(row, overridden=False, along=None)
        self.post(row, much, less, along and kind in PAYABLES)

    def is_void(self, row: Row) -> bool:
        return db.session.get_one(Obligation, row.obligation).is_void

    def post(
        self, row: Row, much: str, less: bool = False, along: bool = False, override: str = ""
    ) -> None:
        rows = [row]
        if along:
            rows.append(replace(row, kind=PAYABLES[row.kind], disbursement=None))
        sign = -1 if less and row.kind.endswith("adjustment") else 1
        rows = self.with_amount(rows, much, sign)
        line, of_class = self.place_of(row.balance)
        is_back = row.kind in TAKEN_BACK
        values = {
            "kind": row.kind,
            "appropriation_class": of_class,
            "entry_date": row.day,
            "amount": rows[0].amount,
            "reference": self.next_number(),
            "payee": "Kalilintad Catering",
            "obligation_id": None if row.obligation == NEW else row.obligation,
            "disbursement_id": row.disbursement if is_back else None,
            "with_payable": along,
            "acceptance_number": "IAR-1",
            "acceptance_date": FIRST,
            "mode": "check",
            "to_be_liquidated": True,
            "override_reason": override,
        }
        expected = self.expected(rows, overridden=bool(override))
        name = f"override {row.kind}" if override else row.kind
        self.do(name, expected, lambda: post_entry(MFBM, line, values))

    def with_amount(self, rows: list[Row], much: str, sign: int) -> list[Row]:
        """The rows with an amount that is chosen by what their limits leave free."""
        ledger, free = self.ledger(), []
        rows = [replace(row, amount=Decimal(sign)) for row in rows]
        for place, (_, used, of, owner) in enumerate(LIMITS):
            number = getattr(rows[0], owner)
            parts = [(*ADDS[row.kind], row.amount) for row in rows]
            moved = sum(
                direction * amount * (1 if adds == of else -1)
                for adds, direction, amount in parts
                if adds in (used, of)
            )
            if moved < 0 and number is not None:
                free.append(ledger.free(place, number, rows[0].day))
        amount = sized(min(free, default=Decimal(100)), much)
        return [replace(row, amount=sign * amount) for row in rows]

    @rule(pick=st.integers(0, 999))
    def void(self, pick: int) -> None:
        ledger = self.ledger()
        entries = [row for row in ledger.rows if row.voids is None]
        row = entries[pick % len(entries)]
        rows = [one for one in entries if stand_together(one, row)]
        if any(ledger.is_voided(one.id) for one in rows):
            expected = ("voided", "", "")
        else:
            expected = self.told(ledger, [self.reversed(one) for one in rows])
        self.do("void", expected, lambda: void_entry(MFBM, self.entry(row.id), "Entered twice"))

    def reversed(self, row: Row) -> Row:
        until = self.closed_through()
        day = TODAY if until is not None and row.day <= until else row.day
        return replace(row, id=NEW, amount=-row.amount, day=day)

    @rule(place=st.integers(0, 1), day=DAYS, much=AMOUNTS, transfers=st.booleans())
    def move(self, place: int, day: date, much: str, transfers: bool) -> None:
        """From one office to the other, or from one class to the other."""
        source = self.balance(place, "mooe")
        target = self.balance(1 - place, "mooe") if transfers else self.balance(place, "ps")
        amount = sized(self.ledger().free(1, source, day), much)
        kinds = ("transfer_to", "transfer_from") if transfers else ("allotment_adjustment",) * 2
        parts = [
            (source, "appropriation_adjustment", -amount),
            (source, kinds[0], amount if transfers else -amount),
            (target, "appropriation_adjustment", amount),
            (target, kinds[1], amount),
        ]
        rows = [Row(id=NEW, balance=n, kind=kind, day=day, amount=a) for n, kind, a in parts]
        entries = [
            {
                "line": self.place_of(row.balance)[0].id,
                "appropriation_class": self.place_of(row.balance)[1],
                "kind": row.kind,
                "amount": row.amount,
            }
            for row in rows
        ]
        document = {
            "kind": "transfer" if transfers else "modification",
            "reference": self.next_number(),
            "entry_date": day,
            "entries": entries,
        }
        expected = self.expected(rows, moved=True)
        self.do(document["kind"], expected, lambda: move_funds(MFBM, document))

    @rule(reopens=st.sampled_from([False, False, True]))
    def close_or_reopen(self, reopens: bool) -> None:
        """Until the third quarter of 2016, which has ended."""
        until = self.closed_through()
        if reopens:
            last = Quarter.of(until or FIRST)
            expected = ACCEPTED if until else ("order", "", "")
            self.do("reopen", expected, lambda: reopen_quarter(MFBM, last, "A late voucher"))
        else:
            following = Quarter.of(until).next if until else Quarter.of(FIRST)
            has_ended = following < Quarter(2016, 4)
            expected = ACCEPTED if has_ended else ("order", "", "")
            self.do("close", expected, lambda: close_quarter(MFBM, following))

    @rule(as_of=DAYS)
    def ask(self, as_of: date) -> None:
        self.compare(as_of)


def sized(free: Decimal, much: str) -> Decimal:
    chosen = {"free": free, "over": free + CENTAVO, "part": free / 3, "any": Decimal("300.01")}
    return max(chosen[much].quantize(CENTAVO), CENTAVO)


def stand_together(one: Row, other: Row) -> bool:
    """Whether one void takes both: a document, or a payable with its disbursement."""
    if other.movement is not None:
        return one.movement == other.movement
    return (one.along or one.id) == (other.along or other.id)
