"""Finding PPAs."""

from sqlalchemy import ColumnElement, select

from obcms.kernel.db.search import each_piece, occurs
from obcms.organizations.models import Organization
from obcms.ppas.models import PPA


def found_ppas(asked: str) -> ColumnElement[bool]:
    """A condition: each word occurs in the PPA's code, its title, or its MOA's acronym or name."""
    return each_piece(asked, _occurs)


def _occurs(piece: str) -> ColumnElement[bool]:
    # The MOA is asked for itself, so that renaming one changes no PPA.
    moas = select(Organization.id).where(occurs(piece, Organization.search_text))
    return occurs(piece, PPA.search_text) | PPA.implementing_moa_id.in_(moas)
