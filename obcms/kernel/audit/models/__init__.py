"""The trail’s own tables: entries, seals and archives."""

from obcms.kernel.audit.models.archive import AuditArchive
from obcms.kernel.audit.models.entry import AuditAction, AuditEntry
from obcms.kernel.audit.models.seal import AuditSeal

__all__ = ["ARCHIVES", "ENTRIES", "SEALS", "AuditAction", "AuditArchive", "AuditEntry", "AuditSeal"]

# For statements that read many rows: they need no objects.
ENTRIES = AuditEntry.__table__
SEALS = AuditSeal.__table__
ARCHIVES = AuditArchive.__table__
