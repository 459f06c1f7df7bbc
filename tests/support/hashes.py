"""Hashes that are cheap to check; a real one takes a tenth of a second by design."""

import pytest
from werkzeug.security import generate_password_hash

from obcms.people import sign_in
from obcms.people.rules import hashing

METHOD = "scrypt:1024:1:1"
REAL = hashing.COST, hashing.BLOCK, sign_in.NOBODY


def make_cheap(patch: pytest.MonkeyPatch) -> None:
    """From here on, what is hashed is hashed quickly."""
    _set(patch, 1024, 1, generate_password_hash("nobody", method=METHOD))


def make_real(patch: pytest.MonkeyPatch) -> None:
    """As in production, for a test that looks at how slow it is."""
    _set(patch, *REAL)


def _set(patch: pytest.MonkeyPatch, cost: int, block: int, nobody: str) -> None:
    patch.setattr(hashing, "COST", cost)
    patch.setattr(hashing, "BLOCK", block)
    patch.setattr(sign_in, "NOBODY", nobody)
