"""Small rooms: how long a file and a function may be, and what a public function owes."""

import ast
from collections.abc import Iterator

from tests.house.rules.source import Finding, Rule, Source

LONGEST_FILE = 250
LONGEST_LINE = 160  # of what ruff does not format
LONGEST_FUNCTION = 40
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def check_files(source: Source) -> Iterator[Finding]:
    lines = len(source.text.splitlines())
    if lines > LONGEST_FILE:
        yield lines, f"has {lines} lines"


def check_lines(source: Source) -> Iterator[Finding]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            yield number, f"has {len(line)} characters"


def check_functions(source: Source) -> Iterator[Finding]:
    for node in ast.walk(source.tree):
        if isinstance(node, FUNCTIONS):
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {lines} lines"


def check_docstrings(source: Source) -> Iterator[Finding]:
    """Of functions, methods and records; a method that a base class has is told about there."""
    for node in source.tree.body:
        if isinstance(node, FUNCTIONS):
            yield from _undocumented(node)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            if any(ast.unparse(base) == "db.Model" for base in node.bases):
                yield from _undocumented(node)
            above = {
                name
                for base in getattr(source.module, node.name).__mro__[1:]
                for name in vars(base)
            }
            for part in node.body:
                if isinstance(part, FUNCTIONS) and part.name not in above:
                    yield from _undocumented(part)


def _undocumented(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> Iterator[Finding]:
    if not node.name.startswith("_") and ast.get_docstring(node) is None:
        yield node.lineno, f"{node.name} has no docstring"


WRITTEN = ("obcms/**/*.html", "obcms/**/*.js", "obcms/**/*.css")
FILES = Rule(
    name=f"No file is longer than {LONGEST_FILE} lines",
    reason="A longer file holds more than one thing, and its name says less than it should.",
    files=("obcms/**/*.py", "migrations/**/*.py", "tests/**/*.py", *WRITTEN),
    check=check_files,
    breaks=(("obcms/a.py", "x = 1\n" * 251), ("obcms/a.css", "td { margin: 0; }\n" * 251)),
    keeps=(("obcms/a.py", "x = 1\n" * 250),),
)
LINES = Rule(
    name=f"No line of a template, script or style sheet is longer than {LONGEST_LINE} characters",
    reason="What is kept short by long lines is not short.",
    files=WRITTEN,
    check=check_lines,
    breaks=(("obcms/a.html", f"<p>\n{'a' * 161}\n"), ("obcms/a.css", "a" * 161)),
    keeps=(("obcms/a.html", f"{'ñ' * 160}\n<p>\n"),),
)
PARTS = Rule(
    name=f"No function is longer than {LONGEST_FUNCTION} lines",
    reason="What does not fit one look is read wrongly.",
    files=("obcms/**/*.py",),
    check=check_functions,
    breaks=(("obcms/a.py", "def f():\n" + "    x = 1\n" * 40),),
    keeps=(("obcms/a.py", "def f():\n" + "    x = 1\n" * 39),),
)
RECORD = "from types import SimpleNamespace\ndb = SimpleNamespace(Model=object)\n"
RECORD += "class A(db.Model):\n    {}\n"
DOCSTRINGS = Rule(
    name="Every public function says what it gives, and every record what it holds",
    reason="Shapes, units and errors are not in the name, and a body is no place to look for them.",
    files=("obcms/**/*.py",),
    check=check_docstrings,
    breaks=(
        ("obcms/a.py", "def f():\n    return 1\n"),
        ("obcms/a.py", "class A:\n    @property\n    def f(self):\n        return 1\n"),
        ("obcms/a.py", RECORD.format('__tablename__ = "a"')),
    ),
    keeps=(
        ("obcms/a.py", 'def f():\n    """One."""\n'),
        ("obcms/a.py", "def _f():\n    return 1\n"),
        ("obcms/a.py", "class A(dict):\n    def keys(self):\n        return []\n"),
        ("obcms/a.py", RECORD.format('"""One."""')),
    ),
)
