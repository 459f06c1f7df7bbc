"""Timelines, records as of a moment, and comparisons."""
