"""Importing a ministry’s own list of PPAs (SPEC 13)."""
