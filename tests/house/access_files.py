"""What is uploaded for the requests of the access matrix: files of each import."""

from io import BytesIO
from typing import Any

from obcms.imports.reading.as_json import to_json
from obcms.kernel.extensions import db
from obcms.kernel.intake.reader import read_table
from obcms.ledger.intake.act_table import read_act_table
from obcms.ledger.intake.register_table import read_register
from obcms.ledger.models import AppropriationsAct, BudgetLine
from tests.support.imports import parse_file


def uploaded(kind: str, number: int, ids: dict[str, Any]) -> tuple[str, bytes, dict[str, Any]]:
    """What is uploaded: the import's name, the file, and how it was read."""
    if kind == "register":
        line = db.session.get_one(BudgetLine, ids["budget_line_id"])
        act = db.session.get_one(AppropriationsAct, line.act_id).number
        head = "date,act,office,cost structure,title,class,kind,amount,ors,payee"
        row = f"2025-02-03,{act},,ops,{line.title},MOOE,obligation,1,R-{number},Supplier"
        content = f"{head}\n{row}\n".encode()
        sheets = read_table(BytesIO(content), "a.csv")
        return "register", content, read_register(sheets, {"answers": {}})
    if kind == "act_table":
        content = f"MOA,Cost structure,Title,PS\nMOH,OPS,Imported {number},5\n".encode()
        known = {"fiscal_year": None, "answers": {}}
        return "act", content, read_act_table(read_table(BytesIO(content), "a.csv"), known)
    content = f"Title,Budget\nImported {number},1000\n".encode()
    return "ppas", content, to_json(parse_file(BytesIO(content), "a.csv"))
