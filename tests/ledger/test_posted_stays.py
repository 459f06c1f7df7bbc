"""What is posted is neither changed nor deleted, whatever path a change takes (SPEC 6)."""

from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
import time_machine
from sqlalchemy import inspect

from obcms.kernel.errors import Conflict, Invalid
from obcms.kernel.extensions import db
from obcms.ledger.models import BudgetLine, FundEntry, FundMovement, Obligation, QuarterClosing
from obcms.ledger.quarters import close_quarter
from obcms.ledger.rules.quarters import Quarter
from tests.support.ledger import MFBM, make_act, make_line, modify, obligate

pytestmark = pytest.mark.usefixtures("app")
# Figures that follow from the entries under an obligation.
FOLLOWING = {"obligated", "payable", "disbursed", "is_void"}
POSTED = [FundEntry, FundMovement, Obligation, QuarterClosing]
COLUMNS = [
    (model, attribute.key)
    for model in POSTED
    for attribute in inspect(model).column_attrs
    if attribute.key not in FOLLOWING and not attribute.columns[0].primary_key
]


@pytest.fixture
def posted() -> dict[type, Any]:
    """One of each kind, and the line."""
    with time_machine.travel(datetime(2025, 4, 20, 4, tzinfo=UTC), tick=False):
        act = make_act(fiscal_year=2025, effectivity=date(2025, 1, 1))
        line = make_line(act, amounts={"mooe": "1000000.00", "co": "5000.00"})
        entry = obligate(line, entry_date=date(2025, 4, 1))
        found = [line, entry, entry.obligation, modify(line), close_quarter(MFBM, Quarter(2025, 1))]
    db.session.flush()
    return {type(one): one for one in found}


def another(value: Any) -> Any:
    """Another value of the same type; 1 where there is none yet."""
    match value:
        case None:
            return 1
        case bool():
            return not value
        case Enum():
            return next(one for one in type(value) if one is not value)
        case str():
            return value + "x"
        case date():
            return value + timedelta(days=1)
        case _:
            return value + 1


@pytest.mark.parametrize(("model", "column"), COLUMNS)
def test_no_column_changes(posted, model: type, column: str) -> None:
    record = posted[model]
    setattr(record, column, another(getattr(record, column)))
    with pytest.raises(Invalid, match="is posted cannot be changed"):
        db.session.flush()


@pytest.mark.parametrize("model", POSTED)
def test_nothing_is_deleted(posted, model: type) -> None:
    db.session.delete(posted[model])
    with pytest.raises(Invalid, match="is posted cannot be deleted"):
        db.session.flush()


def test_no_line_is_deleted(posted) -> None:
    db.session.delete(posted[BudgetLine])
    with pytest.raises(Conflict, match="its entries are voided"):
        db.session.flush()
