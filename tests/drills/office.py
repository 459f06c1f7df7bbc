"""What the people of an office do all day, at random: any role tries every operation."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO

import pyotp
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from obcms.approval import amendments
from obcms.approval.rules.steps import Action, actions_from
from obcms.approval.steps import open_actions, steps_of, take_step
from obcms.budget import distribution
from obcms.budget.models import DistributionBatch
from obcms.budget.proposal import Request
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import ObcmsError
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Role
from obcms.organizations.models import Organization
from obcms.organizations.record import ORGANIZATIONS
from obcms.people import demands, second_factor
from obcms.people.models import SecondFactor, User
from obcms.people.users import create_user, edit_user, set_password
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import SETTLED
from obcms.spending.expenditures import NewExpenditure, post_expenditure, void_expenditure
from obcms.spending.models import Expenditure
from obcms.work.models import WorkItem
from obcms.work.rules.choices import DistributionMethod
from obcms.work.sync import sync_ppa
from tests.drills.chance import Dice, pesos, some
from tests.drills.projects import (
    add_item,
    add_ppa,
    cancel_item,
    change_item,
    change_ppa,
    duplicate,
    move,
    remove_item,
    remove_ppa,
    track,
    untrack,
)
from tests.support.imports import import_ppas, parse_file

CSV = "Code,Title,MOA,Appropriation\n{code},{title},{moa},{amount}\n"
PDF = b"%PDF-1.7 a receipt "
Operation = Callable[[Dice, User], object]


def spend(dice: Dice, actor: User) -> None:
    content = PDF + dice.randbytes(20) if dice.random() < 0.3 else b""
    line = NewExpenditure(
        date(2025, 2, 3), pesos(dice, 900), "Supplies", receipt_name="a.pdf", receipt=content
    )
    post_expenditure(actor, some(dice, WorkItem), line)


def void(dice: Dice, actor: User) -> None:
    void_expenditure(actor, some(dice, Expenditure, Expenditure.voided_at.is_(None)), "Twice")


def distribute(dice: Dice, actor: User) -> None:
    ppa = some(dice, PPA, PPA.enable_workitem_tracking)
    request = Request(DistributionMethod.EQUAL, cascade=dice.random() < 0.5)
    distribution.apply(actor, ppa, request, distribution.preview(actor, ppa, request).version)


def undo(dice: Dice, actor: User) -> None:
    distribution.undo(actor, some(dice, DistributionBatch))


def decide(dice: Dice, actor: User) -> None:
    """Mostly the step forward, by somebody who may take it where there is anybody."""
    ppa = some(dice, PPA)
    forward = actions_from(ppa.approval_status)[:1]
    if dice.random() < 0.3 or not forward:
        take_step(actor, ppa, dice.choice(list(Action)), "Looked at")
        return
    steps = steps_of(ppa)
    may = [one for one in db.session.scalars(select(User)) if open_actions(one, ppa, steps)]
    take_step(dice.choice(may or [actor]), ppa, forward[0], "Looked at")


def amend(dice: Dice, actor: User) -> None:
    values = {"title": f"Amended {dice.random()}"}
    amendments.amend_ppa(actor, some(dice, PPA, PPA.approval_status.in_(SETTLED)), values, "Memo")


def cut(dice: Dice, actor: User) -> None:
    ppa = some(dice, PPA)
    left = (ppa.budget_allocation or Decimal(0)) - pesos(dice, 1_000)
    amendments.cut_allocation(actor, ppa, left, "By law")


def bring_in(dice: Dice, actor: User) -> None:
    ppa, moa = some(dice, PPA), some(dice, Organization)
    code = ppa.code if dice.random() < 0.5 else f"{moa.acronym}-2031-{dice.randrange(1000):03d}"
    content = CSV.format(
        code=code, title=f"Listed {dice.random()}", moa=moa.acronym, amount=900_000
    )
    import_ppas(actor, parse_file(BytesIO(content.encode()), "list.csv"), None, 2031)


def add_user(dice: Dice, actor: User) -> None:
    values = {"username": f"user{dice.randrange(10**6)}", "role": dice.choice(list(Role))}
    if values["role"] in CONFINED_ROLES:
        values["organization_id"] = some(dice, Organization).id
    create_user(actor, values, "a rather long one")


def change_user(dice: Dice, actor: User) -> None:
    values = {"full_name": f"Name {dice.random()}", "email": "somebody@example.invalid"}
    edit_user(actor, some(dice, User), values)


def change_password(dice: Dice, actor: User) -> None:
    set_password(actor, some(dice, User), f"another long one {dice.random()}")


def turn_on_factor(_dice: Dice, actor: User) -> None:
    secret = second_factor.new_secret()
    second_factor.turn_on(actor, secret, pyotp.TOTP(secret).at(utc_now()))


def reset_factor(dice: Dice, actor: User) -> None:
    factor = some(dice, SecondFactor)
    second_factor.reset(actor, db.session.get_one(User, factor.user_id))


def demand_factor(dice: Dice, actor: User) -> None:
    demands.demand(actor, dice.sample(list(Role), 3))


def rename_organization(dice: Dice, actor: User) -> None:
    name = {"name": f"Ministry {dice.random()}"}
    ORGANIZATIONS.edit(actor, some(dice, Organization), name)


def synchronize(dice: Dice, actor: User) -> None:
    sync_ppa(actor, some(dice, PPA))


MINISTRY, OFFICE = (Role.MOA_STAFF, Role.MOA_HEAD), (Role.OOBC_STAFF,)
BUDGET, ADMINISTRATION = (Role.MFBM_ANALYST,), (Role.ADMINISTRATOR,)
ANYBODY = tuple(Role)
# How often each is done, beside the others, and whose work it is; others try it as well.
OPERATIONS: dict[Operation, tuple[int, tuple[Role, ...]]] = {
    add_ppa: (5, MINISTRY + OFFICE),
    change_ppa: (6, MINISTRY + OFFICE),
    remove_ppa: (6, ADMINISTRATION),
    track: (5, MINISTRY + OFFICE),
    untrack: (1, OFFICE),
    add_item: (5, MINISTRY + OFFICE),
    change_item: (10, MINISTRY + OFFICE),
    move: (5, MINISTRY + OFFICE),
    duplicate: (3, MINISTRY + OFFICE),
    remove_item: (2, MINISTRY + OFFICE),
    cancel_item: (3, MINISTRY + OFFICE),
    spend: (8, MINISTRY + OFFICE),
    void: (3, MINISTRY + OFFICE),
    distribute: (5, MINISTRY + OFFICE),
    undo: (4, MINISTRY + OFFICE),
    decide: (25, ANYBODY),
    amend: (4, BUDGET),
    cut: (2, BUDGET),
    bring_in: (3, MINISTRY + OFFICE),
    add_user: (1, ADMINISTRATION),
    change_user: (2, ADMINISTRATION),
    change_password: (1, ADMINISTRATION),
    turn_on_factor: (1, ANYBODY),
    reset_factor: (1, ADMINISTRATION),
    demand_factor: (1, ADMINISTRATION),
    rename_organization: (2, ADMINISTRATION),
    synchronize: (1, ANYBODY),
}


def work(dice: Dice, times: int) -> tuple[Counter[str], Counter[str]]:
    """So many operations, each committed or refused; how often each was done, and refused."""
    done, refused = Counter[str](), Counter[str]()
    operations, weights = list(OPERATIONS), [weight for weight, _ in OPERATIONS.values()]
    for number in range(times):
        operation = dice.choices(operations, weights)[0]
        roles = OPERATIONS[operation][1] if dice.random() < 0.7 else ANYBODY
        actor = some(dice, User, User.role == dice.choice(roles))
        with acting(Origin(actor.id, actor.username, "10.0.0.1", f"drill-{number}")):
            try:
                operation(dice, actor)
                db.session.commit()
                done[operation.__name__] += 1
            except (ObcmsError, IntegrityError):  # which a door tells in words
                db.session.rollback()
                refused[operation.__name__] += 1
    return done, refused
