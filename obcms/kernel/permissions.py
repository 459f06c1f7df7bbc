"""Who may do what: the permissions, the roles, and the one table between them (SPEC 8)."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, Select, false, true

from obcms.kernel.errors import Forbidden, NotFound
from obcms.kernel.rules.choice import Choice


class Permission(Choice):
    ALERT_ACKNOWLEDGE = "alert_acknowledge", "Acknowledge alerts"
    APPROVAL_APPROVE = "approval_approve", "Approve a PPA"
    APPROVAL_CERTIFY = "approval_certify", "Certify a PPA's budget"
    APPROVAL_CONSULT = "approval_consult", "Endorse after consultation"
    APPROVAL_ENACT = "approval_enact", "Enact an approved PPA"
    APPROVAL_REVIEW = "approval_review", "Endorse a technical review"
    APPROVAL_SUBMIT = "approval_submit", "Submit and reopen a PPA"
    AUDIT_VIEW = "audit_view", "Read the audit trail"
    BUDGET_CUT = "budget_cut", "Cut a distributed budget"
    BUDGET_DISTRIBUTE = "budget_distribute", "Distribute a budget"
    CALENDAR_EDIT = "calendar_edit", "Enter proclaimed days"
    EXPENDITURE_POST = "expenditure_post", "Post spending"
    EXPENDITURE_VOID = "expenditure_void", "Void spending"
    FUND_AUGMENT = "fund_augment", "Augment a line from savings"
    FUND_CLOSE = "fund_close", "Close and reopen quarters"
    FUND_OVERRIDE = "fund_override", "Record an obligation beyond a limit"
    FUND_RELEASE = "fund_release", "Post appropriations, allotments and movements"
    FUND_SPEND = "fund_spend", "Post obligations, payables and disbursements"
    FUND_VIEW = "fund_view", "See the ledger"
    JOB_RUN = "job_run", "Run scheduled jobs by hand, and send mails again"
    JOB_VIEW = "job_view", "See job runs"
    ORGANIZATION_EDIT = "organization_edit", "Change organizations"
    PPA_AMEND = "ppa_amend", "Amend an approved PPA"
    PPA_CANCEL = "ppa_cancel", "Cancel an approved PPA"
    PPA_CREATE = "ppa_create", "Add a PPA"
    PPA_DELETE = "ppa_delete", "Delete a PPA"
    PPA_EDIT = "ppa_edit", "Change a PPA"
    PPA_IMPORT = "ppa_import", "Import PPAs"
    PPA_TRACK = "ppa_track", "Turn tracking on and off"
    PPA_VIEW = "ppa_view", "See PPAs"
    TEMPLATE_EDIT = "template_edit", "Change structure templates"
    THRESHOLD_EDIT = "threshold_edit", "Change thresholds"
    USER_EDIT = "user_edit", "Change users and sign-in rules"
    WORK_ITEM_EDIT = "work_item_edit", "Change work items"


class Role(Choice):
    ADMINISTRATOR = "administrator"
    MOA_STAFF = "moa_staff", "MOA staff"
    MOA_HEAD = "moa_head", "MOA head"
    MFBM_ANALYST = "mfbm_analyst", "MFBM analyst"
    BPDA_PLANNER = "bpda_planner", "BPDA planner"
    OOBC_STAFF = "oobc_staff", "OOBC staff"
    EXECUTIVE = "executive"
    COA_AUDITOR = "coa_auditor", "COA auditor"
    VIEWER = "viewer"


# Decisions of the offices. An administrator runs the system and decides nothing about money.
_DECISIONS = {
    Permission.APPROVAL_APPROVE,
    Permission.APPROVAL_CERTIFY,
    Permission.APPROVAL_CONSULT,
    Permission.APPROVAL_ENACT,
    Permission.APPROVAL_REVIEW,
    Permission.APPROVAL_SUBMIT,
    Permission.BUDGET_CUT,
    Permission.FUND_AUGMENT,
    Permission.FUND_CLOSE,
    Permission.FUND_OVERRIDE,
    Permission.FUND_RELEASE,
    Permission.FUND_SPEND,
    Permission.PPA_AMEND,
    Permission.PPA_CANCEL,
}

_RUN_A_PPA = {
    Permission.ALERT_ACKNOWLEDGE,
    Permission.APPROVAL_SUBMIT,
    Permission.BUDGET_DISTRIBUTE,
    Permission.EXPENDITURE_POST,
    Permission.EXPENDITURE_VOID,
    Permission.FUND_VIEW,
    Permission.PPA_CREATE,
    Permission.PPA_EDIT,
    Permission.PPA_IMPORT,
    Permission.PPA_TRACK,
    Permission.PPA_VIEW,
    Permission.WORK_ITEM_EDIT,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission) - _DECISIONS,
    Role.MOA_STAFF: frozenset(_RUN_A_PPA | {Permission.FUND_SPEND}),
    Role.MOA_HEAD: frozenset(_RUN_A_PPA | {Permission.FUND_SPEND}),
    Role.MFBM_ANALYST: frozenset(
        {
            Permission.ALERT_ACKNOWLEDGE,
            Permission.APPROVAL_CERTIFY,
            Permission.APPROVAL_ENACT,
            Permission.BUDGET_CUT,
            Permission.BUDGET_DISTRIBUTE,
            Permission.FUND_CLOSE,
            Permission.FUND_OVERRIDE,
            Permission.FUND_RELEASE,
            Permission.FUND_SPEND,
            Permission.FUND_VIEW,
            Permission.PPA_AMEND,
            Permission.PPA_CANCEL,
            Permission.PPA_VIEW,
        }
    ),
    Role.BPDA_PLANNER: frozenset(
        {Permission.APPROVAL_REVIEW, Permission.FUND_VIEW, Permission.PPA_VIEW}
    ),
    Role.OOBC_STAFF: frozenset(
        _RUN_A_PPA | {Permission.APPROVAL_CONSULT, Permission.ORGANIZATION_EDIT}
    ),
    Role.EXECUTIVE: frozenset(
        {
            Permission.APPROVAL_APPROVE,
            Permission.APPROVAL_ENACT,
            Permission.FUND_AUGMENT,
            Permission.FUND_VIEW,
            Permission.PPA_CANCEL,
            Permission.PPA_VIEW,
        }
    ),
    Role.COA_AUDITOR: frozenset(
        {Permission.AUDIT_VIEW, Permission.FUND_VIEW, Permission.JOB_VIEW, Permission.PPA_VIEW}
    ),
    Role.VIEWER: frozenset({Permission.FUND_VIEW, Permission.PPA_VIEW}),
}


# These see and change the PPAs of their own organization; to them no other PPA exists.
CONFINED_ROLES = frozenset({Role.MOA_STAFF, Role.MOA_HEAD})
NO_SUCH_PPA = "There is no such PPA."


class Actor(Protocol):
    """Who acts: a user, or the system itself for jobs and commands."""

    role: Role
    organization_id: int | None
    is_active: bool


class OwnedByMOA(Protocol):
    """A subject that belongs to one ministry: a PPA."""

    implementing_moa_id: int | None


def allows(actor: Actor, permission: Permission, subject: OwnedByMOA | None = None) -> bool:
    """Whether the role grants the permission and the actor can see the subject."""
    granted = actor.is_active and permission in ROLE_PERMISSIONS[actor.role]
    return granted and (subject is None or can_see(actor, subject))


def can_see(actor: Actor, subject: OwnedByMOA) -> bool:
    """Whether the subject exists for this actor."""
    if actor.role not in CONFINED_ROLES:
        return True
    return (
        actor.organization_id is not None and subject.implementing_moa_id == actor.organization_id
    )


def require(actor: Actor, permission: Permission, subject: OwnedByMOA | None = None) -> None:
    """The first line of every write. Raises NotFound for what is hidden, else Forbidden."""
    if subject is not None and not can_see(actor, subject):
        raise NotFound(NO_SUCH_PPA)
    if not allows(actor, permission):
        raise Forbidden("Your role does not allow this.")


def visible(actor: Actor, moa_column: ColumnElement[int]) -> ColumnElement[bool]:
    """A WHERE condition on the column that holds a PPA's ministry."""
    if not actor.is_active:
        return false()
    if actor.role not in CONFINED_ROLES:
        return true()
    return moa_column == actor.organization_id if actor.organization_id is not None else false()


def scope(query: Select, actor: Actor, moa_column: ColumnElement[int]) -> Select:
    """The query, narrowed to the rows that exist for the actor."""
    return query.where(visible(actor, moa_column))


@dataclass(frozen=True, slots=True)
class SystemActor:
    """The system itself: jobs and commands, which only an operator can start."""

    id: int | None = None
    role: Role = Role.ADMINISTRATOR
    organization_id: int | None = None
    is_active: bool = True


SYSTEM = SystemActor()
