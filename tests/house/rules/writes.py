"""Who may write a record: the verbs of its slice, and whatever stands below them there."""

import ast
import re
from collections.abc import Iterator

from tests.house.rules.record_names import RECORDS, TABLES, functions_of, names_of_records
from tests.house.rules.source import Finding, Rule, Source

INTO_SESSION = frozenset({"add", "add_all", "delete", "merge", "bulk_save_objects"})
# Functions of the house and of SQLAlchemy that write rows of the record they are told.
OF_COLUMNS = frozenset({"update", "Updates", "update_many", "bulk_update_mappings"})
OF_ROWS = OF_COLUMNS | {"insert", "delete", "insert_rows", "insert_pairs", "insert_many"}
OF_ROWS |= {"bulk_insert_mappings"}
IN_PLACE = frozenset({"append", "remove", "clear", "extend", "insert", "pop", "add", "discard"})
# What SQL itself writes.
SQL = re.compile(r"\s*(?:UPDATE|INSERT\s+INTO|REPLACE\s+INTO|DELETE\s+FROM)\s+[\"`]?(\w+)", re.I)
# A slice's verbs that write columns of a record below them, and why these columns are theirs.
COLUMNS_OF_UPPER_SLICES = {
    ("work", "PPA"): "tracking is the work tree's, and its figures go up to the PPA",
    ("approval", "PPA"): "the approval status, and what an amendment changes",
    ("approval", "WorkItem"): "enactment starts the execution project",
}


def check(source: Source) -> Iterator[Finding]:
    """Every write past a verb in the file."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            yield from _called(source, node)
    for scope in functions_of(source.tree):
        known = names_of_records(scope, source.tree)
        for node in ast.walk(scope):
            for name in _written_names(node):
                if name in known and not _may_change(source, known[name]):
                    yield node.lineno, f"writes a {known[name]}"


def _called(source: Source, call: ast.Call) -> Iterator[Finding]:
    """A record made, put into the session or taken out, or written by a statement."""
    name = ast.unparse(call.func)
    receiver, _, method = name.rpartition(".")
    if method in RECORDS and not _owns(source, method):
        yield call.lineno, f"makes a {method}"
    elif method in INTO_SESSION and receiver.removesuffix("()").endswith("session"):
        if _is_door(source):
            yield call.lineno, f"{name}() at an entry point"
    elif method in OF_ROWS or name == "text":
        may = _may_change if method in OF_COLUMNS else _owns
        for record in _told_records(call):
            if not may(source, record):
                yield call.lineno, f"writes rows of {record} by {name}"


def _told_records(call: ast.Call) -> Iterator[str]:
    """Of whose rows a call tells: by an argument, by the query or table before it, or in SQL."""
    for argument in call.args:
        yield from _record_of(argument)
        if isinstance(argument, ast.Constant) and (found := SQL.match(str(argument.value))):
            yield from filter(None, [TABLES.get(found[1])])
    if isinstance(call.func, ast.Attribute):
        for part in ast.walk(call.func.value):
            if isinstance(part, ast.Attribute) and part.attr in ("query", "__table__"):
                yield from _record_of(part.value)
            elif isinstance(part, ast.Call) and ast.unparse(part.func).endswith("query"):
                yield from (record for one in part.args for record in _record_of(one))


def _record_of(part: ast.expr) -> Iterator[str]:
    """The record whose class, table or joining table it is."""
    name = ast.unparse(part).removesuffix(".__table__").rpartition(".")[2]
    yield from filter(None, [name if name in RECORDS else TABLES.get(name)])


def _owns(source: Source, record: str) -> bool:
    return RECORDS[record] == source.slice and not _is_door(source)


def _is_door(source: Source) -> bool:
    return source.is_entry_point and source.slice != "kernel"  # its folders are no floors


def _may_change(source: Source, record: str) -> bool:
    owns = _owns(source, record)
    return owns or (not _is_door(source) and (source.slice, record) in COLUMNS_OF_UPPER_SLICES)


def _written_names(node: ast.AST) -> Iterator[str]:
    """The variables of which this sets an attribute, or changes a list that one holds."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("setattr", "delattr"):
        yield _name(node.args[0])
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield _name(node.value)
    elif isinstance(held := _changed_in_place(node), ast.Attribute):
        yield _name(held.value)


def _changed_in_place(node: ast.AST) -> ast.expr | None:
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, (ast.Store, ast.Del)):
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value if node.func.attr in IN_PLACE else None
    return None


def _name(value: ast.expr) -> str:
    """The variable; of one of several, which holds them all."""
    return _name(value.value) if isinstance(value, ast.Subscript) else ast.unparse(value)


AT_A_DOOR = "def f(item: WorkItem, items: list[WorkItem]):\n"
WRITTEN_THERE = (
    "session.query(WorkItem).filter_by(id=1).delete()",
    "WorkItem.query.update({'title': ''})",
    "session.execute(sa.update(WorkItem).values(title=''))",
    "session.execute(WorkItem.__table__.update().values(title=''))",
    "session.execute(text('UPDATE work_item SET title = NULL'))",
    "session.execute(text('DELETE FROM work_item_assignee'))",
    "insert_rows(session, WorkItem, rows)",
    "insert_pairs(session, work_item_assignee, pairs, 1)",
    "update_rows(session, [Updates(WorkItem, names, rows)])",
    "db.session().add(one)",
    "models.WorkItem(title='')",
    "one, other = find_item(actor, 1), 2\n    one.title = ''",
    "one, other = some_pair(select(WorkItem))\n    one.title = ''",
    "[setattr(one, 'title', '') for one in items]",
    "[setattr(one, 'title', '') for one in session.scalars(select(WorkItem))]",
    "for one in items:\n        one.title = ''",
    "for n, one in enumerate(items):\n        one.title = ''",
    "for one, title in zip(items, titles):\n        one.title = title",
    "items[0].title = ''",
    "item.assignees[:] = []",
    "item.assignees = []",
    "first = items[0]\n    first.title = ''",
    "if (one := find_item(actor, 1)):\n        one.title = ''",
    "item.title, item.status = '', None",
    "item.assignees.append(user)",
    "item.assignees.remove(user)",
)
WRITES = Rule(
    name="A record is written by the verbs of its slice",
    reason="A door that writes for itself goes round the permission, the rules and the limits.",
    files=("obcms/**/*.py",),
    check=check,
    breaks=(
        ("obcms/work/screens/items.py", "def f(item):\n    db.session.delete(item)\n"),
        ("obcms/imports/match.py", "def f():\n    ppa = PPA(code='X')\n"),
        ("obcms/work/api/items.py", "def f(item: WorkItem | None):\n    item.title = ''\n"),
        (
            "obcms/work/jobs.py",
            "def f(id_):\n    item = find_item(actor, id_)\n    item.title = ''\n",
        ),
        ("obcms/budget/distribution.py", "def f(line: Expenditure):\n    setattr(line, name, 1)\n"),
        ("obcms/demo/cli.py", "def f():\n    session.execute(update(PPA).values(title=''))\n"),
        (
            "obcms/operations/health.py",
            "def f():\n    for one in session.scalars(select(PPA)):\n        one.title = ''\n",
        ),
        *(("obcms/work/api/items.py", f"{AT_A_DOOR}    {one}\n") for one in WRITTEN_THERE),
    ),
    keeps=(
        ("obcms/work/work_items.py", "def f(item: WorkItem):\n    item.title = ''\n"),
        ("obcms/work/work_items.py", "def f():\n    session.query(WorkItem).delete()\n"),
        ("obcms/work/work_items.py", "def f(item: WorkItem):\n    item.assignees.append(user)\n"),
        ("obcms/work/work_items.py", "def f():\n    insert_rows(session, WorkItem, rows)\n"),
        ("obcms/work/api/items.py", "def f(items: list[WorkItem]):\n    found.append(items)\n"),
        ("obcms/work/api/items.py", "def f():\n    text('SELECT 1 FROM work_item')\n"),
        ("obcms/work/api/items.py", "def f(item: WorkItem):\n    given.update(title=item.title)\n"),
        (
            "obcms/work/rollup.py",
            "def f():\n    update_rows(s, [Updates(PPA, names, rows)])\n",
        ),
        ("obcms/work/tracking.py", "def f(ppa: PPA):\n    ppa.progress = 1\n"),
        ("obcms/work/screens/items.py", "def f(form):\n    form.title.data = ''\n"),
        ("obcms/kernel/jobs/runner.py", "def f(run: JobRun):\n    run.error = None\n"),
    ),
)
