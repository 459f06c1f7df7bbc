"""The demonstration has an item that is overspent by 12 % and one by 25 %."""

from decimal import Decimal

from flask import Flask

from obcms.alerts.rules.choices import AlertKind, AlertLevel
from obcms.demo.load import load_demo
from obcms.kernel.extensions import db
from tests.alerts.conftest import alerts


def test_the_demonstration_has_alerts_of_both_levels(app: Flask) -> None:
    load_demo()
    db.session.commit()
    found = {
        (one.code, one.title): (one.level, one.figure_now)
        for one in alerts()
        if one.kind is AlertKind.OVERSPENT
    }
    assert found == {
        ("MOH-2025-001", "Consultation"): (AlertLevel.HIGH, Decimal("12.00")),
        ("MBHTE-2025-001", "Needs study"): (AlertLevel.CRITICAL, Decimal("25.00")),
    }
