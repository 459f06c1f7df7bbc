"""What the trail adds to every flush."""

from flask import Flask

from obcms.kernel.audit.hook import record_changes, stamp_rows
from obcms.kernel.audit.registry import audited_tables
from obcms.kernel.db.kept_text import keep_text
from obcms.kernel.extensions import Base
from obcms.kernel.flush import Stage, add_step

add_step(Stage.STAMP, keep_text)
add_step(Stage.STAMP, stamp_rows)
add_step(Stage.RECORD, record_changes)


def init_app(_app: Flask) -> None:
    """Keeps the old values of all audited columns, even where an attribute was expired."""
    for mapper in Base.registry.mappers:
        if mapper.local_table in audited_tables():
            for attribute in mapper.column_attrs:
                getattr(mapper.class_, attribute.key).impl.active_history = True
