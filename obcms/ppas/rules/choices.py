"""Choice lists of this slice. Values are stored; labels are shown."""

from obcms.kernel.rules.choice import Choice


class Category(Choice):
    MOA_PPA = "moa_ppa", "MOA PPA"
    OOBC_PPA = "oobc_ppa", "OOBC PPA"
    OBC_REQUEST = "obc_request", "OBC request"


class Sector(Choice):
    ECONOMIC = "economic"
    SOCIAL = "social"
    INFRASTRUCTURE = "infrastructure"
    ENVIRONMENT = "environment"
    GOVERNANCE = "governance"
    PEACE_SECURITY = "peace_security", "Peace and security"


class AppropriationClass(Choice):
    PS = "ps", "PS"
    MOOE = "mooe", "MOOE"
    FINEX = "finex", "FinEx"
    CO = "co", "CO"


class FundingSource(Choice):
    GAAB = "gaab", "GAAB"
    SUPPLEMENTAL_BUDGET = "supplemental_budget"
    SPECIAL_DEVELOPMENT_FUND = "special_development_fund"
    TDIF = "tdif", "TDIF"
    ALLOCATION_FOR_MP = "allocation_for_mp", "Allocation for MP"
    NATIONAL_PROGRAM = "national_program"
    LOCAL_PROGRAM = "local_program"
    ODA = "oda", "ODA"
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


# From here on what was approved changes only through MFBM, with a reason, and nothing but MFBM or
# the executive cancels the PPA (SPEC 4, 7).
SETTLED = frozenset({ApprovalStatus.APPROVED, ApprovalStatus.ENACTED})


class Priority(Choice):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class ProgressWeighting(Choice):
    EQUAL = "equal"
    BUDGET = "budget"
    DURATION = "duration"


class DeliveryFlag(Choice):
    """Raised on a PPA by its root work item (SPEC 4)."""

    AT_RISK = "at_risk"
    BLOCKED = "blocked"
    ALL_CANCELLED = "all_cancelled", "All work cancelled"


class BudgetState(Choice):
    BALANCED = "balanced"
    PARTIAL = "partial", "Partly distributed"
    NONE = "none", "No budget"
    OVER = "over", "Over-distributed"
