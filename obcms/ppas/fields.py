"""What people may set on a PPA, in the order in which forms show it (SPEC 2)."""

from obcms.kernel.rules.cleaning import Parts, Refs
from obcms.kernel.rules.fields import Day, Field, Flag, Money, OneOf, Prose, Ref, Text, Whole
from obcms.organizations.models import Organization
from obcms.ppas.models import Milestone
from obcms.ppas.rules.choices import (
    AppropriationClass,
    Category,
    FundingSource,
    PPAStatus,
    Priority,
    ProgressWeighting,
    Sector,
)
from obcms.ppas.rules.naming import CODE, TITLE

FIRST_YEAR, LAST_YEAR = 1990, 2100
CHOOSE = "Choose one."

MILESTONE_FIELDS: tuple[Field, ...] = (
    Text("title", required="A milestone needs a title."),
    Day("due_date"),
    Prose("notes"),
)

PPA_FIELDS: tuple[Field, ...] = (
    CODE,
    TITLE,
    Prose("summary"),
    Prose("remarks"),
    OneOf("category", choices=Category, required=CHOOSE),
    Ref("implementing_moa_id", label="Implementing MOA", model=Organization),
    Refs("supporting_organizations", model=Organization),
    OneOf("sector", choices=Sector),
    Whole(
        "fiscal_year",
        least=FIRST_YEAR,
        most=LAST_YEAR,
        required="A PPA needs a fiscal year.",
    ),
    Whole("appropriation_year", least=FIRST_YEAR, most=LAST_YEAR),
    OneOf("appropriation_class", choices=AppropriationClass),
    OneOf("funding_source", choices=FundingSource),
    Text("funding_source_other", label="Other funding source"),
    Text("plan_reference"),
    Text("moral_governance_pillar"),
    Money("budget_ceiling"),
    Money("budget_allocation"),
    Money("obc_share", label="OBC share"),
    Whole("total_slots", label="Slots"),
    Whole("obc_slots", label="OBC slots"),
    Day("start_date"),
    Day("target_end_date"),
    Day("actual_end_date"),
    Parts("milestones", model=Milestone, fields=MILESTONE_FIELDS),
    OneOf("status", choices=PPAStatus, required=CHOOSE),
    OneOf("priority", choices=Priority, required=CHOOSE),
    Flag("supports_gender", label="Gender and development"),
    Flag("supports_climate", label="Climate"),
    Flag("supports_indigenous_peoples", label="Indigenous peoples"),
    Flag("supports_peace_agenda", label="Peace agenda"),
    Flag("supports_sdg", label="SDG"),
    Flag("auto_sync_progress", label="Take progress from the work tree"),
    Flag("auto_sync_status", label="Take status from the work tree"),
    OneOf(
        "progress_weighting",
        choices=ProgressWeighting,
        label="Weigh progress by",
        required=CHOOSE,
    ),
)
