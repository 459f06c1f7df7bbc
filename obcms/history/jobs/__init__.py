"""Sealing, checking, mailing and archiving the audit trail."""

from obcms.history.jobs.archive import archive_audit
from obcms.history.jobs.mail_head import mail_audit_head
from obcms.history.jobs.seal import seal_audit, sealed_nothing, verify_audit
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs

add_jobs(
    ScheduledJob(
        "seal_audit",
        "*/5 * * * *",
        seal_audit,
        is_idle=sealed_nothing,
        title="Seal the audit trail",
        does="Seals the newest entries of the audit trail, so that nobody can change them unseen.",
    ),
    ScheduledJob(
        "verify_audit",
        "30 3 * * *",
        verify_audit,
        title="Check the audit trail",
        does="Checks the whole audit trail and its archives; fails when something was changed.",
    ),
    ScheduledJob(
        "mail_audit_head",
        "0 6 * * *",
        mail_audit_head,
        title="Mail the seal of the audit trail",
        does="Mails the newest seal to administrators and auditors, who keep it elsewhere.",
    ),
    ScheduledJob(
        "archive_audit",
        "0 4 1 * *",
        archive_audit,
        title="Archive the audit trail",
        does="Moves the oldest entries of the audit trail to a file.",
    ),
)
