"""How a PPA is approved, and how what was approved changes afterwards (SPEC 7)."""
