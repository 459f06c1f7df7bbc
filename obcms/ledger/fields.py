"""What people say of an entry, in the order in which the form asks it (SPEC 6)."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from obcms.kernel.rules.fields import Day, Field, Flag, OneOf, Prose, Ref, Text
from obcms.kernel.rules.money import MINUS, NO_AMOUNT, parse_money
from obcms.ledger.models import FundEntry, Obligation
from obcms.ledger.rules.choices import EntryKind, FundCluster, PaymentMode
from obcms.ppas.rules.choices import AppropriationClass

_OBJECT_CODE = re.compile(r"[0-9]{10}")


@dataclass(frozen=True)
class SignedMoney(Field):
    """Pesos, exact to the centavo, not zero; below zero as -1,234.50 or (1,234.50)."""

    message: ClassVar[str] = "The amount must not be zero."

    def _read(self, value: object) -> Decimal:
        negative = isinstance(value, (Decimal, int)) and value < 0
        if isinstance(value, str):
            text = value.strip().replace(MINUS, "-")
            negative = text.startswith(("-", "(")) and (text[0] == "-" or text.endswith(")"))
            value = text.strip("()").lstrip("-").strip() if negative else value
        elif negative:
            value = -value
        amount = parse_money(value, self.public)
        if amount == 0:
            raise self.refused(self.message)
        return -amount if negative else amount


@dataclass(frozen=True)
class ObjectCode(Text):
    """A UACS object code: ten digits."""

    def _read(self, value: object) -> str:
        text = re.sub(r"[\s-]", "", super()._read(value))
        if not _OBJECT_CODE.fullmatch(text):
            raise self.refused("A UACS object code has ten digits, such as 5020399000.")
        return text


KIND = OneOf("kind", required="Say what kind of entry it is.", choices=EntryKind)
ALLOTMENT_CLASS = OneOf(
    "appropriation_class",
    label="Allotment class",
    required="Choose an allotment class.",
    choices=AppropriationClass,
)
CLUSTER = OneOf("fund_cluster", choices=FundCluster)
AMOUNT = SignedMoney("amount", required=NO_AMOUNT)
REFERENCE = Text("reference", longest=64, required="Give the document's number.")
ENTRY_FIELDS: tuple[Field, ...] = (
    KIND,
    ALLOTMENT_CLASS,
    CLUSTER,
    Day("entry_date", label="Posting date"),
    Day("document_date"),
    AMOUNT,
    REFERENCE,
    Ref("obligation_id", model=Obligation),
    Ref("disbursement_id", model=FundEntry),
    Text("payee"),
    Day("acceptance_date"),
    Text("acceptance_number", longest=64),
    Flag("is_final"),
    Flag("with_payable"),
    OneOf("mode", choices=PaymentMode),
    Flag("to_be_liquidated"),
    ObjectCode("uacs_object_code", label="UACS object code"),
    Prose("remarks"),
    Prose("override_reason"),
)
VOID_REASON = Text("reason", required="Say why the entry is voided.")
