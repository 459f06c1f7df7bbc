"""Adding, changing and deleting a PPA (SPEC 2, 7)."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from obcms.kernel.db.types import utc_now
from obcms.kernel.errors import Forbidden, Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Actor, Permission, can_see, require
from obcms.ppas.access import lock_ppa
from obcms.ppas.models import PPA, Milestone
from obcms.ppas.rules.choices import Category, FundingSource

# What people may set, in the order in which forms show it.
EDITABLE = (
    "code",
    "title",
    "summary",
    "remarks",
    "category",
    "implementing_moa_id",
    "supporting_organizations",
    "sector",
    "fiscal_year",
    "appropriation_year",
    "appropriation_class",
    "funding_source",
    "funding_source_other",
    "plan_reference",
    "moral_governance_pillar",
    "budget_ceiling",
    "budget_allocation",
    "obc_share",
    "total_slots",
    "obc_slots",
    "start_date",
    "target_end_date",
    "actual_end_date",
    "milestones",
    "status",
    "priority",
    "supports_gender",
    "supports_climate",
    "supports_indigenous_peoples",
    "supports_peace_agenda",
    "supports_sdg",
    "auto_sync_progress",
    "auto_sync_status",
    "progress_weighting",
)
# (smaller, larger, what to say): the database holds these too, but it names one at a time.
ORDERED = (
    ("budget_allocation", "budget_ceiling", "The budget allocation is above the budget ceiling."),
    ("obc_share", "budget_allocation", "The OBC share is above the budget allocation."),
    ("obc_slots", "total_slots", "There are more OBC slots than slots."),
    ("start_date", "target_end_date", "The target end date is before the start date."),
    ("start_date", "actual_end_date", "The actual end date is before the start date."),
)


def create_ppa(actor: Actor, values: Mapping[str, Any]) -> PPA:
    """A new draft. Raises Invalid with one problem for each fault."""
    require(actor, Permission.PPA_CREATE)
    if actor.role in CONFINED_ROLES:
        values = {"implementing_moa_id": actor.organization_id, **values}
    ppa = PPA(created_by_id=getattr(actor, "id", None))
    with db.session.no_autoflush:
        _assign(actor, ppa, {"category": Category.MOA_PPA, **values})
    db.session.add(ppa)
    db.session.flush()
    return ppa


def edit_ppa(actor: Actor, ppa: PPA, values: Mapping[str, Any]) -> PPA:
    """Changes the named columns. Raises Invalid, and says what follows from the work tree."""
    require(actor, Permission.PPA_EDIT, ppa)
    lock_ppa(actor, ppa)
    with db.session.no_autoflush:
        if problems := list(_computed(ppa, values)):
            raise Invalid(problems)
        _assign(actor, ppa, values)
    if values:
        ppa.updated_at = utc_now()  # a change of related rows alone must raise the version too
    db.session.flush()
    return ppa


def _assign(actor: Actor, ppa: PPA, values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - set(EDITABLE):
        raise Invalid(Problem("A PPA has no such field to edit.", name) for name in unknown)
    for name, value in values.items():
        setattr(ppa, name, _milestones(value) if name == "milestones" else value)
    if actor.role in CONFINED_ROLES and not can_see(actor, ppa):
        raise Forbidden("You can only keep PPAs of your own ministry.")
    if values:
        ppa.updated_by_id = getattr(actor, "id", None)
    if problems := list(_contradictions(ppa)):
        raise Invalid(problems)


def _milestones(given: list[Mapping[str, Any]]) -> list[Milestone]:
    return [Milestone(position=place, **values) for place, values in enumerate(given)]


def _contradictions(ppa: PPA) -> Iterator[Problem]:
    for name in ("code", "title"):
        if not (getattr(ppa, name) or "").strip():
            yield Problem(f"A PPA needs a {name}.", name)
    if ppa.fiscal_year is None:
        yield Problem("A PPA needs a fiscal year.", "fiscal_year")
    if ppa.category is Category.MOA_PPA and ppa.implementing_moa_id is None:
        yield Problem("A MOA PPA needs its implementing MOA.", "implementing_moa")
    for smaller, larger, message in ORDERED:
        low, high = getattr(ppa, smaller), getattr(ppa, larger)
        if low is not None and high is not None and low > high:
            yield Problem(message, larger if larger.endswith("date") else smaller)
    if ppa.funding_source is FundingSource.OTHER and not (ppa.funding_source_other or "").strip():
        yield Problem("Say which other funding source it is.", "funding_source_other")
    same = select(PPA.id).where(PPA.code == ppa.code, PPA.id != (ppa.id or 0)).limit(1)
    if db.session.scalar(same) is not None:
        yield Problem("There is already a PPA with this code.", "code")


def _computed(ppa: PPA, values: Mapping[str, Any]) -> Iterator[Problem]:
    follows = values.get("auto_sync_status", ppa.auto_sync_status) and ppa.has_work_tree
    if follows and values.get("status", ppa.status) != ppa.status:
        yield Problem(
            "The status follows the work tree. Switch off auto_sync_status to set it.", "status"
        )
