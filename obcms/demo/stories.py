"""Which PPAs the demonstration tracks, and how far each has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from obcms.ppas.rules.choices import ApprovalStatus
from obcms.work.rules.choices import WorkStatus


@dataclass(frozen=True, slots=True)
class Story:
    """An item of MOH is overspent by 12 %, one of MBHTE by 25 %, so that there are alerts.

    `progress` by item title; `spending` as (item title, percent of its budget, day).
    """

    code: str
    template: str
    progress: Mapping[str, tuple[WorkStatus, int]] = field(default_factory=dict)
    spending: Sequence[tuple[str, int, date]] = ()


STORIES = (
    Story(
        "MOH-2025-001",
        "program",
        {
            "Needs study": (WorkStatus.COMPLETED, 100),
            "Consultation": (WorkStatus.COMPLETED, 100),
            "Program design": (WorkStatus.IN_PROGRESS, 60),
            "Mobilization": (WorkStatus.IN_PROGRESS, 25),
        },
        (
            ("Needs study", 97, date(2025, 2, 14)),
            ("Consultation", 112, date(2025, 3, 3)),
            ("Program design", 45, date(2025, 3, 28)),
            ("Mobilization", 18, date(2025, 4, 11)),
        ),
    ),
    Story(
        "MAFAR-2025-001",
        "activity",
        {
            "Planning and coordination": (WorkStatus.COMPLETED, 100),
            "Resources": (WorkStatus.COMPLETED, 100),
            "Core work": (WorkStatus.AT_RISK, 35),
        },
        (("Resources", 88, date(2025, 3, 10)), ("Core work", 52, date(2025, 6, 30))),
    ),
    Story(
        "MBHTE-2025-001",
        "program",
        {"Needs study": (WorkStatus.IN_PROGRESS, 40)},
        (("Needs study", 125, date(2025, 2, 20)),),
    ),
    Story("MSSD-2025-001", "activity", {"Planning and coordination": (WorkStatus.BLOCKED, 10)}),
    Story("OOBC-2025-001", "minimal"),
)

# How far approvals have come: what is carried out is enacted, some others are on their way, and the
# rest are drafts.
APPROVALS: Mapping[str, ApprovalStatus] = {
    **dict.fromkeys((story.code for story in STORIES), ApprovalStatus.ENACTED),
    "MAFAR-2025-002": ApprovalStatus.TECHNICAL_REVIEW,
    "MSSD-2025-002": ApprovalStatus.TECHNICAL_REVIEW,
    "MILG-2025-001": ApprovalStatus.BUDGET_REVIEW,
    "MENRE-2025-001": ApprovalStatus.STAKEHOLDER_CONSULTATION,
    "MOTC-2025-001": ApprovalStatus.EXECUTIVE_APPROVAL,
    "MPW-2025-001": ApprovalStatus.APPROVED,
}
