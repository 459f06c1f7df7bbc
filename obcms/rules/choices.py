"""Every choice list of the system, each in one place. Values are stored; labels are shown."""

from enum import StrEnum


class Choice(StrEnum):
    """A stored value with a label made from its name; `LABELS` holds the ones that read badly."""

    @property
    def label(self) -> str:
        return LABELS.get(self.value, self.value.replace("_", " ").capitalize())

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """(value, label) pairs for a select field."""
        return [(member.value, member.label) for member in cls]


class Category(Choice):
    MOA_PPA = "moa_ppa"
    OOBC_PPA = "oobc_ppa"
    OBC_REQUEST = "obc_request"


class Sector(Choice):
    ECONOMIC = "economic"
    SOCIAL = "social"
    INFRASTRUCTURE = "infrastructure"
    ENVIRONMENT = "environment"
    GOVERNANCE = "governance"
    PEACE_SECURITY = "peace_security"


class AppropriationClass(Choice):
    PS = "ps"
    MOOE = "mooe"
    FINEX = "finex"
    CO = "co"


class FundingSource(Choice):
    GAAB = "gaab"
    SUPPLEMENTAL_BUDGET = "supplemental_budget"
    SPECIAL_DEVELOPMENT_FUND = "special_development_fund"
    TDIF = "tdif"
    ALLOCATION_FOR_MP = "allocation_for_mp"
    NATIONAL_PROGRAM = "national_program"
    LOCAL_PROGRAM = "local_program"
    ODA = "oda"
    OTHER = "other"


class PPAStatus(Choice):
    PLANNING = "planning"
    ONGOING = "ongoing"
    COMPLETED = "completed"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"


class ApprovalStatus(Choice):
    DRAFT = "draft"
    TECHNICAL_REVIEW = "technical_review"
    BUDGET_REVIEW = "budget_review"
    STAKEHOLDER_CONSULTATION = "stakeholder_consultation"
    EXECUTIVE_APPROVAL = "executive_approval"
    APPROVED = "approved"
    ENACTED = "enacted"
    REJECTED = "rejected"


class AmendmentKind(Choice):
    """How an approved PPA was changed (SPEC 5, 6, 7)."""

    AMENDMENT = "amendment"
    CUT = "cut"
    REALIGNMENT = "realignment"


class Priority(Choice):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class WorkType(Choice):
    PROJECT = "project"
    SUB_PROJECT = "sub_project"
    ACTIVITY = "activity"
    SUB_ACTIVITY = "sub_activity"
    TASK = "task"
    SUBTASK = "subtask"


class WorkStatus(Choice):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    AT_RISK = "at_risk"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class ProgressWeighting(Choice):
    EQUAL = "equal"
    BUDGET = "budget"
    DURATION = "duration"


class DistributionMethod(Choice):
    EQUAL = "equal"
    WEIGHTED = "weighted"
    MANUAL = "manual"
    PROPORTIONAL = "proportional"
    TEMPLATE = "template"


class BudgetState(Choice):
    BALANCED = "balanced"
    PARTIAL = "partial"
    NONE = "none"
    OVER = "over"


class DeliveryFlag(Choice):
    """Raised on a PPA by its root work item (SPEC 4)."""

    AT_RISK = "at_risk"
    BLOCKED = "blocked"


class TemplateKind(Choice):
    """Where a structure template takes its items from (SPEC 3)."""

    OUTLINE = "outline"
    MILESTONES = "milestones"


LABELS = {
    "cut": "Cut by law",
    "moa_ppa": "MOA PPA",
    "oobc_ppa": "OOBC PPA",
    "obc_request": "OBC request",
    "peace_security": "Peace and security",
    "ps": "PS",
    "mooe": "MOOE",
    "finex": "FinEx",
    "co": "CO",
    "gaab": "GAAB",
    "tdif": "TDIF",
    "allocation_for_mp": "Allocation for MP",
    "oda": "ODA",
    "moa_staff": "MOA staff",
    "moa_head": "MOA head",
    "mfbm_analyst": "MFBM analyst",
    "bpda_planner": "BPDA planner",
    "oobc_staff": "OOBC staff",
    "coa_auditor": "COA auditor",
    "sub_project": "Sub-project",
    "sub_activity": "Sub-activity",
    "partial": "Partly distributed",
    "none": "No budget",
    "over": "Over-distributed",
    "audit_view": "Read the audit trail",
    "approval_approve": "Approve a PPA",
    "approval_certify": "Certify a PPA's budget",
    "approval_consult": "Endorse after consultation",
    "approval_enact": "Enact an approved PPA",
    "approval_review": "Endorse a technical review",
    "approval_submit": "Submit and reopen a PPA",
    "budget_realign": "Realign within a ministry and class",
    "budget_realign_any": "Realign between classes and ministries",
    "ppa_amend": "Amend an approved PPA",
    "budget_cut": "Cut a distributed budget",
    "budget_distribute": "Distribute a budget",
    "expenditure_post": "Post spending",
    "expenditure_void": "Void spending",
    "job_view": "See job runs",
    "organization_edit": "Change organizations",
    "ppa_create": "Add a PPA",
    "ppa_delete": "Delete a PPA",
    "ppa_edit": "Change a PPA",
    "ppa_import": "Import PPAs",
    "ppa_track": "Turn tracking on and off",
    "ppa_view": "See PPAs",
    "template_edit": "Change structure templates",
    "user_edit": "Change users and sign-in rules",
    "work_item_edit": "Change work items",
}
