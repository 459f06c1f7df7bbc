"""The main job by a client generated from the document: main_job.py FOLDER URL USER PASSWORD.

Prints what it saw as JSON. Nothing here is known but the document's own names.
"""

import datetime
import json
import sys

sys.path.insert(0, sys.argv[1])

from client import AuthenticatedClient, Client
from client.api.programs_projects_and_activities import (
    create_ppa,
    distribute_budget,
    enable_workitem_tracking,
    list_ppas,
    read_budget_tree,
    read_ppa,
    sync_from_workitem,
    take_approval_step,
)
from client.api.token import obtain_token
from client.api.work_items import (
    change_work_item,
    list_work_items,
    post_work_item_expenditure,
    read_work_item,
)
from client.models import (
    Credentials,
    DistributionGiven,
    DistributionGivenMethod,
    ExpenditureGiven,
    PPAGiven,
    StepGiven,
    StepGivenAction,
    TrackingGiven,
    WorkItemChange,
)


def main(url: str, username: str, password: str) -> dict[str, object]:
    credentials = Credentials(username=username, password=password)
    tokens = obtain_token.sync(client=Client(base_url=url), body=credentials)
    client = AuthenticatedClient(base_url=url, token=tokens.access)
    new = PPAGiven(
        code="MOH-2031-901",
        title="Barangay health workers",
        fiscal_year=2031,
        budget_allocation="1000000.00",
        start_date=datetime.date(2031, 1, 6),
        target_end_date=datetime.date(2031, 12, 19),
    )
    ppa = create_ppa.sync(client=client, body=new)
    tracking = TrackingGiven(structure_template="program")
    enabled = enable_workitem_tracking.sync(ppa.id, client=client, body=tracking)
    tree = read_budget_tree.sync(ppa.id, client=client)
    equal = DistributionGivenMethod.EQUAL
    asked = DistributionGiven(method=equal, cascade=True, preview=True)
    preview = distribute_budget.sync(ppa.id, client=client, body=asked)
    chosen = DistributionGiven(method=equal, cascade=True, version=preview.version)
    applied = distribute_budget.sync(ppa.id, client=client, body=chosen)
    again = distribute_budget.sync_detailed(ppa.id, client=client, body=chosen)
    items = list_work_items.sync(client=client, ppa=ppa.id)
    parents = {item.parent for item in items.results}
    leaf = next(item.id for item in items.results if item.id not in parents)
    half = WorkItemChange(progress="50.00")
    tag = read_work_item.sync_detailed(leaf, client=client).headers["ETag"]
    reported = change_work_item.sync(leaf, client=client, body=half, if_match=tag)
    stale = change_work_item.sync_detailed(leaf, client=client, body=half, if_match=tag)
    line = ExpenditureGiven(
        spent_on=datetime.date(2025, 2, 3), amount="1250.00", description="Supplies"
    )
    posted = post_work_item_expenditure.sync(leaf, client=client, body=line)
    synced = sync_from_workitem.sync(ppa.id, client=client)
    submit = StepGiven(action=StepGivenAction.SUBMIT, comment="Complete")
    step = take_approval_step.sync(ppa.id, client=client, body=submit)
    return {
        "created": enabled.work_items_created,
        "total": tree.total_budget,
        "parts": len(tree.tree.children),
        "batch": preview.batch_id is None and applied.batch_id is not None,
        "allocated": applied.total_allocated,
        "again": int(again.status_code),
        "stale": int(stale.status_code),
        "status": str(reported.status),
        "amount": posted.amount,
        "synced": str(synced.updated_status),
        "stage": str(step.to_status),
        "seen": read_ppa.sync(ppa.id, client=client).approval_status,
        "count": list_ppas.sync(client=client, search="health").count,
    }


sys.stdout.write(json.dumps(main(*sys.argv[2:])))
