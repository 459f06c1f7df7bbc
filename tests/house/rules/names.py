"""A class's name means one thing in the whole house, and no name of a type is a class's too."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.house.rules.source import ROOT, Finding, Rule, Source

RULE = "obcms/kernel/rules/fields.py"
API = "obcms/kernel/api/fields.py"
COLUMN = "obcms/kernel/db/types.py"
COLUMNS = "obcms/kernel/db/columns.py"
# One thing on several floors: a record's field by its rule, as clients send it, as it is stored.
ON_SEVERAL_FLOORS: dict[str, frozenset[str]] = {
    "Day": frozenset({RULE, API}),
    "Flag": frozenset({RULE, API}),
    "Key": frozenset({API, COLUMNS}),
    "Money": frozenset({RULE, API, COLUMN}),
    "Percent": frozenset({RULE, API, COLUMN}),
    "Prose": frozenset({RULE, COLUMNS}),
    "SignedMoney": frozenset({"obcms/ledger/fields.py", API}),
}


def _places() -> dict[str, set[str]]:
    """The files that have a class, or another name of a type such as `Rows = list[Row]`, by it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "obcms").rglob("*.py")):
        source = Source.read(path)
        for name in (*(node.name for node in _classes(source)), *_types(source)):
            found[name].add(source.path.as_posix())
    return found


def _classes(source: Source) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(source.tree) if isinstance(node, ast.ClassDef))


def _types(source: Source) -> Iterator[str]:
    """What stands at a module's top and is written like a class."""
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name[0].isupper() and not name.isupper():
                yield name


PLACES = _places()


def check(source: Source) -> Iterator[Finding]:
    """Classes whose name another file has for something too, but for those on several floors."""
    own = source.path.as_posix()
    for node in _classes(source):
        together = PLACES.get(node.name, set()) | {own}
        if len(together) > 1 and not together <= ON_SEVERAL_FLOORS.get(node.name, frozenset()):
            others = ", ".join(sorted(together - {own}))
            yield node.lineno, f"{node.name} is something else in {others}"


ONE_MEANING = Rule(
    name="No two classes have one name",
    reason="Who looks for it finds the wrong one, and who reads it must know which is meant.",
    files=("obcms/**/*.py",),
    check=check,
    breaks=(
        ("obcms/work/x.py", "class PPA:\n    pass\n"),
        ("obcms/work/x.py", "def f():\n    class Money:\n        pass\n"),
        ("obcms/work/x.py", "class AmountsByItem:\n    pass\n"),
    ),
    keeps=(
        (RULE, "class Money:\n    pass\n"),
        ("obcms/work/x.py", "class NoOtherHasThisName:\n    pass\n"),
    ),
)
