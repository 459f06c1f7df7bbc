"""Finding organizations."""

from sqlalchemy import Select, select

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db
from obcms.kernel.rules.folding import code_key
from obcms.organizations.models import Organization


def ids_of_moa(acronym: str) -> Select[tuple[int]]:
    """For a filter: the ministry with this acronym, however it was typed."""
    return select(Organization.id).where(Organization.acronym_key == code_key(acronym))


def find_moa(acronym: str) -> Organization:
    """The organization by its acronym, however it was typed; raises Invalid."""
    found = db.session.scalar(
        select(Organization).where(Organization.acronym_key == code_key(acronym))
    )
    if found is None:
        raise Invalid(f"There is no ministry with the acronym “{acronym}”.", "moa")
    return found
