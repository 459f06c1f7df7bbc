"""The part of the access table that is the budget ledger's API."""

from collections.abc import Iterator

from tests.house.access_kinds import EVERYBODY, MFBM, MINISTRY, Access

NEW_FUND_ENTRY = {
    "kind": "obligation",
    "appropriation_class": "mooe",
    "amount": "1.00",
    "reference": "ORS-2",
    "payee": "Kalilintad Catering",
}


def ledger() -> Iterator[tuple]:
    """The budget ledger's API: everybody reads, MFBM and a line's own ministry post."""
    for name in ("budget_line", "fund_entry", "fund_movement", "obligation", "act"):
        resource = f"api_{name}s" if name != "fund_entry" else "api_fund_entries"
        of_ppa = name != "act"
        yield (f"{resource}.read_{name}", "GET"), Access(EVERYBODY, of_ppa)
        if name != "fund_entry":
            yield (f"{resource}.list_{name}s", "GET"), Access(EVERYBODY)
    lines, spend = "api_budget_lines", MFBM | MINISTRY
    yield (f"{lines}.list_fund_entries", "GET"), Access(EVERYBODY, of_ppa=True)
    yield (f"{lines}.list_funds_of_line", "GET"), Access(EVERYBODY, of_ppa=True)
    yield ("api_ppas.list_funds_of_ppa", "GET"), Access(EVERYBODY, of_ppa=True)
    post = Access(spend, of_ppa=True, body=NEW_FUND_ENTRY)
    yield (f"{lines}.post_fund_entry", "POST"), post
    void = Access(spend, of_ppa=True, body={"reason": "Entered twice"})
    yield ("api_fund_entries.void_fund_entry", "POST"), void
    moved = Access(MFBM, body={"kind": "modification", "reference": "MOD-1"})
    yield ("api_fund_movements.post_fund_movement", "POST"), moved
    anew = Access(MFBM, body={"remarks": "Printed anew"})
    yield ("api_acts.change_act", "PATCH"), anew
    later = Access(MFBM, body={"made_by_act": "BAA 90", "last_day": "2099-12-31"})
    yield ("api_acts.post_act_extension", "POST"), later
    yield ("api_fund_quarters.list_fund_quarters", "GET"), Access(EVERYBODY)
    closed = Access(MFBM, body={"year": 2015, "quarter": 1, "action": "close"})
    yield ("api_fund_quarters.post_fund_quarter", "POST"), closed
