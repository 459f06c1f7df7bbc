"""How long a PPA has waited is told in working days (SPEC 10)."""

from datetime import UTC, date, datetime

import pytest

from obcms.approval.reads.queue import Waiting
from obcms.calendar.models import ProclaimedDay
from obcms.calendar.rules.kinds import DayKind
from obcms.kernel.extensions import db
from tests.support.factories import make_ppa

pytestmark = pytest.mark.usefixtures("app")
FRIDAY_NIGHT = datetime(2025, 9, 5, 15, 59, tzinfo=UTC)  # 23:59 in Manila
TUESDAY = datetime(2025, 9, 9, 1, 0, tzinfo=UTC)


def test_weekends_and_days_off_do_not_count() -> None:
    one = Waiting(make_ppa(created_at=FRIDAY_NIGHT), None)
    assert one.working_days(FRIDAY_NIGHT) == 0
    assert one.working_days(TUESDAY) == 2  # Monday is a special working holiday
    closed = {"kind": DayKind.SPECIAL_NON_WORKING, "proclamation": "Proclamation No. 1"}
    db.session.add(ProclaimedDay(day=date(2025, 9, 9), name="Day of the Test", **closed))
    db.session.flush()
    assert one.working_days(TUESDAY) == 1
