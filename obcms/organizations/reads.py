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
        raise no_such_moa(acronym)
    return found


def no_such_moa(acronym: str) -> Invalid:
    """For an acronym that none has."""
    return Invalid(f"There is no ministry with the acronym “{acronym}”.", "moa")
