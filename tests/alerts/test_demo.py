"""The demonstration has an item that is overspent by 12 % and one by 25 %."""

from decimal import Decimal

import pytest

from obcms.alerts.rules.choices import AlertKind, AlertLevel
from tests.alerts.conftest import alerts


@pytest.mark.usefixtures("demo")
def test_the_demonstration_has_alerts_of_both_levels() -> None:
    found = {
        (one.code, one.title): (one.level, one.figure_now)
        for one in alerts()
        if one.kind is AlertKind.OVERSPENT
    }
    assert found == {
        ("MOH-2025-001", "Consultation"): (AlertLevel.HIGH, Decimal("12.00")),
        ("MBHTE-2025-001", "Needs study"): (AlertLevel.CRITICAL, Decimal("25.00")),
    }
