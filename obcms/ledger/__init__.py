"""The budget ledger: acts, lines, entries, and what is free of each peso (SPEC 6)."""
