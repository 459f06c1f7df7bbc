"""Choosing among organizations in forms and filters."""

from flask_login import current_user
from sqlalchemy import select

from obcms.kernel.extensions import db
from obcms.kernel.permissions import visible
from obcms.organizations.models import Organization


def organization_options() -> list[tuple[str, str]]:
    """(id, acronym) of the organizations whose PPAs the user may see."""
    query = select(Organization.id, Organization.acronym).order_by(Organization.acronym)
    query = query.where(visible(current_user, Organization.id))
    return [(str(id_), acronym) for id_, acronym in db.session.execute(query)]
