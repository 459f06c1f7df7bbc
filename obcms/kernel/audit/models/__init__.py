"""The trail’s own tables: entries, seals and archives."""

from obcms.kernel.audit.models.archive import AuditArchive
from obcms.kernel.audit.models.entry import AuditAction, AuditEntry
from obcms.kernel.audit.models.seal import AuditSeal

__all__ = ["AuditAction", "AuditArchive", "AuditEntry", "AuditSeal"]
