"""Work items and structure templates."""

from obcms.work.models.structure_template import StructureTemplate
from obcms.work.models.work_item import WorkItem, work_item_assignee

__all__ = ["StructureTemplate", "WorkItem", "work_item_assignee"]
