"""A line is refused by an act's table as by its verb, before anything is written (SPEC 6)."""

from io import BytesIO

from sqlalchemy import func, select

from obcms.imports.compare import compare
from obcms.imports.declared import ImportDefaults
from obcms.imports.table.parsed import table_from_json
from obcms.kernel.extensions import db
from obcms.kernel.intake.reader import read_table
from obcms.ledger.intake.act_import import ACT_TABLE
from obcms.ledger.intake.act_table import read_act_table
from obcms.ledger.lines import add_line
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.organizations.reads import find_moa
from tests.ledger.register_files import as_csv
from tests.support.budget_lines import MFBM, make_act
from tests.support.doors import refused_by
from tests.support.tables import KNOWN

COLUMNS = {"title": "title", "uacs_code": "UACS code"}
BAD: list[tuple[dict[str, str], str]] = [
    *(({"title": text}, "title") for text in ("", "   ", "\u200b", "x\u2066", "Fuel\u202eleuF")),
    ({"title": "x" * 256}, "title"),
    ({"office": ""}, "organization"),
    *(({"uacs_code": text}, "uacs_code") for text in ("9" * 41, "5\u202e0")),
]


def test_an_acts_table_refuses_the_same_line_at_its_row(app) -> None:
    act = make_act()
    act_id, office = act.id, find_moa("MOH").id
    db.session.commit()
    good = {"title": "Health stations", "uacs_code": "", "office": "MOH"}
    for bad, field in BAD:
        given = good | bad
        named = office if given.pop("office") else None
        line = given | {"organization_id": named, "cost_structure": "ops"}
        told = refused_by(
            lambda line=line: add_line(MFBM, db.session.get_one(AppropriationsAct, act_id), line)
        )
        assert [at for _, at in told] == [field]
        row = {"fiscal year": "2025", "cost structure": "OPS", "MOOE": "5.00"}
        row["office"] = "" if named is None else "MOH"
        row |= {COLUMNS[name]: value for name, value in given.items()}
        sheets = read_table(BytesIO(as_csv([row])), "act.csv")
        parsed = table_from_json(read_act_table(sheets, KNOWN))
        [refused] = compare(ACT_TABLE, MFBM, parsed, ImportDefaults(fiscal_year=2025)).refused
        assert refused.reason == " ".join(message for message, _ in told), bad
    assert db.session.scalar(select(func.count(BudgetLine.id))) == 0
