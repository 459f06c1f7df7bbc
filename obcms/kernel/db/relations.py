"""Relationships that never ask the database unseen.

Reading one that was not loaded raises: a query states in its loader options what is read of its
rows.
"""

from functools import partial

from sqlalchemy import orm

relationship = partial(orm.relationship, lazy="raise_on_sql")
