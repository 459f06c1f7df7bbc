"""Where lists are cut into pages."""

import ast
from collections.abc import Iterator

from tests.house.rules.source import Finding, Rule, Source

# Those that end every order with a unique key.
PAGERS = {
    "obcms/kernel/api/paging.py": "the pages of the API",
    "obcms/kernel/screens/base.py": "the lists of the screens, and what is looked up while typing",
    "obcms/notifications/reads/inbox.py": "an inbox, which is ordered by number alone",
    "obcms/work/reads/order.py": "one place among siblings, which are ordered by number too",
}
BASES = {"ModelView", "AjaxModelLoader", "QueryAjaxModelLoader"}  # of Flask-Admin, not ours


def check(source: Source) -> Iterator[Finding]:
    if str(source.path) not in PAGERS:
        yield from pages(source)


def pages(source: Source) -> Iterator[Finding]:
    """Everything in the file that cuts rows into pages by itself."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"offset", "paginate"}:
            yield node.lineno, "cuts a list into pages"
        elif isinstance(node, ast.ImportFrom):
            for name in BASES & {alias.name for alias in node.names}:
                yield node.lineno, f"takes Flask-Admin's own {name}"


PAGES = Rule(
    name="Lists are paged in one place",
    reason="A list without a unique last key repeats rows on its pages, and leaves others out.",
    files=("obcms/**/*.py",),
    check=check,
    breaks=(
        ("obcms/work/reads/late.py", "rows = query.order_by(day).limit(25).offset(25)\n"),
        ("obcms/people/api.py", "page = db.paginate(query)\n"),
        ("obcms/people/screens/x.py", "from flask_admin.contrib.sqla import ModelView\n"),
        (
            "obcms/people/screens/x.py",
            "from flask_admin.contrib.sqla.ajax import QueryAjaxModelLoader\n",
        ),
    ),
    keeps=(
        ("obcms/work/reads/late.py", "rows = query.order_by(day, id).limit(25)\n"),
        ("obcms/people/screens/x.py", "from obcms.kernel.screens.base import ClosedModelView\n"),
        ("obcms/kernel/api/paging.py", "query.offset(25)\n"),
    ),
)
