"""Sealing, checking, mailing and archiving the audit trail."""

from obcms.history.jobs.archive import archive_audit
from obcms.history.jobs.mail_head import mail_audit_head
from obcms.history.jobs.seal import seal_audit, sealed_nothing, verify_audit
from obcms.kernel.jobs.schedule import ScheduledJob, add_jobs

add_jobs(
    ScheduledJob("seal_audit", "*/5 * * * *", seal_audit, is_idle=sealed_nothing),
    ScheduledJob("verify_audit", "30 3 * * *", verify_audit),
    ScheduledJob("mail_audit_head", "0 6 * * *", mail_audit_head),
    ScheduledJob("archive_audit", "0 4 1 * *", archive_audit),
)
