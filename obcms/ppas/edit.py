"""Adding and changing a PPA (SPEC 2, 7)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Forbidden, Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Actor, Permission, can_see, require
from obcms.kernel.records.conflicts import refuse_overtaken_fields
from obcms.kernel.records.values import assign, resolve
from obcms.kernel.rules.cleaning import clean_values
from obcms.kernel.rules.folding import code_key
from obcms.organizations.models import Organization
from obcms.ppas.access import lock_ppa
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.frozen import frozen_fields
from obcms.ppas.models import PPA
from obcms.ppas.reads import wrong_code
from obcms.ppas.rules.choices import Category, PPAStatus, Priority, ProgressWeighting
from obcms.ppas.rules.consistency import CODE_TAKEN, LOOKED_AT, contradictions

# What a new PPA is where nobody says otherwise.
DEFAULTS = {
    "category": Category.MOA_PPA,
    "status": PPAStatus.PLANNING,
    "priority": Priority.MEDIUM,
    "progress_weighting": ProgressWeighting.EQUAL,
}

FOREIGN = "You can only keep PPAs of your own ministry."


def create_ppa(actor: Actor, values: Mapping[str, Any]) -> PPA:
    """A new draft. Raises Invalid with one problem for each fault."""
    require(actor, Permission.PPA_CREATE)
    ppa = empty_draft(actor)
    set_fields(actor, ppa, with_defaults(actor, values), is_new=True)
    db.session.add(ppa)
    db.session.flush()
    return ppa


def empty_draft(actor: Actor) -> PPA:
    """A PPA that is in no session yet, and that holds nothing but who makes it."""
    return PPA(created_by_id=getattr(actor, "id", None), milestones=[], supporting_organizations=[])


def with_defaults(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new PPA, with those that nobody gave."""
    defaults: dict[str, Any] = dict(DEFAULTS)
    if actor.role in CONFINED_ROLES:
        defaults["implementing_moa_id"] = actor.organization_id
    return defaults | dict(values)


def edit_ppa(
    actor: Actor,
    ppa: PPA,
    values: Mapping[str, Any],
    opened: Mapping[str, str] | None = None,
) -> PPA:
    """Changes the named columns; `opened` is what the form showed. Raises Invalid, and Conflict
    where somebody else changed one of them since the form was opened.
    """
    require(actor, Permission.PPA_EDIT, ppa)
    lock_ppa(actor, ppa)
    if opened is not None:
        refuse_overtaken_fields(ppa, values, opened, PPA_FIELDS)
    set_fields(actor, ppa, values, frozen=frozen_fields(ppa))
    db.session.flush()
    return ppa


def set_fields(
    actor: Actor,
    ppa: PPA,
    values: Mapping[str, Any],
    is_new: bool = False,
    frozen: Collection[str] = (),
) -> set[str]:
    """What every verb that sets fields of a PPA does, without flushing; the columns that changed.

    The verb has asked for the permission and locked the PPA. `frozen` columns are left to the
    flush, which refuses their change. Raises Invalid with one problem for each fault, and Forbidden
    where a ministry would give its PPA away.
    """
    with db.session.no_autoflush:
        cleaned = resolve(PPA_FIELDS, clean_values(PPA_FIELDS, values, "A PPA", is_new))
        if problems := list(_computed(ppa, cleaned)):
            raise Invalid(problems)
        changed = assign(ppa, PPA_FIELDS, cleaned)
        if actor.role in CONFINED_ROLES and not can_see(actor, ppa):
            raise Forbidden(FOREIGN)
        if changed:
            ppa.updated_by_id = getattr(actor, "id", None)
        if problems := [*_contradictions(ppa), *_foreign_code(ppa, changed - set(frozen))]:
            raise Invalid(problems)
    return changed


def _foreign_code(ppa: PPA, changed: Collection[str]) -> list[Problem]:
    """Asked only where code or MOA is set, so that a MOA's new acronym touches no code (SPEC 2)."""
    if not {"code", "implementing_moa_id"} & set(changed):
        return []
    moa = ppa.implementing_moa_id and db.session.get(Organization, ppa.implementing_moa_id)
    return wrong_code(ppa, moa or None)


def _contradictions(ppa: PPA) -> Iterator[Problem]:
    yield from contradictions({name: getattr(ppa, name) for name in LOOKED_AT})
    same = select(PPA.id).where(PPA.code_key == code_key(ppa.code), PPA.id != (ppa.id or 0))
    if db.session.scalar(same.limit(1)) is not None:
        yield CODE_TAKEN


def _computed(ppa: PPA, values: Mapping[str, Any]) -> Iterator[Problem]:
    follows = values.get("auto_sync_status", ppa.auto_sync_status) and ppa.has_work_tree
    if follows and values.get("status", ppa.status) != ppa.status:
        yield Problem(
            "The status follows the work tree. Switch off auto_sync_status to set it.", "status"
        )
