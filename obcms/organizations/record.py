"""What an organization is made of, and who may change it."""

from collections.abc import Iterator

from sqlalchemy import select

from obcms.kernel.errors import Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.records.record import Record
from obcms.kernel.rules.fields import Text
from obcms.organizations.models import Organization


def _check(organization: Organization) -> Iterator[Problem]:
    same = select(Organization.id).where(
        Organization.acronym == organization.acronym, Organization.id != (organization.id or 0)
    )
    if db.session.scalar(same.limit(1)) is not None:
        yield Problem("There is already an organization with this acronym.", "acronym")


ORGANIZATIONS = Record(
    model=Organization,
    noun="organization",
    plural="organizations",
    title="Organizations",
    fields=(
        Text(
            "acronym",
            longest=16,
            required="An organization needs an acronym.",
            help="At most 16 characters, such as MOH.",
        ),
        Text("name", required="An organization needs a name."),
    ),
    view=Permission.PPA_VIEW,
    change=Permission.ORGANIZATION_EDIT,
    shown=("acronym", "name"),
    search=("acronym", "name"),
    order="acronym",
    check=_check,
    example={"acronym": "MTEST", "name": "Ministry of Tests"},
    screen=Permission.ORGANIZATION_EDIT,
)
