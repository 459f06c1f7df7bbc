"""The structure templates that ship, and which one is taken (SPEC 3)."""

from collections.abc import Collection
from dataclasses import dataclass

from obcms.kernel.errors import Invalid, Problem
from obcms.kernel.rules.folding import name_key
from obcms.kernel.rules.money import quote
from obcms.work.rules.choices import DistributionMethod, TemplateKind

DEFAULT_TEMPLATE = "activity"
NAME_TAKEN = Problem("There is already a template with this name.", "name")
# A PPA's distribution policy is a method or a template's name, so no template has a method's.
RESERVED = frozenset(name_key(method) for method in DistributionMethod)


@dataclass(frozen=True, slots=True)
class ShippedTemplate:
    """A template as it comes with the system; an administrator edits the stored copy."""

    name: str
    title: str
    description: str
    kind: TemplateKind
    outline: str


def choose_template(asked: str | None, policy: str | None, known: Collection[str]) -> str:
    """The template asked for, else the one the distribution policy names, else `activity`.

    Raises Invalid where the one asked for is not among the `known` names (SPEC 3).
    """
    if asked:
        if asked not in known:
            names = ", ".join(sorted(known))
            message = f"There is no template “{quote(asked)}”; there are: {names}."
            raise Invalid(message, "structure_template")
        return asked
    return policy if policy and policy in known else DEFAULT_TEMPLATE


def name_problem(old: str | None, new: str) -> Problem | None:
    """What is wrong with another name for a template; `old` is None for a new one."""
    if name_key(new) in RESERVED:
        message = f"“{new}” is a way to distribute a budget. Give the template another name."
        return Problem(message, "name")
    if old == DEFAULT_TEMPLATE != new:
        message = f"“{old}” is the template that is taken where none is asked, so its name stays."
        return Problem(message, "name")
    return None


PROGRAM_OUTLINE = """\
sub_project Planning and design 20/20
  activity Needs study 50
  activity Consultation 30
  activity Program design 20
sub_project Implementation 60/65
  activity Mobilization 30
  activity Delivery 50
  activity Consolidation 20
sub_project Monitoring and evaluation 20/15
  activity Data collection 40
  activity Assessment 40
  activity Final report 20
"""

ACTIVITY_OUTLINE = """\
activity Preparation 15/20
  task Planning and coordination 50
  task Resources 50
activity Execution 75/70
  task Core work 80
  task Logistics 20
activity Completion 10/10
  task Documentation 60
  task Lessons learned 40
"""

MINIMAL_OUTLINE = "task Implementation 100\n"

SHIPPED_TEMPLATES = (
    ShippedTemplate(
        "program",
        "Program",
        "Planning, implementation and evaluation as sub-projects, for work of a year or more.",
        TemplateKind.OUTLINE,
        PROGRAM_OUTLINE,
    ),
    ShippedTemplate(
        "activity",
        "Activity",
        "Preparation, execution and completion, each with its tasks. Used unless another is asked.",
        TemplateKind.OUTLINE,
        ACTIVITY_OUTLINE,
    ),
    ShippedTemplate(
        "milestone",
        "Milestones",
        "One activity for each milestone of the PPA, due on its date, with equal budget.",
        TemplateKind.MILESTONES,
        "",
    ),
    ShippedTemplate(
        "minimal",
        "Minimal",
        "A single task with the whole budget and time, to be broken down by hand.",
        TemplateKind.OUTLINE,
        MINIMAL_OUTLINE,
    ),
)
