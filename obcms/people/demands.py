"""Which roles must have a second factor (SPEC 8)."""

from collections.abc import Collection

from flask import g
from sqlalchemy import ScalarSelect, func, select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import Actor, Permission, Role, require
from obcms.people.models import SecondFactorDemand

# Whoever can change much, or see everything.
BY_DEFAULT = frozenset({Role.ADMINISTRATOR, Role.MFBM_ANALYST, Role.EXECUTIVE, Role.COA_AUDITOR})
DEMANDED = "roles_demanded_by_default"
SWITCHED_OFF = "Demonstration: a password alone signs in (see Administration → Sign-in rules)."
IN_PART = "Some roles that should have a second factor need none here (see Sign-in rules)."


def demanding_roles() -> set[Role]:
    """The roles that must have a second factor."""
    return set(db.session.scalars(select(SecondFactorDemand.role)))


def demand(actor: Actor, roles: Collection[Role]) -> None:
    """Demands a second factor of exactly these roles, from their next request on."""
    require(actor, Permission.USER_EDIT)
    known = {row.role: row for row in db.session.scalars(select(SecondFactorDemand))}
    for role in Role:
        if role in roles and role not in known:
            db.session.add(SecondFactorDemand(role=role))
        elif role not in roles and role in known:
            db.session.delete(known[role])
    db.session.flush()


def switch_off(actor: Actor) -> None:
    """Demands it of nobody, as in a demonstration; every page says so from then on."""
    demand(actor, set())


def demanded_count() -> ScalarSelect[int]:
    """How many of the roles that should have one must have one."""
    return (
        select(func.count())
        .select_from(SecondFactorDemand)
        .where(SecondFactorDemand.role.in_(BY_DEFAULT))
        .scalar_subquery()
    )


def notice() -> str:
    """What every page says while fewer roles need a second factor than should."""
    if DEMANDED not in g:
        setattr(g, DEMANDED, db.session.scalar(select(demanded_count())))
    demanded = g.get(DEMANDED)
    if demanded == len(BY_DEFAULT):
        return ""
    return IN_PART if demanded else SWITCHED_OFF
