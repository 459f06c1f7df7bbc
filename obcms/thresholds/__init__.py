"""Numbers that an administrator changes in the panel, with effect on the next run (SPEC 10)."""
