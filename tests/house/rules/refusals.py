"""What a test must know of a refusal."""

import ast
from collections.abc import Iterator

from obcms.kernel import errors
from tests.house.rules.source import Finding, Rule, Source

REFUSALS = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and name != "Problem"
) | {"DatabaseError", "IntegrityError"}


def check(source: Source) -> Iterator[Finding]:
    """A `raises` of a refusal with no `match`, whose error nobody looks at afterwards."""
    for function in ast.walk(source.tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        looked_at = {
            node.value.id
            for node in ast.walk(function)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        for item in _items(function):
            call = item.context_expr
            name = item.optional_vars.id if isinstance(item.optional_vars, ast.Name) else None
            if name not in looked_at:
                yield call.lineno, f"{ast.unparse(call)} proves nothing"


def _items(function: ast.FunctionDef) -> Iterator[ast.withitem]:
    for node in ast.walk(function):
        if isinstance(node, ast.With):
            for item in node.items:
                if _is_bare(item.context_expr):
                    yield item


def _is_bare(call: ast.expr) -> bool:
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("raises"):
        return False
    named = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
    return bool(named & REFUSALS) and not any(word.arg == "match" for word in call.keywords)


BARE = Rule(
    name="A test of a refusal says which one",
    reason="There are many refusals of one kind, and the wrong one is as red as the right one.",
    files=("tests/**/*.py",),
    check=check,
    breaks=(
        ("tests/a.py", "def test_a():\n    with pytest.raises(Invalid):\n        f()\n"),
        (
            "tests/a.py",
            "def test_a():\n    with raises((Conflict, Forbidden)) as e:\n        f()\n",
        ),
    ),
    keeps=(
        ("tests/a.py", "def test_a():\n    with raises(Invalid, match='too deep'):\n        f()\n"),
        (
            "tests/a.py",
            "def test_a():\n    with raises(Invalid) as e:\n        f()\n    assert e.value.args\n",
        ),
        ("tests/a.py", "def test_a():\n    with raises(KeyboardInterrupt):\n        f()\n"),
    ),
)
