"""How a link of the seal chain is computed; the same on both databases."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from typing import Any

from obcms.kernel.audit.models import AuditEntry

GENESIS = "0" * 64  # what stands before the first link
COLUMNS = tuple(column.name for column in AuditEntry.__table__.columns)


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The entry as JSON with one spelling only.

    What is not set is left out, so a column that is added later does not break older links.
    """
    values = {name: _plain(entry[name]) for name in COLUMNS if entry[name] is not None}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.value if isinstance(value, Enum) else value


def link(previous: str, entry: Mapping[str, Any]) -> str:
    """The hash of an entry behind the hash before it."""
    return link_bytes(previous, canonical(entry))


def link_bytes(previous: str, canonical_entry: bytes) -> str:
    """The same for an entry that is spelled already."""
    return sha256(previous.encode() + canonical_entry).hexdigest()
