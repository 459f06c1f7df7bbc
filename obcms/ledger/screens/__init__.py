"""Screens of the ledger, and what it adds to a PPA's page."""

from obcms.ledger.screens import cut

__all__ = ["cut"]
