"""What concerns security and changes no record: sign-ins, refusals, exports (SPEC 9)."""
