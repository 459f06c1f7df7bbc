"""The ministries and offices that PPAs name by number."""

from typing import Any

from flask import Flask
from marshmallow import fields
from sqlalchemy import or_, select

from obcms.kernel.api import add_blueprint
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.fields import Key, Line
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.schemas import Answer, ListAnswer, PageQuery, ordering_by
from obcms.kernel.permissions import Permission
from obcms.organizations.models import Organization

blueprint = APIBlueprint("api_organizations", "/api/organizations", "Ministries and offices")
COLUMNS = {name: getattr(Organization, name) for name in ("id", "acronym", "name")}


class OrganizationQuery(PageQuery):
    acronym = Line()
    search = Line(metadata={"description": "In the acronym or the name."})
    ordering = ordering_by(tuple(COLUMNS))


class OrganizationAnswer(Answer):
    id = Key(required=True)
    acronym = fields.String(required=True)
    name = fields.String(required=True)


class OrganizationPage(ListAnswer):
    results = fields.List(fields.Nested(OrganizationAnswer), required=True)


@blueprint.route("/", Permission.PPA_VIEW)
@blueprint.arguments(OrganizationQuery, location="query")
@blueprint.response(200, OrganizationPage)
def list_organizations(given: dict[str, Any]) -> dict[str, Any]:
    """List ministries and offices

    Their numbers are what `implementing_moa` and `supporting_organizations` take.
    """
    query = select(Organization)
    if "acronym" in given:
        query = query.where(Organization.acronym == given["acronym"].upper())
    if "search" in given:
        columns = (Organization.acronym, Organization.name)
        query = query.where(or_(*(c.icontains(given["search"], autoescape=True) for c in columns)))
    return page_of(query, given, COLUMNS)


def init_app(app: Flask) -> None:
    """Adds the routes."""
    add_blueprint(app, blueprint)
