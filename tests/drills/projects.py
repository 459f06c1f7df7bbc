"""What an office does to its PPAs and their work, at random."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.ppas.delete import delete_ppa
from obcms.ppas.edit import create_ppa, edit_ppa
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import AppropriationClass, Category
from obcms.work import work_items
from obcms.work.duplicate import duplicate_item
from obcms.work.models import WorkItem
from obcms.work.move import move_item
from obcms.work.rules.choices import WorkStatus, WorkType
from obcms.work.tracking import Tracking, disable_tracking, enable_tracking
from tests.drills.chance import Dice, pesos, some


def add_ppa(dice: Dice, actor: User) -> None:
    moa = some(dice, Organization, Organization.acronym.in_(("MOH", "MAFAR")))
    code = f"{moa.acronym}-2031-{dice.randrange(1000):03d}"
    start = date(2031, 1, dice.randrange(1, 28))
    values = {
        "code": code,
        "title": f"Program {dice.random()}",
        "category": Category.MOA_PPA,
        "implementing_moa_id": moa.id,
        "fiscal_year": 2031,
        "appropriation_class": dice.choice(list(AppropriationClass)),
        "budget_ceiling": Decimal(90_000_000),
        "budget_allocation": pesos(dice, 9_000_000),
        "start_date": start,
        "target_end_date": start + timedelta(days=dice.randrange(1, 300)),
    }
    create_ppa(actor, values)


def change_ppa(dice: Dice, actor: User) -> None:
    others = [some(dice, Organization).id for _ in range(dice.randrange(3))]
    values: dict[str, Any] = {
        "remarks": f"Seen {dice.random()}",
        "supporting_organizations": list(dict.fromkeys(others)),
        "milestones": [{"title": f"Step {n}"} for n in range(dice.randrange(3))],
        "plan_reference": f"Plan {dice.random()}",
        "supports_climate": dice.random() < 0.5,
    }
    names = dice.sample(sorted(values), 2)
    edit_ppa(actor, some(dice, PPA), {name: values[name] for name in names})


def remove_ppa(dice: Dice, actor: User) -> None:
    delete_ppa(actor, some(dice, PPA, ~PPA.enable_workitem_tracking))


def track(dice: Dice, actor: User) -> None:
    template = dice.choice(("program", "activity", "milestone", "minimal"))
    enable_tracking(actor, some(dice, PPA), Tracking(template=template))


def untrack(dice: Dice, actor: User) -> None:
    disable_tracking(actor, some(dice, PPA, PPA.enable_workitem_tracking), "Over")


def add_item(dice: Dice, actor: User) -> None:
    work_items.create_item(actor, some(dice, WorkItem), {"title": f"Work {dice.random()}"})


def change_item(dice: Dice, actor: User) -> None:
    values: dict[str, Any] = {
        "progress": Decimal(dice.randrange(101)),
        "title": f"Work {dice.random()}",
        "status": dice.choice(list(WorkStatus)),
        "end_date": date(2031, 12, dice.randrange(1, 28)),
        "allocated_budget": pesos(dice, 100_000),
        "description": "Line one\nline two",
    }
    names = dice.sample(sorted(values), dice.randrange(1, 3))
    item = some(dice, WorkItem, WorkItem.parent_id.is_not(None))
    work_items.edit_item(actor, item, {name: values[name] for name in names})


def move(dice: Dice, actor: User) -> None:
    item = some(dice, WorkItem, WorkItem.work_type == WorkType.TASK)
    parent = some(dice, WorkItem, WorkItem.ppa_id == item.ppa_id, WorkItem.id != item.id)
    move_item(actor, item, parent, dice.randrange(3))


def duplicate(dice: Dice, actor: User) -> None:
    item = some(dice, WorkItem, WorkItem.parent_id.is_not(None))
    duplicate_item(actor, item, dice.random() < 0.5)


def remove_item(dice: Dice, actor: User) -> None:
    work_items.delete_item(actor, some(dice, WorkItem, WorkItem.parent_id.is_not(None)))


def cancel_item(dice: Dice, actor: User) -> None:
    work_items.cancel_item(actor, some(dice, WorkItem, WorkItem.parent_id.is_not(None)))
