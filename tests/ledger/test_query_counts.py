"""The ledger's lists and figures take as many queries for many lines as for few (SPEC 15)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from flask import Flask

from obcms.kernel.extensions import db
from obcms.ledger.models import AppropriationsAct, BudgetLine
from obcms.ledger.reads.statement import Authorization, fund_status
from obcms.ppas.models import PPA
from tests.support.factories import make_ppa
from tests.support.ledger import make_act, make_line, obligate

MOST = 8
DAY = date(2025, 8, 14)


def test_lists_and_figures(
    app: Flask,
    call_as,
    people,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    act, ppa = make_act(effectivity=date(2025, 1, 1), fiscal_year=2025), make_ppa()
    client, counts = call_as(people.mfbm_analyst), []
    line = make_line(act, ppa=ppa, amounts={"ps": "10.00", "mooe": "900.00"})
    office, number, ppa_id, act_id = line.organization_id, line.id, ppa.id, act.id
    for size in (2, 12):
        act, ppa = db.session.get_one(AppropriationsAct, act_id), db.session.get_one(PPA, ppa_id)
        for _ in range(size):
            obligate(make_line(act, ppa=ppa), "5.00", entry_date=DAY)
            obligate(db.session.get_one(BudgetLine, number), "1.00", entry_date=DAY)
        db.session.commit()
        counts.append({})
        for address in (
            "/api/budget-lines/?page_size=200",
            f"/api/budget-lines/{number}/fund-entries/?page_size=200",
            f"/api/budget-lines/{number}/funds/",
            f"/api/monitoring/entries/{ppa_id}/funds/",
            "/api/obligations/?page_size=200",
            "/api/fund-movements/",
        ):
            with count_queries() as sent:
                assert client.get(address).status_code == 200
            counts[-1][address] = len(sent)
        for name, which in (("office", [BudgetLine.organization_id == office]), ("act", [])):
            for authorization, day in (
                (Authorization.CURRENT, DAY),
                (Authorization.CONTINUING, date(2026, 8, 14)),
            ):
                with count_queries() as sent:
                    assert fund_status(day.year, day, authorization, *which)
                counts[-1][f"{name} {authorization}"] = len(sent)
        db.session.rollback()
    assert counts[0] == counts[1]
    assert {name: count for name, count in counts[0].items() if count > MOST} == {}
