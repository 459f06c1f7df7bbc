"""Who may end a transaction."""

import ast
from collections.abc import Iterator

from tests.house.rules.source import Finding, Rule, Source

# Beside the entry points of the slices: files that are one, whatever floor they stand on.
ALSO_COMMIT = {
    "obcms/kernel/api/once.py": "it wraps the routes that post once",
    "obcms/kernel/cli/transaction.py": "it wraps every command",
    "obcms/kernel/jobs/reconcile.py": "the scheduler's process calls it each minute",
    "obcms/kernel/jobs/runner.py": "it wraps every job",
    "obcms/kernel/jobs/claim.py": "an attempt is counted before it begins",
    "obcms/kernel/jobs/screens/runs.py": "its button is a request of its own",
    "obcms/kernel/jobs/screens/schedule.py": "and so is this one",
    "obcms/kernel/records/api.py": "the routes of records that are declared as a whole",
    "obcms/kernel/records/view.py": "and their forms",
    "obcms/kernel/security/record.py": "a refusal is recorded after its request was rolled back",
    "obcms/operations/first_start.py": "`flask up` does each step in a transaction of its own",
    "obcms/people/credentials.py": "an attempt is counted before its password is looked at",
}


def check(source: Source) -> Iterator[Finding]:
    is_door = source.is_entry_point and source.slice != "kernel"
    if not is_door and str(source.path) not in ALSO_COMMIT:
        yield from commits(source)


def commits(source: Source) -> Iterator[Finding]:
    """Every commit in the file."""
    for node in ast.walk(source.tree):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "commit":
            yield node.lineno, "commits"


COMMITS = Rule(
    name="Only an entry point commits",
    reason="A verb that commits cannot be part of something larger that may still fail.",
    files=("obcms/**/*.py",),
    check=check,
    breaks=(
        ("obcms/work/work_items.py", "def cancel(item):\n    db.session.commit()\n"),
        ("obcms/kernel/mail.py", "def send():\n    session.commit()\n"),
    ),
    keeps=(
        ("obcms/work/work_items.py", "def cancel(item):\n    db.session.flush()\n"),
        ("obcms/work/api/items.py", "def cancel(item):\n    db.session.commit()\n"),
        ("obcms/kernel/jobs/runner.py", "db.session.commit()\n"),
    ),
)
