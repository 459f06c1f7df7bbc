"""Refusals of the ledger: a sentence for people, a code and the figures for programs (SPEC 6)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from obcms.kernel.errors import Forbidden, Invalid, NotFound
from obcms.kernel.formats import day
from obcms.kernel.rules.money import format_peso
from obcms.ledger.models import FundEntry
from obcms.ledger.rules.choices import Refusal
from obcms.ledger.rules.limits import Breach

# What is left of it, by the limit that decides.
WHAT_IS_LEFT = {
    Refusal.ALLOTMENTS: "of the appropriation is unreleased",
    Refusal.OBLIGATIONS: "of the allotment is unobligated",
    Refusal.PAYABLES: "of the obligation is not yet due",
    Refusal.DISBURSEMENTS: "of what is due is unpaid",
    Refusal.REFUND: "of the disbursement can still be taken back or liquidated",
}


def refused(code: Refusal, message: str, pointer: str = "") -> Invalid:
    """A refusal for another reason than money."""
    error = Invalid(message, pointer)
    error.details = {"code": code.value}
    return error


@contextmanager
def coded(code: Refusal) -> Iterator[None]:
    """Gives what is refused inside this code."""
    try:
        yield
    except Invalid as error:
        error.details = {"code": code.value, **error.details}
        raise


def forbidden(message: str) -> Forbidden:
    """What the role does not allow."""
    error = Forbidden(message)
    error.details = {"code": Refusal.ROLE.value}
    return error


def no_such_line() -> NotFound:
    """For a line that is not there, and for one that is hidden."""
    return hidden("There is no such budget line.")


def hidden(message: str) -> NotFound:
    """For what stands on such a line."""
    error = NotFound(message)
    error.details = {"code": Refusal.NO_SUCH_LINE.value}
    return error


def obligated_already(number: str) -> Invalid:
    """For a second obligation with this number on a line and class."""
    message = f"{number} is obligated on this line and class already. A NORSA adjusts it."
    return refused(Refusal.DOUBLE, message, "reference")


def is_void(ors_number: str) -> Invalid:
    """For what is posted under an obligation that was voided."""
    return refused(Refusal.VOIDED, f"{ors_number} is voided.", "obligation")


def unliquidated(advance: FundEntry) -> Invalid:
    """For another cash advance to the payee of this one."""
    return refused(
        Refusal.UNLIQUIDATED,
        f"{advance.payee} has not liquidated the cash advance {advance.reference} of "
        f"{day(advance.posting_date)} yet.",
        "payee",
    )


def short_of_money(code: Refusal, found: Breach, on: date) -> Invalid:
    """Names what is free on the entry's day and the first day that breaks."""
    when = "" if found.breaks_on == on else f", as {day(found.breaks_on)} would break"
    message = f"Only {format_peso(found.free)} {WHAT_IS_LEFT[code]} on {day(on)}{when}."
    error = Invalid(message, "amount")
    error.details = {
        "code": code.value,
        "available": f"{found.free:.2f}",
        "breaks_on": found.breaks_on.isoformat(),
    }
    return error
