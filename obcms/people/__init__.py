"""Who signs in, how, and in which role (SPEC 8)."""
