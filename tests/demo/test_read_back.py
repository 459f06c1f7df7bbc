"""The demonstration's act, read back line by line through the API (SPEC 6)."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient

from obcms.demo.ledger import read_lines
from obcms.ppas.rules.choices import AppropriationClass

LINES = "/api/budget-lines/"


def test_the_api_gives_the_acts_own_sums(
    demo: Flask, call_as: Callable[[int], FlaskClient], people
) -> None:
    client = call_as(people.viewer)
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    page = client.get(LINES, query_string={"fiscal_year": 2025, "page_size": 200}).json
    lines = list(page["results"])
    while page["next"]:
        page = client.get(page["next"]).json
        lines += page["results"]
    assert len(lines) == 298 + 1  # what a transfer made stands beside them
    for line in lines:
        funds = client.get(f"{LINES}{line['id']}/funds/", query_string={"as_of": "2025-12-31"})
        for one in funds.json["classes"]:
            key = line["moa"], one["appropriation_class"]
            found[key] += Decimal(one["authorized"])
    wanted: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in read_lines():
        for of_class in AppropriationClass:
            wanted[row["moa_acronym"], of_class.value] += Decimal(row[of_class.value] or 0)
    assert {k: v for k, v in found.items() if v} == {k: v for k, v in wanted.items() if v}
    assert sum(found.values()) == Decimal("94411666856.24")
