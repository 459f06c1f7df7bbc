"""Clients with a token."""

from tests.api.conftest import call_as

__all__ = ["call_as"]
