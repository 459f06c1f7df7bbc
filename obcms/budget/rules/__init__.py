"""Spreading an amount over items, as plain values."""
