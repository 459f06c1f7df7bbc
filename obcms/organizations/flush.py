"""How a reference to an organization reads, and what is said of two that are the same."""

from obcms.kernel.audit.wording import REFERENCES
from obcms.kernel.db.constraints import PROBLEMS
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization
from obcms.organizations.record import ACRONYM_TAKEN, NAME_TAKEN


def _acronym(organization_id: int) -> str:
    found = db.session.get(Organization, organization_id)
    return found.acronym if found else f"#{organization_id}"


REFERENCES["implementing_moa_id"] = _acronym
PROBLEMS |= {
    "uq_organization_acronym": ACRONYM_TAKEN,
    "ix_organization_acronym_key": ACRONYM_TAKEN,
    "ix_organization_name_key": NAME_TAKEN,
}
