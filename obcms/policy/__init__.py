"""Recommendations on policy."""
