"""The Budget tab and the distribution dialog."""

from obcms.budget.screens import budget

__all__ = ["budget"]
