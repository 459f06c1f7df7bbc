"""The records. Columns, constraints and relations only; the rules live elsewhere."""

from obcms.models.amendment import Amendment
from obcms.models.approval_step import ApprovalStep
from obcms.models.audit_archive import AuditArchive
from obcms.models.audit_entry import AuditAction, AuditEntry
from obcms.models.audit_seal import AuditSeal
from obcms.models.distribution import DistributionBatch
from obcms.models.expenditure import Expenditure, Receipt
from obcms.models.import_upload import ImportUpload
from obcms.models.job_run import JobRun, JobState
from obcms.models.organization import Organization
from obcms.models.ppa import PPA, Milestone, ppa_supporting_organization
from obcms.models.related import Assessment, PolicyRecommendation
from obcms.models.second_factor import RecoveryCode, SecondFactor, SecondFactorDemand
from obcms.models.sign_in_attempt import SignInAttempt
from obcms.models.structure_template import StructureTemplate
from obcms.models.user import User
from obcms.models.work_item import WorkItem, work_item_assignee

__all__ = [
    "PPA",
    "Amendment",
    "ApprovalStep",
    "Assessment",
    "AuditAction",
    "AuditArchive",
    "AuditEntry",
    "AuditSeal",
    "DistributionBatch",
    "Expenditure",
    "ImportUpload",
    "JobRun",
    "JobState",
    "Milestone",
    "Organization",
    "PolicyRecommendation",
    "Receipt",
    "RecoveryCode",
    "SecondFactor",
    "SecondFactorDemand",
    "SignInAttempt",
    "StructureTemplate",
    "User",
    "WorkItem",
    "ppa_supporting_organization",
    "work_item_assignee",
]
