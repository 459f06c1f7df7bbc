"""What thresholds are worth now."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from obcms.kernel.extensions import db
from obcms.thresholds.models import ThresholdValue
from obcms.thresholds.rules.declared import THRESHOLDS, Threshold


@dataclass(frozen=True, slots=True)
class Standing:
    """A declared threshold with its value, and the row where that is not the default."""

    threshold: Threshold
    value: Decimal
    changed: ThresholdValue | None


def values() -> Mapping[str, Decimal]:
    """All declared thresholds by key, in one query."""
    columns = ThresholdValue.__table__.c
    rows = db.session.execute(select(columns.key, columns.value))
    changed: dict[str, Decimal] = dict(rows.tuples().all())
    return {key: changed.get(key, one.default) for key, one in THRESHOLDS.items()}


def standing() -> list[Standing]:
    """All declared thresholds in their order, with who changed them."""
    query = select(ThresholdValue).options(joinedload(ThresholdValue.changed_by))
    changed = {row.key: row for row in db.session.scalars(query)}
    return [
        Standing(one, row.value if (row := changed.get(one.key)) else one.default, row)
        for one in THRESHOLDS.values()
    ]
