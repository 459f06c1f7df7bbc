"""Fingerprints of what the trail must not hold: secrets and the contents of files (SPEC 9).

A fingerprint is an HMAC under the server's key, so that a change behind the trail's back shows,
and nobody who reads the trail can try out passwords. It is of one column of one row: a value that
is moved from another row does not match.
"""

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from flask import current_app
from sqlalchemy import Table

PURPOSE = b"obcms: fingerprints in the audit trail"
NAME = "hmac({})"
KEY_LETTERS = 8  # of the key's own fingerprint, which tells under which key one was made


def fingerprint_name(column: str) -> str:
    """Under which name an entry holds a column's fingerprint."""
    return NAME.format(column)


def is_fingerprint(name: str) -> bool:
    """Whether an entry holds a fingerprint under this name, and not a value."""
    return name.startswith("hmac(")


def fingerprints(
    table: Table, row_key: str, changes: Mapping[str, tuple[Any, Any]]
) -> dict[str, list[str | None]]:
    """What the trail holds of secret columns, by the fingerprint's name: [old, new]."""
    key = _keys()[0]
    return {
        fingerprint_name(name): [_of(key, table.name, row_key, name, value) for value in pair]
        for name, pair in changes.items()
    }


def is_of_known_key(kept: str) -> bool:
    """Whether a fingerprint was made under SECRET_KEY or one of SECRET_KEY_FALLBACKS."""
    return any(kept.startswith(_name_of(key)) for key in _keys())


def matches(table: Table, row_key: str, column: str, value: Any, kept: str | None) -> bool:
    """Whether the fingerprint is that of the value, whichever known key it was made under."""
    if value is None or kept is None:
        return value is None and kept is None
    made = (_of(key, table.name, row_key, column, value) for key in _keys())
    return any(hmac.compare_digest(one, kept) for one in made)


def _of(key: bytes, *parts: Any) -> str | None:
    *where, value = parts
    if value is None:
        return None
    content = value if isinstance(value, bytes) else str(value).encode()
    digest = hmac.new(key, "/".join(map(str, where)).encode() + b"\0" + content, sha256)
    return f"{_name_of(key)}:{digest.hexdigest()}"


def _name_of(key: bytes) -> str:
    return sha256(key).hexdigest()[:KEY_LETTERS]


def _keys() -> list[bytes]:
    """Made from SECRET_KEY, which comes first, and from older ones."""
    config = current_app.config
    given = [config["SECRET_KEY"], *(config["SECRET_KEY_FALLBACKS"] or ())]
    secrets = (key if isinstance(key, bytes) else key.encode() for key in given)
    return [hmac.new(secret, PURPOSE, sha256).digest() for secret in secrets]
