"""Days off, working days, the Hijri calendar, and the days by which reports are due (SPEC 10)."""
