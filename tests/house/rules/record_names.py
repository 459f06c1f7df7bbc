"""Which names in a file hold a record, as far as its text tells."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache

from obcms import SLICES
from obcms.kernel.extensions import db
from obcms.kernel.slices import load_parts
from tests.house.rules.source import ROOT, Source

load_parts(SLICES)  # so that every record is known
# The slice that each record belongs to.
RECORDS = {
    mapper.class_.__name__: mapper.class_.__module__.split(".")[1]
    for mapper in db.Model.registry.mappers
}
# The record in whose table a row is. A row that joins two records is of the first.
TABLES = {mapper.local_table.name: mapper.class_.__name__ for mapper in db.Model.registry.mappers}
TABLES |= {
    name: TABLES[next(key for one in table.columns for key in one.foreign_keys).column.table.name]
    for name, table in db.metadata.tables.items()
    if name not in TABLES
}
FETCHING = frozenset({"get", "get_one", "select", "query"})
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def names_of_records(
    scope: ast.FunctionDef | ast.AsyncFunctionDef, tree: ast.Module
) -> dict[str, str]:
    """The variables of a function that hold a record, or several, each with the record's class."""
    finders = _finders() | _finders_in(tree)
    arguments = [*scope.args.posonlyargs, *scope.args.args, *scope.args.kwonlyargs]
    known = {one.arg: kind for one in arguments if (kind := record_in(one.annotation))}
    bindings = list(_bindings(scope))
    for _ in range(2):  # a loop may go over what is bound further down
        for target, value in bindings:
            known |= _bound(target, value, known, finders)
    return known


def functions_of(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a file."""
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


def record_in(annotation: ast.expr | None) -> str | None:
    """The record that an annotation names, alone or as what something is made of."""
    if annotation is None or _is_none_itself(annotation):
        return None
    named = (node for node in ast.walk(annotation) if isinstance(node, (ast.Name, ast.Constant)))
    words = (node.id if isinstance(node, ast.Name) else node.value for node in named)
    return next((word for word in words if word in RECORDS), None)


def _is_none_itself(annotation: ast.expr) -> bool:
    """Whether it is the class, a call or a query, through which nothing is written."""
    kind = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return ast.unparse(kind).rpartition(".")[2] in ("type", "Callable", "Select", "ColumnElement")


def _bindings(scope: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            yield node.target, node.value
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            yield node.target, node.iter
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield node.optional_vars, node.context_expr


def _bound(
    target: ast.expr, value: ast.expr, known: Mapping[str, str], finders: Mapping[str, str]
) -> dict[str, str]:
    """What a binding makes known; of a pair each part by itself, where the pair is written out."""
    if isinstance(target, ast.Starred):
        return _bound(target.value, value, known, finders)
    if isinstance(target, (ast.Tuple, ast.List)):
        parts = list(_parts(value, len(target.elts)))
        pairs = zip(target.elts, parts, strict=False)
        return {n: k for one, part in pairs for n, k in _bound(one, part, known, finders).items()}
    record = made_by(value, known, finders) if isinstance(target, ast.Name) else None
    return {target.id: record} if record else {}


def _parts(value: ast.expr, count: int) -> Iterator[ast.expr]:
    """What each name of a pair gets: of `zip`, `enumerate` and `items()` too."""
    called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
    if isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == count:
        yield from value.elts
    elif called in ("zip", "map"):
        yield from value.args
    elif called == "enumerate":
        yield from (ast.Constant(0), value.args[0])
    else:
        yield from [value] * count  # either may be it


def made_by(value: ast.expr, known: Mapping[str, str], finders: Mapping[str, str]) -> str | None:
    """The record that a value is, or is made of: made, found by a verb or a read, or fetched."""
    if isinstance(value, ast.Name):
        return known.get(value.id)
    if isinstance(value, (ast.Subscript, ast.Starred)):
        return made_by(value.value, known, finders)
    if isinstance(value, (ast.IfExp, ast.BoolOp)):
        sides = value.values if isinstance(value, ast.BoolOp) else [value.body, value.orelse]
        return next(filter(None, (made_by(one, known, finders) for one in sides)), None)
    for call in ast.walk(value):
        if not isinstance(call, ast.Call):
            continue
        name = ast.unparse(call.func).rpartition(".")[2]
        if name in RECORDS:
            return name
        if name in FETCHING and call.args and (fetched := ast.unparse(call.args[0])) in RECORDS:
            return fetched
        if call is value and name in finders:
            return finders[name]
        if call is value and name in ("list", "sorted", "reversed", "tuple") and call.args:
            return made_by(call.args[0], known, finders)
    return None


@cache
def _finders() -> dict[str, str]:
    """The public functions of the house that return a record, by their names."""
    found: dict[str, str] = {}
    for path in (ROOT / "obcms").rglob("*.py"):
        in_file = _finders_in(Source.read(path).tree)
        found |= {name: kind for name, kind in in_file.items() if not name.startswith("_")}
    return found


def _finders_in(tree: ast.Module) -> dict[str, str]:
    return {one.name: kind for one in functions_of(tree) if (kind := record_in(one.returns))}
