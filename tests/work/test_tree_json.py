"""The budget tree as JSON agrees with the rules, to the centavo."""

import json
from decimal import Decimal

from obcms.budget.reads.budget_tree import budget_tree
from obcms.kernel.extensions import db
from obcms.ppas.models import PPA
from obcms.work.reads.tree import figures, read_tree
from obcms.work.rules.choices import WorkStatus
from tests.support.factories import make_ppa, spend, track


def flat(node: dict) -> list[dict]:
    return [node, *(below for child in node["children"] for below in flat(child))]


def test_every_node_has_the_figures_of_the_rules(app) -> None:
    ppa = make_ppa("1000000.01")
    items = track(ppa, "program")
    spend(items["Needs study"], "123456.78")
    items["Consultation"].status = WorkStatus.CANCELLED
    items["Delivery"].allocated_budget = None
    db.session.flush()
    rows = read_tree(ppa.id)
    tree = json.loads(app.json.dumps(budget_tree(rows, ppa.execution_project_id)))
    nodes = {node["id"]: node for node in flat(tree)}
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
