"""Organizations: the ministries, offices and agencies of BARMM."""

from obcms.kernel.errors import Invalid
from obcms.kernel.permissions import Actor, Permission, require
from obcms.organizations.models import Organization


def edit_organization(actor: Actor, organization: Organization, acronym: str, name: str) -> None:
    """Names an organization, a new one or one that is there. Raises Invalid."""
    require(actor, Permission.ORGANIZATION_EDIT)
    acronym, name = acronym.strip(), " ".join(name.split())
    if not acronym or not name:
        raise Invalid("An organization needs an acronym and a name.")
    organization.acronym, organization.name = acronym, name
