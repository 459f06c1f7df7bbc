"""Where the sentence stands by which something is refused."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from obcms.kernel import errors
from tests.house.rules.source import ROOT, Finding, Rule, Source

REFUSALS = frozenset(name for name, one in vars(errors).items() if isinstance(one, type)) | {
    "forbidden",
    "hidden",
    "refused",  # a field's, and the ledger's
}


def _sentences(source: Source) -> Iterator[tuple[int, str]]:
    """The literal sentences of its refusals; those with a value in them are not literal."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _called(node.func) in REFUSALS:
            for given in node.args:
                if isinstance(given, ast.Constant) and " " in str(given.value):
                    yield given.lineno, given.value


def _constants(source: Source) -> Iterator[tuple[int, str]]:
    """What stands under a name, which a refusal elsewhere can use."""
    for node in ast.walk(source.tree):
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.lineno, value.value


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _places() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "obcms").rglob("*.py")):
        source = Source.read(path)
        for line, sentence in (*_sentences(source), *_constants(source)):
            found[sentence].add(f"{source.path}:{line}")
    return found


PLACES = _places()


def check(source: Source) -> Iterator[Finding]:
    for line, sentence in _sentences(source):
        others = PLACES.get(sentence, set()) - {f"{source.path}:{line}"}
        if others:
            yield line, f"“{sentence}” stands in {', '.join(sorted(others))} too"


ONCE = Rule(
    name="The sentence of a refusal stands once",
    reason="Of two that say the same, one is changed and the other is not.",
    files=("obcms/**/*.py",),
    check=check,
    breaks=(
        ("obcms/work/x.py", 'raise NotFound("There is no such PPA.")\n'),
        ("obcms/work/x.py", 'yield Problem("A MOA PPA needs its implementing MOA.", "moa")\n'),
    ),
    keeps=(
        ("obcms/work/x.py", "yield MOA_MISSING\n"),
        ("obcms/work/x.py", 'raise Invalid(f"{title} has no share.", "method")\n'),
        ("obcms/work/x.py", 'flash("There is no such PPA.", "error")\n'),
    ),
)
