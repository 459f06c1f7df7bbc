"""What a test must know of a refusal."""

import ast
from collections.abc import Iterator

from obcms.kernel import errors
from tests.house.rules.source import Finding, Rule, Source

REFUSALS = frozenset(
    name for name, one in vars(errors).items() if isinstance(one, type) and name != "Problem"
) | {"DatabaseError", "IntegrityError"}


def check(source: Source) -> Iterator[Finding]:
    """A `raises` of a refusal with no `match`, after which nobody reads the error's `value`."""
    functions = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            if isinstance(node, ast.With):
                for item in node.items:
                    if _is_bare(item.context_expr) and not _is_read_later(item, node, function):
                        call = item.context_expr
                        yield call.lineno, f"{ast.unparse(call)} proves nothing"
    for node in ast.walk(source.tree):
        if _is_bare(node) and len(node.args) > 1:
            yield node.lineno, f"{ast.unparse(node)} lets nobody read the error; use a with"


def _is_bare(call: ast.AST) -> bool:
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("raises"):
        return False
    named = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
    says = any(word.arg == "match" and ast.unparse(word.value) != "''" for word in call.keywords)
    return bool(named & REFUSALS) and not says


def _is_read_later(item: ast.withitem, block: ast.With, function: ast.FunctionDef) -> bool:
    """Whether `error.value` is read after the block, before another error takes the name."""
    if not isinstance(item.optional_vars, ast.Name):
        return False
    name = item.optional_vars.id
    after = [node for node in ast.walk(function) if getattr(node, "lineno", 0) > block.end_lineno]
    taken = [node.lineno for node in after if _is_name(node, name, ast.Store)]
    end = min(taken, default=function.end_lineno)
    return any(
        node.lineno <= end and node.attr == "value" and _is_name(node.value, name, ast.Load)
        for node in after
        if isinstance(node, ast.Attribute)
    )


def _is_name(node: ast.AST, name: str, context: type[ast.expr_context]) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, context)


WITH = "    with pytest.raises(Invalid) as error:\n        f()\n"
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
        ("tests/a.py", f"def test_a():\n{WITH}{WITH}    assert error.value.args\n"),
        ("tests/a.py", f"def test_a():\n    error.value.args\n{WITH}"),
        ("tests/a.py", f"def test_a():\n{WITH}    assert error.typename == 'Invalid'\n"),
        ("tests/a.py", "def test_a():\n    pytest.raises(Invalid, f)\n"),
        ("tests/a.py", "def test_a():\n    with raises(Invalid, match=''):\n        f()\n"),
    ),
    keeps=(
        ("tests/a.py", "def test_a():\n    with raises(Invalid, match='too deep'):\n        f()\n"),
        (
            "tests/a.py",
            "def test_a():\n    with raises(Invalid) as e:\n        f()\n    assert e.value.args\n",
        ),
        (
            "tests/a.py",
            f"def test_a():\n{WITH}    assert error.value.args\n{WITH}    str(error.value)\n",
        ),
        ("tests/a.py", "def test_a():\n    with raises(KeyboardInterrupt):\n        f()\n"),
    ),
)
