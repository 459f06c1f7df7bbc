"""What of a PPA is approved, frozen from its submission on, and amended after it (SPEC 7)."""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from obcms.ppas.rules.choices import SETTLED, ApprovalStatus

MOA = "implementing_moa_id"
# The one list of what is frozen, amended and covered by a digest: the columns, with what they are
# called in a sentence. Texts, milestones, status and progress are the ministry's own to keep.
APPROVED_FIELDS = {
    "code": "code",
    "title": "title",
    "category": "category",
    MOA: "implementing MOA",
    "fiscal_year": "fiscal year",
    "appropriation_year": "appropriation year",
    "appropriation_class": "appropriation class",
    "funding_source": "funding source",
    "funding_source_other": "other funding source",
    "budget_ceiling": "budget ceiling",
    "budget_allocation": "budget allocation",
    "obc_share": "OBC share",
    "start_date": "start date",
    "target_end_date": "target end date",
}


def why_frozen(code: str, status: ApprovalStatus, label: str) -> str:
    """Why a column of a PPA in this stage, called so in a sentence, cannot be edited."""
    if status in SETTLED:
        return f"{code} is approved, so its {label} can only be changed by MFBM, with a reason."
    if status is ApprovalStatus.REJECTED:
        return f"{code} was rejected, so its {label} cannot change before it is reopened."
    return f"{code} is under review, so its {label} cannot change before it is returned to draft."


def digest_of(values: Mapping[str, Any]) -> str:
    """SHA-256 over the approved columns, in hexadecimal: equal where what is approved is equal."""
    plain = {name: _text(values[name]) for name in APPROVED_FIELDS}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _text(value: Any) -> str | None:
    if isinstance(value, Decimal):  # 5 and 5.00 are the same amount
        return f"{value:.2f}"
    return None if value is None else str(value)
