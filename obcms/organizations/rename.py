"""Giving an organization another acronym or name, before an upgrade too."""

from obcms.kernel.permissions import Permission
from obcms.kernel.records.rename import Naming
from obcms.kernel.rules.folding import code_key, name_key
from obcms.organizations.models import Organization
from obcms.organizations.record import ACRONYM, NAME

MAY = Permission.ORGANIZATION_EDIT
ACRONYMS = Naming(Organization, "organization", "acronym", MAY, ACRONYM.clean, code_key)
NAMES = Naming(Organization, "organization", "name", MAY, NAME.clean, name_key)
