"""Structure templates as an administrator edits them (SPEC 3)."""

from typing import Any, ClassVar

from obcms.work.template_record import STRUCTURE_TEMPLATES
from tests.support.record_tests import RecordTests

OUTLINE = "sub_project Planning 20/20\n  activity Needs study 100\nsub_project Delivery 80/80"
TOO_DEEP = "\n".join(f"{'  ' * level}sub_project Part 100" for level in range(8))


class TestStructureTemplates(RecordTests):
    record = STRUCTURE_TEMPLATES
    address = "/admin/structure-template/"
    given: ClassVar[dict[str, Any]] = {
        "name": "clinic",
        "title": "Clinic",
        "description": "From the ground to the first patient.",
        "kind": "outline",
        "outline": OUTLINE,
    }
    other: ClassVar[dict[str, Any]] = {"title": "Rural clinic"}
    bad = (
        ({"name": ""}, "name"),
        ({"name": " \u200b "}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": "clinic\x01"}, "name"),
        ({"name": "clin\u202eic"}, "name"),
        ({"name": "activity"}, "name"),
        ({"name": " ACTIVITY"}, "name"),
        ({"name": "equal"}, "name"),
        ({"name": "Weighted"}, "name"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": "Rural\u2066clinic"}, "title"),
        ({"description": "x" * 10_001}, "description"),
        ({"description": "one\x08two"}, "description"),
        ({"kind": ""}, "kind"),
        ({"kind": "branches"}, "kind"),
        ({"outline": ""}, "outline"),
        ({"outline": "x" * 10_001}, "outline"),
        ({"outline": "activity Needs study"}, "outline"),
        ({"outline": "activity Needs study 60/100"}, "outline"),
        ({"outline": "milestone Needs study 100"}, "outline"),
        ({"outline": "activity 100"}, "outline"),
        ({"outline": "subtask Needs study 100"}, "outline"),
        ({"outline": "activity Needs study 60\n\tactivity Interviews 40"}, "outline"),
        ({"outline": "activity Needs study 100\n      task Interviews 100"}, "outline"),
        ({"outline": TOO_DEEP}, "outline"),
    )
