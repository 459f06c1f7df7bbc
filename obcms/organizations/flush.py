"""How a reference to an organization reads in the history."""

from obcms.kernel.audit.wording import REFERENCES
from obcms.kernel.extensions import db
from obcms.organizations.models import Organization


def _acronym(organization_id: int) -> str:
    found = db.session.get(Organization, organization_id)
    return found.acronym if found else f"#{organization_id}"


REFERENCES["implementing_moa_id"] = _acronym
