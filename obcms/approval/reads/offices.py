"""Which office decides at each stage of an approval (SPEC 7)."""

from obcms.kernel.permissions import ROLE_PERMISSIONS, Permission
from obcms.ppas.rules.choices import ApprovalStatus

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


def office_of(status: ApprovalStatus) -> str:
    """The roles that decide at this stage, as one text; empty where nothing is to decide."""
    permission = STAGE_PERMISSIONS.get(status)
    if permission is None:
        return ""
    roles = [role.label for role, granted in ROLE_PERMISSIONS.items() if permission in granted]
    return roles[0] if len(roles) == 1 else " or ".join([", ".join(roles[:-1]), *roles[-1:]])
