"""Whether many PPAs may be added and changed, by the same rules as one (SPEC 2, 7, 13).

What the rules ask is read in a constant number of queries. After that any number of PPAs is judged
without the database, so that a preview says exactly what the write will do.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from obcms.kernel.errors import Forbidden, Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import CONFINED_ROLES, Actor, Permission, require
from obcms.kernel.records.values import no_such_record
from obcms.kernel.rules.cleaning import Parts, Refs, clean_values
from obcms.kernel.rules.folding import code_form, code_key
from obcms.organizations.models import Organization
from obcms.ppas.bounds import bounds_of
from obcms.ppas.edit import FOREIGN, with_defaults
from obcms.ppas.fields import PPA_FIELDS
from obcms.ppas.frozen import frozen_fields
from obcms.ppas.models import PPA
from obcms.ppas.rules.codes import code_problem
from obcms.ppas.rules.consistency import CODE_TAKEN, LOOKED_AT, contradictions

# What many PPAs may be given at once: none of their lists, and nothing that follows a work tree.
FIELDS = {
    field.name: field
    for field in PPA_FIELDS
    if field.name != "status" and not isinstance(field, Refs | Parts)
}
JUDGED = (*dict.fromkeys((*LOOKED_AT, "code", "title")),)
MOA = "implementing_moa_id"


class PPAChecks:
    """Judges PPAs of the actor.

    `codes` are those that are about to be given, `ppa_ids` the PPAs that are about to change.
    """

    def __init__(self, actor: Actor, codes: Collection[str], ppa_ids: Collection[int]) -> None:
        self.actor = actor
        same = select(PPA.code_key, PPA.id).where(PPA.code_key.in_({code_key(c) for c in codes}))
        self.taken: dict[str, int | None] = dict(db.session.execute(same).tuples().all())
        acronyms = select(Organization.id, Organization.acronym)
        self.acronyms: dict[int, str] = dict(db.session.execute(acronyms).tuples().all())
        self.bounds = bounds_of(ppa_ids)

    def new(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a new draft, cleaned; its code is taken from then on.

        Raises Invalid and Forbidden as `create_ppa` does.
        """
        require(self.actor, Permission.PPA_CREATE)
        cleaned = clean_values(PPA_FIELDS, with_defaults(self.actor, values), "A PPA", True)
        self._refuse_foreign(cleaned)
        if problems := [*contradictions(_all(cleaned)), *self._naming(None, cleaned, cleaned)]:
            raise Invalid(problems)
        self.taken[code_key(cleaned["code"])] = None
        return cleaned

    def changes(self, stored: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the values, cleaned, that a PPA does not hold yet.

        `stored` is the PPA, or a row with its columns. Raises Invalid, Forbidden and NotFound as
        `edit_ppa` does.
        """
        require(self.actor, Permission.PPA_EDIT, stored)
        cleaned = clean_values(FIELDS.values(), values, "A PPA", False)
        changed = {n: v for n, v in cleaned.items() if not FIELDS[n].same(getattr(stored, n), v)}
        if changed:
            after = {name: getattr(stored, name) for name in JUDGED} | changed
            self._refuse(stored, after, changed)
        return changed

    def _refuse(self, stored: Any, after: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
        self._refuse_foreign(after)
        frozen = frozen_fields(stored)
        anew = changed.keys() - frozen.keys()
        if problems := [*contradictions(after), *self._naming(stored, after, anew)]:
            raise Invalid(problems)
        if problems := [
            Problem(w, n.removesuffix("_id")) for n, w in frozen.items() if n in changed
        ]:
            raise Invalid(problems)
        bounds = self.bounds.get(stored.id, ())
        if problems := [one for bound in bounds for one in bound(after, changed)]:
            raise Invalid(problems)

    def _refuse_foreign(self, after: Mapping[str, Any]) -> None:
        confined = self.actor.role in CONFINED_ROLES
        if confined and after.get(MOA) != self.actor.organization_id:
            raise Forbidden(FOREIGN)

    def _naming(
        self, stored: Any | None, after: Mapping[str, Any], changed: Collection[str]
    ) -> Iterator[Problem]:
        if "code" not in changed and MOA not in changed:
            return
        moa_id = after.get(MOA)
        if moa_id is not None and moa_id not in self.acronyms:
            yield no_such_record(moa_id, "implementing_moa")
            return
        acronym = self.acronyms[moa_id] if moa_id is not None else None
        if problem := code_problem(code_form(after["code"]), acronym):
            yield problem
        key = code_key(after["code"])
        if key in self.taken and (stored is None or self.taken[key] != stored.id):
            yield CODE_TAKEN


def _all(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {name: cleaned.get(name) for name in LOOKED_AT}
