"""A public name that nothing in the house uses."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

from tests.house.rules.source import ROOT, Finding, Rule, Source

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What uses the house: the house itself, and what starts it or changes its database.
USERS = ("obcms/**/*.py", "migrations/**/*.py", "wsgi.py")
WRITTEN = ("obcms/**/*.html", "obcms/**/*.js")
# What is called by being there, and by whom.
FOUND_BY_NAME = {
    "init_app": "kernel/slices.py calls it in every part of a slice",
    "is_accessible": "Flask-Admin asks every view; kernel/screens/base.py mixes it in",
    "inaccessible_callback": "the same",
}
# Other decorators hand the function to whoever calls it: a route, a command, a listener.
SAME_THING = frozenset({"cache", "cached_property", "classmethod", "contextmanager", "dataclass"})
SAME_THING |= {"lru_cache", "property", "staticmethod"}
WORD = re.compile(r"[A-Za-z_]\w*")
TASK = re.compile(r"[\w.]*[.:](\w+)")  # "module:function", as queues and processes are told


def check(source: Source) -> Iterator[Finding]:
    """What a file defines at its first level, and what its classes have, that no file reads."""
    used, here = _used_of_modules(), source.dotted
    for node in source.tree.body:
        others = (one for one in source.tree.body if one is not node)
        read = set(chain.from_iterable(map(_read_in, others)))
        for name in _defined(node):
            known = (here, name) in used or (here, "*") in used or ("", name) in used
            if not known and name not in read and name not in FOUND_BY_NAME:
                yield node.lineno, f"{name} is used nowhere"
        if isinstance(node, ast.ClassDef):
            yield from _unused_members(source, node)


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        names = [node.name] if _is_itself(node) else []
    elif isinstance(node, ast.AnnAssign):
        names = [ast.unparse(node.target)]
    else:
        names = _assigned(node)
    yield from (name for name in names if not name.startswith("__"))


def _assigned(node: ast.stmt) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [one.id for one in targets if isinstance(one, ast.Name)]


def _is_itself(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether nobody but who names it gets it."""
    names = (ast.unparse(one).partition("(")[0] for one in node.decorator_list)
    return SAME_THING.issuperset(names)


def _read_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _unused_members(source: Source, node: ast.ClassDef) -> Iterator[Finding]:
    """Its methods, and the fields of a dataclass, whose names nobody reads off anything."""
    of_bases = {
        name for base in getattr(source.module, node.name).__mro__[1:] for name in vars(base)
    }
    is_data = any("dataclass" in ast.unparse(one) for one in node.decorator_list)
    is_data = is_data and node.name not in _read_as_a_whole()
    read = of_bases | _read_members() | FOUND_BY_NAME.keys()
    for part in node.body:
        if isinstance(part, FUNCTIONS) and _is_itself(part):
            name = part.name
        elif is_data and isinstance(part, ast.AnnAssign):
            name = ast.unparse(part.target)
        else:
            continue
        if not name.startswith("_") and name not in read:
            yield part.lineno, f"{node.name}.{name} is used nowhere"


@cache
def _sources() -> tuple[Source, ...]:
    paths = (path for pattern in USERS for path in sorted(ROOT.glob(pattern)))
    return tuple(Source.read(path) for path in paths)


@cache
def _used_of_modules() -> frozenset[tuple[str, str]]:
    """(module, name) of what is imported, read off a module, or told to a queue (no module)."""
    modules = {one.dotted for one in _sources()}
    return frozenset(used for one in _sources() for used in _used_in(one.tree, modules))


def _used_in(tree: ast.Module, modules: set[str]) -> Iterator[tuple[str, str]]:
    at_hand: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for one in node.names:
                if (whole := f"{node.module}.{one.name}") in modules:
                    at_hand[one.asname or one.name] = whole
                else:
                    yield f"{node.module}", one.name
    read_off = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            read_off.add(node.value)
            yield at_hand.get(node.value.id, "-"), node.attr
        elif isinstance(node, ast.Constant) and (task := TASK.fullmatch(str(node.value))):
            yield "", task[1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in at_hand and node not in read_off:
            yield at_hand[node.id], "*"  # a module handed on as a whole


@cache
def _read_as_a_whole() -> frozenset[str]:
    """The classes whose fields are gone through by name."""
    calls = (node for one in _sources() for node in ast.walk(one.tree))
    return frozenset(
        ast.unparse(node.args[0])
        for node in calls
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("fields", "asdict")
        if node.args
    )


@cache
def _read_members() -> frozenset[str]:
    """Every attribute that is read, and every word in a string, a template or a script.

    A schema of the API and a list's view read what they have an attribute for.
    """
    found: set[str] = set()
    for source in _sources():
        docstrings = {node.value for node in ast.walk(source.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                found.add(node.attr)
            elif isinstance(node, ast.ClassDef):
                found.update(name for part in node.body for name in _assigned(part))
            elif isinstance(node, ast.Constant) and node not in docstrings:
                found.update(WORD.findall(str(node.value)))
    for pattern in WRITTEN:
        for path in ROOT.glob(pattern):
            found.update(WORD.findall(path.read_text(encoding="utf-8")))
    return frozenset(found)


UNUSED = Rule(
    name="Every name of the house is used in it",
    reason="What tests alone use proves nothing of what runs; their helpers stand in tests/.",
    files=("obcms/**/*.py",),
    check=check,
    breaks=(
        ("obcms/a.py", "def unheard_of():\n    return 1\n"),
        ("obcms/a.py", "def unheard_of():\n    return unheard_of()\n"),
        ("obcms/a.py", "UNHEARD_OF = 1\n"),
        ("obcms/a.py", "class UnheardOf:\n    pass\n"),
        ("obcms/a.py", "@cache\ndef unheard_of():\n    return 1\n"),
        ("obcms/a.py", "class _A:\n    def unheard_of(self):\n        return 1\n\n_A()\n"),
        (
            "obcms/a.py",
            "from dataclasses import dataclass\n\n@dataclass(frozen=True)\nclass _A:\n"
            "    unheard_of: int\n\n_A(1)\n",
        ),
    ),
    keeps=(
        ("obcms/a.py", "@route('/')\ndef unheard_of():\n    return 1\n"),
        ("obcms/a.py", "def unheard_of():\n    return 1\n\nunheard_of()\n"),
        ("obcms/a.py", "class _A(dict):\n    def popitem(self):\n        return 1\n\n_A()\n"),
        ("obcms/kernel/rules/choice.py", "class Choice:\n    pass\n"),
        ("obcms/spending/reads.py", "def unheard_of():\n    return 1\n"),
    ),
)
