"""Finding organizations."""

from sqlalchemy import Select, select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization


def ids_of_moa(acronym: str) -> Select[tuple[int]]:
    """For a filter: the ministry with this acronym, in any case."""
    return select(Organization.id).where(Organization.acronym == acronym.upper())


def find_moa(acronym: str) -> Organization:
    """The organization by its acronym, in any case; raises Invalid."""
    found = db.session.scalar(
        select(Organization).where(Organization.acronym == acronym.strip().upper())
    )
    if found is None:
        raise Invalid(f"There is no ministry with the acronym “{acronym}”.", "moa")
    return found
