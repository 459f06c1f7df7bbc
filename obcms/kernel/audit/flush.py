"""What the trail adds to every flush."""

from obcms.kernel.audit.hook import init_app, record_changes, stamp_rows
from obcms.kernel.db.kept_text import keep_text
from obcms.kernel.flush import Stage, add_step

__all__ = ["init_app"]

add_step(Stage.STAMP, keep_text)
add_step(Stage.STAMP, stamp_rows)
add_step(Stage.RECORD, record_changes)
