"""Steps of an approval, amendments of what was approved, and who wrote any of it."""

from obcms.approval.models.amendment import Amendment
from obcms.approval.models.step import ApprovalStep
from obcms.approval.models.writer import ApprovalWriter

__all__ = ["Amendment", "ApprovalStep", "ApprovalWriter"]
