"""What `0001_baseline` lets into its columns."""

from ddl import one_of

ROLES = (
    "administrator",
    "moa_staff",
    "moa_head",
    "mfbm_analyst",
    "bpda_planner",
    "oobc_staff",
    "executive",
    "coa_auditor",
    "viewer",
)
PRIORITY = one_of("priority", "low", "medium", "high", "critical")
PROGRESS = ("progress_range", "progress BETWEEN 0 AND 100")
USER_CHECKS = [one_of("role", *ROLES)]
PPA_CHECKS = [
    one_of("category", "moa_ppa", "oobc_ppa", "obc_request"),
    one_of(
        "sector",
        "economic",
        "social",
        "infrastructure",
        "environment",
        "governance",
        "peace_security",
    ),
    one_of("appropriation_class", "ps", "mooe", "finex", "co"),
    one_of(
        "funding_source",
        "gaab",
        "supplemental_budget",
        "special_development_fund",
        "tdif",
        "allocation_for_mp",
        "national_program",
        "local_program",
        "oda",
        "other",
    ),
    one_of("status", "planning", "ongoing", "completed", "on_hold", "cancelled"),
    PRIORITY,
    one_of(
        "approval_status",
        "draft",
        "technical_review",
        "budget_review",
        "stakeholder_consultation",
        "executive_approval",
        "approved",
        "enacted",
        "rejected",
    ),
    PROGRESS,
    ("budget_ceiling_positive", "budget_ceiling >= 0"),
    ("budget_allocation_positive", "budget_allocation >= 0"),
    ("obc_share_positive", "obc_share >= 0"),
    ("allocation_within_ceiling", "budget_allocation <= budget_ceiling"),
    ("obc_share_within_allocation", "obc_share <= budget_allocation"),
    ("total_slots_positive", "total_slots >= 0"),
    ("obc_slots_positive", "obc_slots >= 0"),
    ("obc_slots_within_total", "obc_slots <= total_slots"),
    ("target_end_after_start", "target_end_date >= start_date"),
    ("actual_end_after_start", "actual_end_date >= start_date"),
    ("moa_ppa_has_moa", "category <> 'moa_ppa' OR implementing_moa_id IS NOT NULL"),
]
WORK_ITEM_CHECKS = [
    one_of("work_type", "project", "sub_project", "activity", "sub_activity", "task", "subtask"),
    one_of("status", "not_started", "in_progress", "at_risk", "blocked", "completed", "cancelled"),
    PRIORITY,
    PROGRESS,
    ("end_after_start", "end_date >= start_date"),
    ("not_own_parent", "id <> parent_id"),
]
