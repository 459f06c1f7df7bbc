"""What a form showed when it was opened, so that it writes only what its user changed (SPEC 2)."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from obcms.kernel.db.relations import loaded
from obcms.kernel.errors import incomplete_form
from obcms.kernel.rules.cleaning import Parts, Refs
from obcms.kernel.rules.fields import Field


def fingerprints(record: Any, fields: Sequence[Field]) -> dict[str, str]:
    """A short digest of each field as the record has it now, by the field's name."""
    return {field.name: digest(stored(record, field)) for field in fields}


def read_opened(raw: str | None) -> dict[str, str]:
    """The digests that a form sends back. Raises Invalid where they are not readable."""
    try:
        found = json.loads(raw or "")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise incomplete_form()
    return found


def stored(record: Any, field: Field) -> Any:
    """The field's value as `clean` gives it: numbers of records, parts as mappings."""
    if isinstance(field, Refs):
        return [one.id for one in loaded(record, field.name)]
    if isinstance(field, Parts):
        parts = loaded(record, field.name)
        return [{one.name: getattr(part, one.name) for one in field.fields} for part in parts]
    return getattr(record, field.name)


def digest(value: Any) -> str:
    """Eight characters that differ where the values do."""
    text = json.dumps(_plain(value), sort_keys=True, default=_written)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        # The order of related records means nothing; that of parts does.
        return sorted(value) if all(isinstance(one, int) for one in value) else value
    return value


def _written(value: Any) -> str:
    """One text for equal values: 50 and 50.00 are the same amount."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def changed_by_user(
    values: Mapping[str, Any], opened: Mapping[str, str], fields: Iterable[Field]
) -> dict[str, Any]:
    """Those of the values that differ from what the form showed."""
    return {
        field.name: values[field.name]
        for field in fields
        if field.name in values and digest(values[field.name]) != opened.get(field.name)
    }


def overtaken(
    record: Any, values: Mapping[str, Any], opened: Mapping[str, str], fields: Iterable[Field]
) -> list[Field]:
    """The fields among `values` that somebody else has changed to something else meanwhile."""
    found = []
    for field in fields:
        if field.name not in values:
            continue
        now = digest(stored(record, field))
        if now not in (opened.get(field.name), digest(values[field.name])):
            found.append(field)
    return found
