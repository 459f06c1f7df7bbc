"""What happened, read back: the History tab, the audit trail and its seal (SPEC 9)."""
