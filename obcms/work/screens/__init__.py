"""The Work Items tab, the list of all work items, and structure templates."""

from flask import Flask

from obcms.kernel.extensions import db
from obcms.kernel.screens import ADMINISTRATION, add_view
from obcms.work.models import WorkItem
from obcms.work.screens import items, move, tab, tracking
from obcms.work.screens.records import WorkItemView
from obcms.work.screens.structure_templates import StructureTemplateView
from obcms.work.template_record import STRUCTURE_TEMPLATES

__all__ = ["items", "move", "tab", "tracking"]


def init_app(app: Flask) -> None:
    """Adds the lists; the tab adds itself to the page of a PPA."""
    where = {"endpoint": "work_item", "url": "/admin/work-item"}
    add_view(app, WorkItemView(WorkItem, db, name="Work items", **where), 40)
    add_view(app, StructureTemplateView(STRUCTURE_TEMPLATES, category=ADMINISTRATION), 95)
