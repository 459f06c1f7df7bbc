"""What a person is told stands once, whichever door they came in by."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from obcms.kernel import errors
from tests.house.rules.source import ROOT, Finding, Rule, Source

FILES = "obcms/**/*.py"
SHORTEST = 24  # characters besides what is put in; shorter ones may be alike by chance
REFUSALS = frozenset(name for name, one in vars(errors).items() if isinstance(one, type)) | {
    "forbidden",
    "hidden",
    "refused",  # a field's, and the ledger's
}


def check(source: Source) -> Iterator[Finding]:
    """A refusal, or a longer sentence, that the file has twice or another file has."""
    told = list(_told(source.tree))
    times = Counter(sentence for _, sentence in told)
    for line, sentence in told:
        others = _files_by_sentence()[sentence] - {str(source.path)}
        if others or times[sentence] > 1:
            yield line, f"“{sentence}” stands in {', '.join(sorted(others)) or 'it'} too"


@cache
def _files_by_sentence() -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in ROOT.glob(FILES):
        source = Source.read(path)
        for _, sentence in (*_told(source.tree), *_named(source.tree)):
            found[sentence].add(str(source.path))
    return found


def _told(tree: ast.Module) -> Iterator[Finding]:
    """The sentence of each refusal, and every long one; {} for what is put in, no docstrings."""
    refusals = {
        given
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _called(node.func) in REFUSALS
        for given in node.args
    }
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {
        part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
    }
    for node in ast.walk(tree):
        if node in docstrings or node in parts:
            continue
        sentence = " ".join(_text(node).split())
        own = sentence.replace("{}", "").strip()
        is_long = sentence.endswith(".") and len(own) >= SHORTEST
        if is_long or (node in refusals and " " in own):
            yield node.lineno, sentence


def _named(tree: ast.Module) -> Iterator[Finding]:
    """What stands under a name, which a refusal elsewhere can use."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value is not None and _text(value):
            yield value.lineno, _text(value)


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or "{}" for part in node.values)
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if is_text else ""


ONCE = Rule(
    name="No sentence stands twice",
    reason="Of two that say the same, one is changed and the other is not.",
    files=(FILES,),
    check=check,
    breaks=(
        ("obcms/work/x.py", 'raise NotFound("There is no such PPA.")\n'),
        ("obcms/work/x.py", 'yield Problem("A MOA PPA needs its implementing MOA.", "moa")\n'),
        ("obcms/work/x.py", "NONE = 'There is no such expenditure.'\n"),
        (
            "obcms/work/x.py",
            "def f():\n    told = f'“{a}” cannot be put there now.'\n"
            "def g():\n    raise Invalid(f'“{b.title}” cannot be put there now.')\n",
        ),
    ),
    keeps=(
        ("obcms/work/x.py", "yield MOA_MISSING\n"),
        ("obcms/work/x.py", 'raise Invalid(f"{title} has no such share.", "method")\n'),
        ("obcms/work/x.py", 'flash("There is no such PPA.", "error")\n'),
        ("obcms/work/x.py", "def f():\n    '''There is no such expenditure.'''\n"),
    ),
)
