"""The part of the access table that is the ledger's screens, and what is sent to them."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Role
from obcms.kernel.records.opened import fingerprints
from obcms.ledger.acts import SAID_LATER
from obcms.ledger.hold import closed_through
from obcms.ledger.models import AppropriationsAct
from obcms.ledger.quarters import next_to_close
from tests.house.access_kinds import EVERYBODY, MFBM, MINISTRY, Access
from tests.house.access_sent import Sent
from tests.house.access_subjects import Ids
from tests.imports.waiting import shown_by

SPEND = MFBM | MINISTRY
MOVE = MFBM | {Role.EXECUTIVE}
SEEN = {
    "ledger_acts": ("index",),
    "ledger_movements": ("index",),
    "ledger_offices": ("index",),
    "ledger_payments": ("index",),
    "ledger_quarters": ("index",),
    "ledger_status": ("index", "export"),
    "budget_line": ("export",),
}
OF_A_LINE = {
    "ledger_line": ("page", "available", "export"),
    "ledger_obligation": ("page",),
    "ledger_entry": ("page",),
    "ppa_page": ("funds",),
}


def ledger_screens() -> Iterator[tuple]:
    """Everybody sees the lines that exist for them; who posts is said by the kind of entry."""
    for views, of_ppa in ((SEEN, False), (OF_A_LINE, True)):
        for view, names in views.items():
            for name in names:
                yield (f"{view}.{name}", "GET"), Access(EVERYBODY, of_ppa)
    yield ("ledger_line.post", "POST"), Access(SPEND, of_ppa=True)
    for method in ("GET", "POST"):
        yield ("ledger_entry.void", method), Access(SPEND, of_ppa=True)
        norsa = {"kind": "obligation_adjustment"}
        yield ("ledger_entry.follow", method), Access(SPEND, of_ppa=True, query=norsa)
    yield ("ledger_movements.new", "GET"), Access(MOVE)
    yield ("ledger_movements.new", "POST"), Access(MFBM)  # of a modification
    for method in ("GET", "POST"):
        yield ("ledger_release.index", method), Access(MFBM, of_ppa=True)
    yield ("ledger_movements.check", "POST"), Access(MOVE)
    yield ("ledger_movements.post_prepared", "POST"), Access(frozenset({Role.EXECUTIVE}))
    yield ("ledger_movements.drop_prepared", "POST"), Access(MOVE)
    for view, may in (("ledger_register", SPEND), ("ledger_act_import", MFBM)):
        for name in ("upload", "preview", "progress", "batch"):
            yield (f"{view}.{name}", "GET"), Access(may)
        for name in ("upload", "preview", "reading", "undo"):
            yield (f"{view}.{name}", "POST"), Access(may)
    for name in ("edit", "extend"):
        yield (f"ledger_acts.{name}", "POST"), Access(MFBM)
    for name in ("close", "reopen"):
        yield (f"ledger_quarters.{name}", "POST"), Access(MFBM)


def _next_quarter(_client: FlaskClient, _ids: Ids) -> dict[str, str]:
    """The one that is closed next."""
    quarter = next_to_close(closed_through())
    db.session.rollback()
    return {"year": str(quarter.year), "quarter": str(quarter.number)}


def _closed_quarter(client: FlaskClient, ids: Ids) -> dict[str, Any]:
    quarter = _next_quarter(client, ids)
    client.post("/admin/ledger/quarters/close", data=quarter)
    return quarter


MODIFICATION = {
    "kind": "modification",
    "reference": "MOD-{number}",
    "act": "{act_id}",
    "line-0": "{budget_line_id}",
    "line-1": "{budget_line_id}",
    "class-0": "mooe",
    "class-1": "co",
    "amount-0": "-1.00",
    "amount-1": "1.00",
}
RELEASE = {
    "organization": "{moa_id}",
    "appropriation_class": "mooe",
    "amount": "1.00",
    "allotment_reference": "SARO-{number}",
    "reference": "T-{number}",
}
NEW_OBLIGATION = {
    "kind": "obligation",
    "appropriation_class": "mooe",
    "amount": "1.00",
    "reference": "ORS-{number}",
    "payee": "Supplier",
}


def _register(_client: FlaskClient, _ids: Ids) -> dict[str, Any]:
    return {"file": (BytesIO(b"date,class,kind,amount\n"), "a.csv")}


def _register_shown(client: FlaskClient, ids: Ids) -> dict[str, str]:
    return shown_by(client.get(f"/admin/ledger/register/{ids['upload_id']}/").text)


def _table(_client: FlaskClient, _ids: Ids) -> dict[str, Any]:
    return {"file": (BytesIO(b"moa,title,cost structure,ps\n"), "a.csv")}


def _table_shown(client: FlaskClient, ids: Ids) -> dict[str, str]:
    return shown_by(client.get(f"/admin/ledger/import-act/{ids['upload_id']}/").text)


def _opened_act(_client: FlaskClient, ids: Ids) -> dict[str, str]:
    opened = fingerprints(db.session.get_one(AppropriationsAct, ids["act_id"]), SAID_LATER)
    db.session.rollback()
    return {"opened": json.dumps(opened)}


SENT_TO_LEDGER_SCREENS: dict[tuple[str, str], Sent] = {
    ("ledger_movements.new", "POST"): Sent("ledger", MODIFICATION),
    ("ledger_movements.check", "POST"): Sent("ledger", MODIFICATION, answer=200, writes=False),
    ("ledger_movements.post_prepared", "POST"): Sent("ledger", {"reference": "CM-{number}"}),
    ("ledger_movements.drop_prepared", "POST"): Sent("ledger", {"reason": "Not needed"}),
    ("ledger_release.index", "POST"): Sent("fund", RELEASE),
    ("ledger_quarters.close", "POST"): Sent("ledger", prepare=_next_quarter),
    ("ledger_quarters.reopen", "POST"): Sent(
        "ledger", prepare=_closed_quarter, form={"reason": "BAA 90, section 5"}
    ),
    ("ledger_register.upload", "POST"): Sent(
        form={"moa": "{moa_id}"}, prepare=_register, writes=False, answer=503
    ),  # these tests have no queue
    ("ledger_register.preview", "GET"): Sent("register"),
    ("ledger_register.progress", "GET"): Sent("register"),
    ("ledger_register.batch", "GET"): Sent("register"),
    ("ledger_register.preview", "POST"): Sent(
        "register", form={"all_or_nothing": "1"}, prepare=_register_shown
    ),
    ("ledger_register.reading", "POST"): Sent(
        "register", form={"answer-dates": "day-first"}, writes=False
    ),
    ("ledger_register.undo", "POST"): Sent("register", form={"reason": "The wrong file"}),
    ("ledger_acts.edit", "POST"): Sent(
        "ledger", form={"remarks": "Printed anew"}, prepare=_opened_act
    ),
    ("ledger_acts.extend", "POST"): Sent(
        "ledger", form={"made_by_act": "BAA 90", "last_day": "2099-12-31"}
    ),
    ("ledger_act_import.upload", "POST"): Sent(prepare=_table, writes=False, answer=503),
    ("ledger_act_import.preview", "GET"): Sent("act_table"),
    ("ledger_act_import.progress", "GET"): Sent("act_table"),
    ("ledger_act_import.batch", "GET"): Sent("act_table"),
    ("ledger_act_import.preview", "POST"): Sent(
        "act_table", form={"all_or_nothing": "1"}, prepare=_table_shown
    ),
    ("ledger_act_import.reading", "POST"): Sent(
        "act_table", form={"answer-unit": "thousands"}, writes=False
    ),
    ("ledger_act_import.undo", "POST"): Sent("act_table", form={"reason": "The wrong file"}),
    ("ledger_line.post", "POST"): Sent("ledger", form=NEW_OBLIGATION),
    ("ledger_entry.page", "GET"): Sent("ledger", answer=302),
    ("ledger_entry.void", "POST"): Sent("ledger", form={"reason": "Entered twice"}),
    ("ledger_entry.follow", "POST"): Sent("ledger", form={"reference": "N-1", "amount": "-1.00"}),
}
