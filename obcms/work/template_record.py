"""What people set on a structure template, and what is wrong with its name or outline (SPEC 3)."""

from collections.abc import Iterator

from sqlalchemy import select

from obcms.kernel.db.before import value_before
from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.extensions import db
from obcms.kernel.permissions import Permission
from obcms.kernel.records.record import Record
from obcms.kernel.rules.fields import OneOf, Prose, Text
from obcms.kernel.rules.folding import name_key
from obcms.work.models import StructureTemplate
from obcms.work.rules.choices import TemplateKind
from obcms.work.rules.outline_text import parse_outline
from obcms.work.rules.shipped_templates import NAME_TAKEN, name_problem

HELP = (
    "One item a line: its type, its title, and its share of the parent’s budget / time in percent. "
    "Two spaces further in means one level down. Shares of items side by side sum to 100."
)
NAME = Text("name", longest=64, required="A template needs a name.")


def _check(template: StructureTemplate) -> Iterator[Problem]:
    if problem := name_problem(value_before(template, "name"), template.name):
        yield problem
    same = select(StructureTemplate.id).where(
        StructureTemplate.name_key == name_key(template.name),
        StructureTemplate.id != (template.id or 0),
    )
    if db.session.scalar(same.limit(1)) is not None:
        yield NAME_TAKEN
    if template.kind is TemplateKind.OUTLINE:
        try:
            parse_outline(template.outline)
        except Invalid as error:
            yield from (Problem(each.message, "outline") for each in error.problems)


STRUCTURE_TEMPLATES = Record(
    model=StructureTemplate,
    noun="structure template",
    plural="structure_templates",
    title="Structure templates",
    fields=(
        NAME,
        Text("title", required="A template needs a title."),
        Prose("description"),
        OneOf("kind", choices=TemplateKind, required="Choose one."),
        Prose("outline", help=HELP),
    ),
    view=Permission.TEMPLATE_EDIT,
    change=Permission.TEMPLATE_EDIT,
    shown=("name", "title", "description"),
    search=("name", "title"),
    check=_check,
)
