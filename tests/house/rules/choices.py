"""A choice is compared by its name in the one table: in Python, in templates and in scripts."""

import ast
import re
from collections.abc import Iterator

from jinja2 import Environment, nodes

from obcms import SLICES
from obcms.kernel.rules.choice import Choice
from obcms.kernel.slices import load_parts
from tests.house.rules.source import Finding, Rule, Source

load_parts(SLICES)  # so that every choice list is known
LISTS = {one.__name__: one for one in Choice.__subclasses__()}
VALUES = frozenset(member.value for one in LISTS.values() for member in one)
# Files that compare words of a foreign format, which happen to be some choice's too.
FOREIGN_WORDS = {"obcms/kernel/intake/open_document.py": "the value types of OpenDocument"}
REASON = "A literal goes on saying what a renamed choice no longer is, and nothing fails."


def check_python(source: Source) -> Iterator[Finding]:
    if str(source.path) not in FOREIGN_WORDS:
        yield from compared(source)


def compared(source: Source) -> Iterator[Finding]:
    """What is read from a record, a mapping or a variable, and what is looked up by it."""
    looked_up = set(_looked_up(source.tree))
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare) and _is_read(node.left):
            right = node.comparators
        elif isinstance(node, ast.Compare) and any(map(_is_read, node.comparators)):
            right = [node.left] if isinstance(node.ops[0], (ast.Eq, ast.NotEq)) else []
        elif isinstance(node, ast.Match) and _is_read(node.subject):
            right = [one.value for one in ast.walk(node) if isinstance(one, ast.MatchValue)]
        elif isinstance(node, ast.Dict) and node in looked_up:
            right = node.keys
        else:
            continue
        yield from ((node.lineno, f"compares {one!r}") for one in _literals(right))


def _looked_up(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands before `[…]` or `.get(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) or (
            isinstance(node, ast.Attribute) and node.attr == "get"
        ):
            yield node.value


def _is_read(side: ast.expr) -> bool:
    return isinstance(side, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))


def _literals(sides: list[ast.expr]) -> Iterator[str]:
    for side in sides:
        for part in getattr(side, "elts", [side]):
            if isinstance(part, ast.Constant) and part.value in VALUES:
                yield part.value


COMPARING = (nodes.Compare, nodes.Pair, nodes.Test, nodes.Filter)
FILTERS = frozenset({"select", "selectattr", "reject", "rejectattr"})


def check_template(source: Source) -> Iterator[Finding]:
    """Comparisons and look-ups by a literal, and members that the list does not have."""
    tree = Environment(autoescape=True).parse(source.text)
    for node in tree.find_all(COMPARING):
        yield from ((node.lineno, f"compares {one!r}") for one in _template_literals(node))
    for node in tree.find_all(nodes.Getattr):
        known = LISTS.get(getattr(node.node, "name", ""))
        if known is not None and node.attr not in known.__members__:
            yield node.lineno, f"{known.__name__} has no {node.attr}"


def _template_literals(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Pair):
        sides = [node.key]
    elif isinstance(node, nodes.Test):
        sides = [node.node, *node.args]
    elif isinstance(node, nodes.Filter):
        # The first of `selectattr` is the attribute's name.
        sides = node.args["attr" in node.name :] if node.name in FILTERS else []
    else:
        sides = [node.expr, *(operand.expr for operand in node.ops)]
    for side in sides:
        for part in getattr(side, "items", [side]):
            if isinstance(part, nodes.Const) and part.value in VALUES:
                yield part.value


QUOTED = "|".join(f"[\"'`]{re.escape(value)}[\"'`]" for value in sorted(VALUES))
BARE = "|".join(map(re.escape, sorted(VALUES)))
# As no parser of scripts is at hand: what is compared, a case, a member of a list, a key.
IN_SCRIPTS = re.compile(
    rf"[!=]==?\s*(?:{QUOTED})|(?:{QUOTED})\s*[!=]==?|\bcase\s+(?:{QUOTED})"
    rf"|\bincludes\((?:{QUOTED})|\[[^\[\]]*(?:{QUOTED})[^\[\]]*\]\s*\.\s*(?:includes|indexOf)\("
    rf"|[{{,]\s*(?:{BARE})\s*:"
)


def check_script(source: Source) -> Iterator[Finding]:
    for line, text in enumerate(source.text.splitlines(), 1):
        for found in IN_SCRIPTS.finditer(text):
            yield line, f"compares {found.group(0)}"


IN_PYTHON = Rule(
    name="No choice is compared as a string in Python",
    reason=REASON,
    files=("obcms/**/*.py",),
    check=check_python,
    breaks=(
        ("obcms/work/x.py", "if item.status == 'cancelled':\n    pass\n"),
        ("obcms/work/x.py", "off = row['status'] in ('cancelled', 'completed')\n"),
        ("obcms/work/x.py", "if 'cancelled' != item.status:\n    pass\n"),
        ("obcms/work/x.py", "if status == 'cancelled':\n    pass\n"),
        ("obcms/work/x.py", "if status in ('cancelled', 'completed'):\n    pass\n"),
        ("obcms/work/x.py", "place = {'cancelled': 1}[item.status]\n"),
        ("obcms/work/x.py", "place = {'cancelled': 1}.get(status, 0)\n"),
        ("obcms/work/x.py", "match item.status:\n    case 'cancelled':\n        pass\n"),
    ),
    keeps=(
        ("obcms/work/x.py", "if item.status == WorkStatus.CANCELLED:\n    pass\n"),
        ("obcms/work/x.py", "if name == 'shown':\n    pass\n"),
        ("obcms/work/x.py", "place = {WorkStatus.CANCELLED: 1}[item.status]\n"),
        ("obcms/work/x.py", "values = {'cancelled': 1}\n"),
        ("obcms/work/x.py", "if 'milestones' in inspect(ppa).unloaded:\n    pass\n"),
    ),
)
IN_TEMPLATES = Rule(
    name="No choice is compared as a string in a template",
    reason=REASON,
    files=("obcms/**/*.html",),
    check=check_template,
    breaks=(
        ("obcms/a.html", "{% if item.status.value == 'cancelled' %}off{% endif %}"),
        ("obcms/a.html", "{{ 'off' if item.priority.value in ('high', 'critical') }}"),
        ("obcms/a.html", "{{ {'equal': 'the same', 'budget': 'by budget'}[unit.value] }}"),
        ("obcms/a.html", "{{ 'off' if item.status == WorkStatus.CANCELED }}"),
        ("obcms/a.html", "{{ items|selectattr('status', 'equalto', 'cancelled')|list }}"),
        ("obcms/a.html", "{{ names|reject('in', ['cancelled', 'completed'])|list }}"),
        ("obcms/a.html", "{% if item.status is eq 'cancelled' %}off{% endif %}"),
        ("obcms/a.html", "{% if status is in(['cancelled']) %}off{% endif %}"),
    ),
    keeps=(
        ("obcms/a.html", "{{ 'off' if item.status == WorkStatus.CANCELLED }}"),
        ("obcms/a.html", "{{ badge('cancelled') }}"),
        ("obcms/a.html", "{{ items|selectattr('status', 'equalto', WorkStatus.CANCELLED)|list }}"),
        ("obcms/a.html", "{{ items|join('total') }}"),
        ("obcms/a.html", "{{ items|rejectattr('cancelled')|list }}"),
    ),
)
IN_SCRIPT_FILES = Rule(
    name="No choice is compared as a string in a script",
    reason=REASON + " A script reads what the server says in a data attribute.",
    files=("obcms/**/*.js",),
    check=check_script,
    breaks=(
        ("obcms/a.js", 'if (row.dataset.status === "cancelled") hide();'),
        ("obcms/a.js", "if ('manual' !== method(form)) return;"),
        ("obcms/a.js", 'if (["cancelled", "completed"].includes(row.dataset.status)) hide();'),
        ("obcms/a.js", 'if ([open, "cancelled"].indexOf(status) >= 0) hide();'),
        ("obcms/a.js", 'switch (method) { case "manual": break; }'),
        ("obcms/a.js", 'const FIELDS = { weighted: "weights", manual: "allocations" };'),
    ),
    keeps=(
        ("obcms/a.js", "if (row.dataset.status === wanted) show();"),
        ("obcms/a.js", 'const names = ["cancelled"]; if (row.includes(name)) show();'),
    ),
)
