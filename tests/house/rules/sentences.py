"""What a person is told stands once, whichever door they came in by."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from tests.house.rules.source import ROOT, Finding, Rule, Source

FILES = "obcms/**/*.py"
SHORTEST = 24  # characters besides what is put in; shorter ones may be alike by chance


def check(source: Source) -> Iterator[Finding]:
    """A sentence that the file has twice, or that another file has."""
    said = list(_sentences(source.tree))
    times = Counter(sentence for _, sentence in said)
    for line, sentence in said:
        if times[sentence] > 1 or _files_by_sentence()[sentence] - {str(source.path)}:
            yield line, f"says once more: {sentence}"


@cache
def _files_by_sentence() -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in ROOT.glob(FILES):
        source = Source.read(path)
        for _, sentence in _sentences(source.tree):
            found[sentence].add(str(source.path))
    return found


def _sentences(tree: ast.Module) -> Iterator[Finding]:
    """Every text that ends as a sentence does, with {} for what is put in; no docstrings."""
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if node in docstrings or node in parts:
            continue
        sentence = " ".join(_text(node).split())
        if sentence.endswith(".") and len(sentence.replace("{}", "")) >= SHORTEST:
            yield node.lineno, sentence


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "{}" for part in node.values)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


ONCE = Rule(
    name="No sentence stands twice",
    reason="Two of the same drift apart, and with them the rules that they tell.",
    files=(FILES,),
    check=check,
    breaks=(
        (
            "obcms/work/a.py",
            "def f():\n    raise Invalid(f'“{a}” cannot be put there now.')\n"
            "def g():\n    raise Invalid(f'“{b.title}” cannot be put there now.')\n",
        ),
        ("obcms/work/a.py", "NONE = NotFound('There is no such expenditure.')\n"),
    ),
    keeps=(
        ("obcms/work/a.py", "NONE = NotFound('There is no such thing as this.')\n"),
        ("obcms/work/a.py", "def f():\n    '''There is no such expenditure.'''\n"),
        ("obcms/work/a.py", "a = 'Not a valid one.'\nb = 'Not a valid one.'\n"),
    ),
)
