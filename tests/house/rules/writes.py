"""Who may write a record: the verbs of its slice, and whatever stands below them there."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from obcms import SLICES
from obcms.kernel.extensions import db
from obcms.kernel.slices import load_parts
from tests.house.rules.source import ROOT, Finding, Rule, Source

load_parts(SLICES)  # so that every record is known
# The slice that each record belongs to.
RECORDS = {
    mapper.class_.__name__: mapper.class_.__module__.split(".")[1]
    for mapper in db.Model.registry.mappers
}
INTO_SESSION = frozenset({"add", "add_all", "delete", "merge"})
STATEMENTS = frozenset({"insert", "update", "delete"})
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
    finders = _finders() | _finders_in(source.tree)
    for scope in _scopes(source.tree):
        known = dict(_names_of_records(scope, finders))
        for node in ast.walk(scope):
            for name in _written_names(node):
                if name in known and not _may_change(source, known[name]):
                    yield node.lineno, f"writes a {known[name]}"


def _called(source: Source, call: ast.Call) -> Iterator[Finding]:
    """A record made, put into the session or taken out, or written by a statement."""
    name = ast.unparse(call.func)
    receiver, _, method = name.rpartition(".")
    if name in RECORDS and not _owns(source, name):
        yield call.lineno, f"makes a {name}"
    elif method in INTO_SESSION and receiver.endswith("session") and _is_door(source):
        yield call.lineno, f"{name}() at an entry point"
    elif name in STATEMENTS and call.args:
        record = ast.unparse(call.args[0]).removesuffix(".__table__")
        if record in RECORDS and not _owns(source, record):
            yield call.lineno, f"{name}s rows of {record}"


def _owns(source: Source, record: str) -> bool:
    return RECORDS[record] == source.slice and not _is_door(source)


def _is_door(source: Source) -> bool:
    return source.is_entry_point and source.slice != "kernel"  # its folders are no floors


def _may_change(source: Source, record: str) -> bool:
    owns = _owns(source, record)
    return owns or (not _is_door(source) and (source.slice, record) in COLUMNS_OF_UPPER_SLICES)


def _scopes(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _names_of_records(
    scope: ast.FunctionDef, finders: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The variables of a function that hold a record, as far as their names tell it."""
    arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
    for argument in arguments:
        if record := _record_in(argument.annotation):
            yield argument.arg, record
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.For):
            target, value = node.target, node.iter
        else:
            continue
        record = _made_by(value, finders)
        if record and isinstance(target, ast.Name):
            yield target.id, record


def _record_in(annotation: ast.expr | None) -> str | None:
    words = ast.unparse(annotation).split(" | ") if annotation else []
    return next((word.strip("'") for word in words if word.strip("'") in RECORDS), None)


def _made_by(value: ast.expr, finders: Mapping[str, str]) -> str | None:
    """What a call gives back: a record made, found by a verb or a read, or fetched by its class."""
    for call in ast.walk(value):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in RECORDS:
            return name
        if name in ("get", "get_one", "select") and call.args:
            fetched = ast.unparse(call.args[0])
            if fetched in RECORDS:
                return fetched
        if call is value and name in finders:
            return finders[name]
    return None


@cache
def _finders() -> dict[str, str]:
    """The public functions of the house that return a record, by their names."""
    found: dict[str, str] = {}
    for path in (ROOT / "obcms").rglob("*.py"):
        found |= {
            name: record
            for name, record in _finders_in(Source.read(path).tree).items()
            if not name.startswith("_")
        }
    return found


def _finders_in(tree: ast.Module) -> dict[str, str]:
    return {one.name: kind for one in _scopes(tree) if (kind := _record_in(one.returns))}


def _written_names(node: ast.AST) -> Iterator[str]:
    """The variables whose attributes this statement sets."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("setattr", "delattr"):
        yield ast.unparse(node.args[0])
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield ast.unparse(node.value)


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
    ),
    keeps=(
        ("obcms/work/work_items.py", "def f(item: WorkItem):\n    item.title = ''\n"),
        ("obcms/work/tracking.py", "def f(ppa: PPA):\n    ppa.progress = 1\n"),
        ("obcms/work/screens/items.py", "def f(form):\n    form.title.data = ''\n"),
        ("obcms/kernel/jobs/runner.py", "def f(run: JobRun):\n    run.error = None\n"),
    ),
)
