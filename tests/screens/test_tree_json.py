"""The budget tree as JSON agrees with the rules, to the centavo."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from obcms.budget.reads.budget_tree import budget_tree, percent, pesos, tree_centavos
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.work.reads.tree import figures, tree_rows
from obcms.work.rules.budget import utilization, variance_percent
from obcms.work.rules.choices import WorkStatus
from tests.services.factories import make_ppa, spend, track


def flat(node: dict) -> list[dict]:
    return [node, *(below for child in node["children"] for below in flat(child))]


def test_every_node_has_the_figures_of_the_rules(app) -> None:
    ppa = make_ppa("1000000.01")
    items = track(ppa, "program")
    spend(items["Needs study"], "123456.78")
    items["Consultation"].status = WorkStatus.CANCELLED
    items["Delivery"].allocated_budget = None
    db.session.flush()
    tree = budget_tree(tree_centavos(ppa.id), ppa.execution_project_id)
    nodes = {node["id"]: node for node in flat(tree)}
    rows = tree_rows(ppa.id)
    parents = {row.parent_id for row in rows}
    assert len(nodes) == len(rows) == 13
    for row in rows:
        wanted = {
            name: None if value is None else str(value)
            for name, value in figures(row, row.id in parents).items()
        }
        assert {name: nodes[row.id][name] for name in wanted} == wanted
        assert nodes[row.id]["progress"] == str(row.progress)
    assert [node["outline"] for node in flat(tree)][:4] == ["1", "1.1", "1.1.1", "1.1.2"]


def test_the_endpoint_answers_strings_of_pesos(app, people, sign_in_as) -> None:
    ppa = make_ppa("1000000.01")
    track(ppa)
    db.session.commit()
    ppa_id = ppa.id
    answer = sign_in_as(people.moa_staff).get(f"/admin/ppa/{ppa_id}/tree.json").json
    assert answer["total_budget"] == answer["allocated_budget"] == "1000000.01"
    assert (answer["unallocated_budget"], answer["budget_currency"]) == ("0.00", "PHP")
    assert answer["tree"]["children"][0]["allocated_budget"] == "150000.00"
    assert sign_in_as(people.outsider).get(f"/admin/ppa/{ppa_id}/tree.json").status_code == 404
    assert db.session.get_one(PPA, ppa_id).progress == Decimal(0)


@given(st.integers(-(10**15), 10**15), st.integers(1, 10**15))
def test_percents_of_centavos_are_those_of_pesos(part: int, whole: int) -> None:
    spent, allocated = Decimal(whole + part).scaleb(-2), Decimal(whole).scaleb(-2)
    assert percent(part, whole) == str(variance_percent(allocated, spent)).replace("-0.00", "0.00")
    if part >= 0:
        assert percent(part, whole) == str(utilization(allocated, Decimal(part).scaleb(-2)))


@given(st.integers(-(10**17), 10**17))
def test_pesos_are_exact(centavos: int) -> None:
    assert Decimal(pesos(centavos)) * 100 == centavos
