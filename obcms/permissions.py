"""Who may do what: the permissions, the roles, and the one table between them (SPEC 8)."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, Select, false, true

from obcms.errors import Forbidden, NotFound
from obcms.rules.choices import ApprovalStatus, Choice


class Permission(Choice):
    APPROVAL_APPROVE = "approval_approve"
    APPROVAL_CERTIFY = "approval_certify"
    APPROVAL_CONSULT = "approval_consult"
    APPROVAL_ENACT = "approval_enact"
    APPROVAL_REVIEW = "approval_review"
    APPROVAL_SUBMIT = "approval_submit"
    AUDIT_VIEW = "audit_view"
    BUDGET_CUT = "budget_cut"
    BUDGET_DISTRIBUTE = "budget_distribute"
    BUDGET_REALIGN = "budget_realign"
    BUDGET_REALIGN_ANY = "budget_realign_any"
    EXPENDITURE_POST = "expenditure_post"
    EXPENDITURE_VOID = "expenditure_void"
    JOB_VIEW = "job_view"
    ORGANIZATION_EDIT = "organization_edit"
    PPA_AMEND = "ppa_amend"
    PPA_CREATE = "ppa_create"
    PPA_DELETE = "ppa_delete"
    PPA_EDIT = "ppa_edit"
    PPA_IMPORT = "ppa_import"
    PPA_TRACK = "ppa_track"
    PPA_VIEW = "ppa_view"
    TEMPLATE_EDIT = "template_edit"
    USER_EDIT = "user_edit"
    WORK_ITEM_EDIT = "work_item_edit"


class Role(Choice):
    ADMINISTRATOR = "administrator"
    MOA_STAFF = "moa_staff"
    MOA_HEAD = "moa_head"
    MFBM_ANALYST = "mfbm_analyst"
    BPDA_PLANNER = "bpda_planner"
    OOBC_STAFF = "oobc_staff"
    EXECUTIVE = "executive"
    COA_AUDITOR = "coa_auditor"
    VIEWER = "viewer"


# Who decides at each stage (SPEC 7): the way forward, a return and a rejection alike.
STAGE_PERMISSIONS: dict[ApprovalStatus, Permission] = {
    ApprovalStatus.DRAFT: Permission.APPROVAL_SUBMIT,
    ApprovalStatus.REJECTED: Permission.APPROVAL_SUBMIT,
    ApprovalStatus.TECHNICAL_REVIEW: Permission.APPROVAL_REVIEW,
    ApprovalStatus.BUDGET_REVIEW: Permission.APPROVAL_CERTIFY,
    ApprovalStatus.STAKEHOLDER_CONSULTATION: Permission.APPROVAL_CONSULT,
    ApprovalStatus.EXECUTIVE_APPROVAL: Permission.APPROVAL_APPROVE,
    ApprovalStatus.APPROVED: Permission.APPROVAL_ENACT,
}
# Decisions of the offices. An administrator runs the system and decides nothing about money.
_DECISIONS = {
    *STAGE_PERMISSIONS.values(),
    Permission.BUDGET_CUT,
    Permission.BUDGET_REALIGN,
    Permission.BUDGET_REALIGN_ANY,
    Permission.PPA_AMEND,
}

_RUN_A_PPA = {
    Permission.APPROVAL_SUBMIT,
    Permission.BUDGET_DISTRIBUTE,
    Permission.EXPENDITURE_POST,
    Permission.EXPENDITURE_VOID,
    Permission.PPA_CREATE,
    Permission.PPA_EDIT,
    Permission.PPA_IMPORT,
    Permission.PPA_TRACK,
    Permission.PPA_VIEW,
    Permission.WORK_ITEM_EDIT,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset(Permission) - _DECISIONS,
    Role.MOA_STAFF: frozenset(_RUN_A_PPA),
    Role.MOA_HEAD: frozenset(_RUN_A_PPA | {Permission.BUDGET_REALIGN}),
    Role.MFBM_ANALYST: frozenset(
        {
            Permission.APPROVAL_CERTIFY,
            Permission.APPROVAL_ENACT,
            Permission.BUDGET_CUT,
            Permission.BUDGET_DISTRIBUTE,
            Permission.BUDGET_REALIGN,
            Permission.BUDGET_REALIGN_ANY,
            Permission.PPA_AMEND,
            Permission.PPA_VIEW,
        }
    ),
    Role.BPDA_PLANNER: frozenset({Permission.APPROVAL_REVIEW, Permission.PPA_VIEW}),
    Role.OOBC_STAFF: frozenset(
        _RUN_A_PPA | {Permission.APPROVAL_CONSULT, Permission.ORGANIZATION_EDIT}
    ),
    Role.EXECUTIVE: frozenset(
        {Permission.APPROVAL_APPROVE, Permission.APPROVAL_ENACT, Permission.PPA_VIEW}
    ),
    Role.COA_AUDITOR: frozenset({Permission.AUDIT_VIEW, Permission.JOB_VIEW, Permission.PPA_VIEW}),
    Role.VIEWER: frozenset({Permission.PPA_VIEW}),
}


def office_of(status: ApprovalStatus) -> str:
    """The roles that decide at this stage, as one text; empty where nothing is to decide."""
    permission = STAGE_PERMISSIONS.get(status)
    if permission is None:
        return ""
    roles = [role.label for role, granted in ROLE_PERMISSIONS.items() if permission in granted]
    return roles[0] if len(roles) == 1 else " or ".join([", ".join(roles[:-1]), *roles[-1:]])


# These see and change the PPAs of their own organization; to them no other PPA exists.
CONFINED_ROLES = frozenset({Role.MOA_STAFF, Role.MOA_HEAD})


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
        raise NotFound("There is no such PPA.")
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
