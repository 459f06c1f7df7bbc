"""Alerts: what is overspent, ahead of its time or over-distributed, until mended (SPEC 10)."""
