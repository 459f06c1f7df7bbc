"""What every template keeps."""

import re

from obcms.kernel.config import PROJECT_ROOT


def test_every_column_of_a_table_has_a_heading() -> None:
    templates = (PROJECT_ROOT / "obcms").rglob("templates/**/*.html")
    empty = re.compile(r"<th\b[^>]*></th>")
    assert [path.name for path in templates if empty.search(path.read_text())] == []
