"""Scheduled work: a table of jobs, a queue, and a row for every run (SPEC 10)."""
