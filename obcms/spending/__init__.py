"""Money spent on work items (SPEC 6)."""
