"""What an organization is made of, and who may change it."""

from collections.abc import Iterator

from sqlalchemy import select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.records.record import Record
from obcms.kernel.rules.codes import Code
from obcms.kernel.rules.fields import Text
from obcms.kernel.rules.folding import code_key, name_key
from obcms.organizations.models import Organization

ACRONYM = Code(
    "acronym",
    longest=16,
    required="An organization needs an acronym.",
    help="Letters and digits, at most 16, such as MOH.",
)
NAME = Text("name", required="An organization needs a name.")
ACRONYM_TAKEN = Problem("There is already an organization with this acronym.", "acronym")
NAME_TAKEN = Problem("There is already an organization with this name.", "name")
KEYS = (
    (Organization.acronym_key, code_key, ACRONYM_TAKEN),
    (Organization.name_key, name_key, NAME_TAKEN),
)


def _check(organization: Organization) -> Iterator[Problem]:
    for key, form, taken in KEYS:
        same = select(Organization.id).where(
            key == form(getattr(organization, taken.pointer)),
            Organization.id != (organization.id or 0),
        )
        if db.session.scalar(same.limit(1)) is not None:
            yield taken


ORGANIZATIONS = Record(
    model=Organization,
    noun="organization",
    plural="organizations",
    title="Organizations",
    fields=(ACRONYM, NAME),
    view=Permission.PPA_VIEW,
    change=Permission.ORGANIZATION_EDIT,
    shown=("acronym", "name"),
    search=("acronym", "name"),
    order="acronym",
    check=_check,
    example={"acronym": "MTEST", "name": "Ministry of Tests"},
    screen=Permission.ORGANIZATION_EDIT,
)
