"""What people may set on a work item, in the order in which forms show it (SPEC 2)."""

from obcms.kernel.errors import Problem
from obcms.kernel.rules.cleaning import Refs
from obcms.kernel.rules.fields import Day, Field, Flag, Money, OneOf, Percent, Prose, Ref, Text
from obcms.needs.models import Assessment
from obcms.people.models import User
from obcms.policy.models import PolicyRecommendation
from obcms.ppas.rules.choices import Priority
from obcms.work.rules.choices import WorkStatus, WorkType

CHOOSE = "Choose one."
OTHER_PPA = Problem("The parent belongs to another PPA.", "parent")
ENDS_FIRST = Problem("The end date is before the start date.", "end_date")

WORK_ITEM_FIELDS: tuple[Field, ...] = (
    Text("title", required="A work item needs a title."),
    OneOf("work_type", choices=WorkType, label="Type", required=CHOOSE),
    Prose("description"),
    OneOf("status", choices=WorkStatus, required=CHOOSE),
    Percent("progress", required=Percent.message),
    Flag("auto_calculate_progress", label="Calculate progress automatically"),
    OneOf("priority", choices=Priority, required=CHOOSE),
    Day("start_date"),
    Day("end_date", label="Due"),
    Money("allocated_budget"),
    Prose("budget_notes"),
    Refs("assignees", model=User),
    Ref("assessment_id", model=Assessment),
    Ref("policy_recommendation_id", model=PolicyRecommendation),
)
