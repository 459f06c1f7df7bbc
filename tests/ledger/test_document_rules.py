"""What documents that move money may not join, and when a quarter may be closed (SPEC 6)."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from obcms.kernel.errors import Invalid
from obcms.ledger.models import BudgetLine
from obcms.ledger.move import move_funds
from obcms.ledger.quarters import close_quarter
from obcms.ledger.release import release_fund
from obcms.ledger.rules.quarters import Quarter
from tests.ledger.lines import EXECUTIVE, MFBM, make_act, make_line

pytestmark = pytest.mark.usefixtures("app")
BOTH = ("appropriation_adjustment", "allotment_adjustment")


def part(line: BudgetLine, kind: str, amount: str, **values: object) -> dict[str, object]:
    usual = {"line": line.id, "kind": kind, "appropriation_class": "mooe", "amount": amount}
    return usual | values


def from_to(
    source: dict[str, object], target: dict[str, object], kinds: tuple[str, ...] = BOTH
) -> list[dict[str, object]]:
    """₱5.00 less on the one side and more on the other, by each of the kinds."""
    sides = ((source, "-5.00"), (target, "5.00"))
    usual = {"appropriation_class": "mooe"}
    return [
        usual | side | {"kind": kind, "amount": amount} for kind in kinds for side, amount in sides
    ]


def document(kind: str, entries: list[dict[str, object]], **values: object) -> dict[str, object]:
    usual = {"kind": kind, "reference": "DOC-1", "entry_date": date(2025, 3, 3)}
    return usual | {"entries": entries, "ground": "completed at a lesser cost"} | values


def test_all_lines_of_a_document_are_of_one_act() -> None:
    one, other = make_line(make_act()), make_line(make_act())
    entries = from_to({"line": one.id}, {"line": other.id})
    with pytest.raises(Invalid, match="of one act"):
        move_funds(EXECUTIVE, document("augmentation", entries))


def test_all_entries_of_a_document_are_of_one_fund_cluster() -> None:
    line = make_line(make_act())
    there = {"line": line.id, "fund_cluster": "02"}
    with pytest.raises(Invalid, match="of one fund cluster"):
        move_funds(MFBM, document("modification", from_to({"line": line.id}, there)))


@pytest.mark.parametrize(("source", "target"), [("BTA", "MOH"), ("MOH", "BTA")])
def test_savings_of_parliament_stay_among_its_own_lines(source: str, target: str) -> None:
    act = make_act()
    one, other = make_line(act, source), make_line(act, target)
    entries = from_to({"line": one.id}, {"line": other.id})
    with pytest.raises(Invalid, match="Parliament"):
        move_funds(EXECUTIVE, document("augmentation", entries))


def test_a_transfer_sums_to_zero_in_each_class() -> None:
    act = make_act()
    one, other = make_line(act), make_line(act, "MSSD")
    entries = [
        part(one, "appropriation_adjustment", "-5.00"),
        part(one, "transfer_to", "5.00"),
        part(other, "appropriation_adjustment", "5.00", appropriation_class="co"),
        part(other, "transfer_from", "5.00", appropriation_class="co"),
    ]
    with pytest.raises(Invalid, match=r"of MOOE of the document sum to .*, not zero"):
        move_funds(MFBM, document("transfer", entries))


def test_a_fund_goes_to_the_office_s_line_of_the_same_fund() -> None:
    act = make_act()
    fund = make_line(act, None, cost_structure="spf", title="Contingent Fund")
    other = make_line(act)
    entries = [
        part(fund, "appropriation_adjustment", "-5.00"),
        part(fund, "transfer_to", "5.00"),
        part(other, "appropriation_adjustment", "5.00"),
        part(other, "transfer_from", "5.00"),
    ]
    with pytest.raises(Invalid, match="own line of the same fund"):
        move_funds(MFBM, document("transfer", entries))


def test_only_a_fund_that_is_with_no_office_is_released() -> None:
    line = make_line(make_act())
    given = {
        "organization_id": line.organization_id,
        "appropriation_class": "mooe",
        "amount": "5.00",
        "allotment_reference": "SARO-1",
        "reference": "T-1",
        "entry_date": date(2025, 3, 3),
    }
    with pytest.raises(Invalid, match="with no office yet"):
        release_fund(MFBM, line, given)


def test_after_the_last_day_no_appropriation_is_moved_either() -> None:
    act = make_act(last_day_first=date(2025, 6, 30), last_day_other=date(2025, 6, 30))
    one, other = make_line(act), make_line(act)
    entries = from_to({"line": one.id}, {"line": other.id}, ("appropriation_adjustment",))
    with pytest.raises(Invalid, match="the last day to obligate was 30 Jun 2025"):
        move_funds(EXECUTIVE, document("augmentation", entries, entry_date=date(2025, 7, 1)))


@pytest.mark.parametrize(("day", "may"), [(30, False), (31, False), (1, True)])
def test_a_quarter_is_closed_once_its_last_day_is_over(day: int, may: bool) -> None:
    make_act()
    month = 4 if may else 3
    with time_machine.travel(datetime(2025, month, day, 4, tzinfo=UTC), tick=False):
        if may:
            close_quarter(MFBM, Quarter(2025, 1))
        else:
            with pytest.raises(Invalid, match="has not ended yet"):
                close_quarter(MFBM, Quarter(2025, 1))
