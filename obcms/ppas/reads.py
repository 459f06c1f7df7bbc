"""Finding PPAs, and reading what they are known by."""

from sqlalchemy import ColumnElement, select

from obcms.kernel.db.search import each_piece, occurs
from obcms.kernel.errors import Problem
from obcms.kernel.rules.folding import code_form
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA
from obcms.ppas.rules.codes import code_problem


def found_ppas(asked: str) -> ColumnElement[bool]:
    """A condition: each word occurs in the PPA's code, its title, or its MOA's acronym or name."""
    return each_piece(asked, _occurs)


def _occurs(piece: str) -> ColumnElement[bool]:
    # The MOA is asked for itself, so that renaming one changes no PPA.
    moas = select(Organization.id).where(occurs(piece, Organization.search_text))
    return occurs(piece, PPA.search_text) | PPA.implementing_moa_id.in_(moas)


def wrong_code(ppa: PPA, moa: Organization | None) -> list[Problem]:
    """What is wrong with the PPA's code for this MOA; empty where nothing is."""
    problem = code_problem(code_form(ppa.code or ""), moa.acronym if moa else None)
    return [problem] if problem else []
