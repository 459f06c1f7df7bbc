"""What is proclaimed: who may enter it, and what is refused."""

from typing import Any, ClassVar

import pytest

from obcms.calendar.record import PROCLAIMED_DAYS, PROCLAIMED_MONTHS
from obcms.calendar.rules.hijri import HijriMonth, computed_start
from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import SYSTEM
from tests.support.record_tests import APIRecordTests

NUMBER = "Proclamation No. 5, s. 2025"


class TestProclaimedDays(APIRecordTests):
    record = PROCLAIMED_DAYS
    address = "/admin/proclaimed-day/"
    given: ClassVar[dict[str, Any]] = {
        "day": "2025-12-15",
        "name": "Day of the Test",
        "kind": "special_non_working",
        "proclamation": NUMBER,
    }
    other: ClassVar[dict[str, Any]] = {"proclamation": "Proclamation No. 6, s. 2025"}
    unlike = ("name",)
    bad = (
        ({"proclamation": ""}, "proclamation"),
        ({"proclamation": "X" * 121}, "proclamation"),
        ({"name": " "}, "name"),
        ({"day": ""}, "day"),
        ({"day": "2025-02-30"}, "day"),
        ({"day": "1989-12-31"}, "day"),
        ({"kind": "half_a_day"}, "kind"),
        ({"day": "2025-08-31", "name": "Eid'l Fitr", "kind": "regular"}, "day"),
        ({"day": "2026-06-12", "name": "A fair", "kind": "special_working"}, "name"),
    )


class TestProclaimedMonths(APIRecordTests):
    record = PROCLAIMED_MONTHS
    address = "/admin/proclaimed-month/"
    given: ClassVar[dict[str, Any]] = {
        "hijri_year": 1446,
        "hijri_month": 10,
        "first_day": "2025-03-31",
        "proclamation": NUMBER,
    }
    other: ClassVar[dict[str, Any]] = {"proclamation": "Proclamation No. 6, s. 2025"}
    bad = (
        ({"proclamation": ""}, "proclamation"),
        ({"hijri_month": 13}, "hijri_month"),
        ({"hijri_month": 0}, "hijri_month"),
        ({"hijri_year": 1410}, "hijri_year"),
        ({"hijri_year": 1501}, "hijri_year"),
        ({"first_day": "2025-04-02"}, "first_day"),
        ({"first_day": "2025-03-27"}, "first_day"),
        ({"first_day": "soon"}, "first_day"),
    )

    def another(self, number: int) -> dict[str, Any]:
        """A month of its own, none beside another."""
        month = HijriMonth(1450 + number // 6, number % 6 * 2 + 1) if number else None
        if month is None:
            return dict(self.given)
        own = {"hijri_year": month.year, "hijri_month": month.month}
        return self.given | own | {"first_day": computed_start(month).isoformat()}


@pytest.mark.usefixtures("app")
class TestWhatIsRefused:
    def refused(self, record: Any, values: dict[str, Any]) -> dict[str, str]:
        with pytest.raises(Invalid) as error:
            record.create(SYSTEM, values)
        return {problem.pointer: problem.message for problem in error.value.problems}

    @pytest.mark.parametrize("name", ["Eid'l Fitr", "EID’L FITR", "Eid al-Fitr"])
    def test_the_same_day_twice_however_its_name_is_spelled(self, name: str) -> None:
        eid = {"day": "2025-03-31", "name": "Eid'l Fitr", "kind": "regular", "proclamation": NUMBER}
        PROCLAIMED_DAYS.create(SYSTEM, eid)
        assert (
            "already a proclaimed day"
            in self.refused(PROCLAIMED_DAYS, eid | {"name": name})["name"]
        )

    def test_the_same_month_twice(self) -> None:
        PROCLAIMED_MONTHS.create(SYSTEM, TestProclaimedMonths.given)
        told = self.refused(PROCLAIMED_MONTHS, dict(TestProclaimedMonths.given))
        assert told == {"hijri_month": "The first day of Shawwal 1446 AH is already proclaimed."}

    def test_a_month_of_other_than_29_or_30_days_between_two_proclaimed(self) -> None:
        ramadan = {"hijri_year": 1446, "hijri_month": 9, "first_day": "2025-02-28"}
        PROCLAIMED_MONTHS.create(SYSTEM, ramadan | {"proclamation": NUMBER})
        told = self.refused(PROCLAIMED_MONTHS, dict(TestProclaimedMonths.given))
        assert "Ramadan 1446 AH would have 31 days" in told["first_day"]

    def test_a_working_day_in_anothers_name(self) -> None:
        values = {"day": "2026-12-24", "kind": "special_working", "proclamation": NUMBER}
        told = self.refused(PROCLAIMED_DAYS, values | {"name": "Working Thursday"})
        assert "The day is Christmas Eve" in told["name"]
        PROCLAIMED_DAYS.create(SYSTEM, values | {"name": "Christmas Eve"})
