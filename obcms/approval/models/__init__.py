"""Steps of an approval, and amendments of what was approved."""

from obcms.approval.models.amendment import Amendment
from obcms.approval.models.step import ApprovalStep

__all__ = ["Amendment", "ApprovalStep"]
