"""The demonstration's approvals: each step by a user of the office that decides there (SPEC 7)."""

from obcms.approval.reads.offices import STAGE_PERMISSIONS
from obcms.approval.rules.steps import STAGES, actions_from
from obcms.approval.steps import take_step
from obcms.kernel.audit.origin import Origin, acting
from obcms.kernel.db.relations import loaded
from obcms.kernel.permissions import SYSTEM, Permission, Role
from obcms.organizations.models import Organization
from obcms.people.models import User
from obcms.people.users import create_user, generate_password
from obcms.ppas.models import PPA
from obcms.ppas.rules.choices import ApprovalStatus

# Who decides; a submission is made by the staff of the PPA's own ministry. An enactment is MFBM's,
# as the executive has taken the step before it.
OFFICES = {
    Permission.APPROVAL_REVIEW: Role.BPDA_PLANNER,
    Permission.APPROVAL_CERTIFY: Role.MFBM_ANALYST,
    Permission.APPROVAL_CONSULT: Role.OOBC_STAFF,
    Permission.APPROVAL_APPROVE: Role.EXECUTIVE,
    Permission.APPROVAL_ENACT: Role.MFBM_ANALYST,
}


class Walk:
    """Leads PPAs to their stages. Nobody knows the passwords of its users: they are made up."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}

    def lead(self, ppa: PPA, target: ApprovalStatus) -> None:
        """Takes the steps from draft to the target, the way forward."""
        for source in STAGES[: STAGES.index(target)]:
            actor = self._who_decides(ppa, source)
            with acting(Origin(actor.id, actor.username)):
                take_step(actor, ppa, actions_from(source)[0], "Demonstration.")

    def _who_decides(self, ppa: PPA, source: ApprovalStatus) -> User:
        permission = STAGE_PERMISSIONS[source]
        if permission is Permission.APPROVAL_SUBMIT:
            moa = loaded(ppa, "implementing_moa")
            return self._user(f"demo-{moa.acronym.lower()}", Role.MOA_STAFF, moa)
        role = OFFICES[permission]
        return self._user(f"demo-{role.value.replace('_', '-')}", role)

    def _user(self, name: str, role: Role, moa: Organization | None = None) -> User:
        if name not in self.users:
            values = {"username": name, "role": role, "organization_id": moa.id if moa else None}
            self.users[name] = create_user(SYSTEM, values, generate_password())
        return self.users[name]
