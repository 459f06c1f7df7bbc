"""The work tree of a PPA, and what is rolled up over it (SPEC 3, 4, 5)."""
