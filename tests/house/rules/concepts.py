"""What the kernel must not know: the tables, columns and pages of the slices."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from obcms import SLICES
from obcms.kernel.extensions import Base
from obcms.kernel.slices import load_parts
from tests.house.rules.source import Finding, Rule, Source

ACRONYMS = frozenset({"moa", "mfbm", "obc"})  # of offices and people
GENERAL = frozenset({"created_at", "updated_at", "search_text"})  # of the kernel's own mixins
# Words that the kernel has for things of its own, though a slice calls something so, too.
OWN = {
    "act": "what one person did at one moment",
    "changed_at": "when a value became another one",
    "code_key": "the form by which codes are compared",
    "content_type": "a header of HTTP",
    "last_entry": "the trail's last one",
    "message_id": "a header of mails",
    "name_key": "the form by which names are compared",
    "record_id": "the number of any record in an address",
    "threshold": "of Python's collector of garbage",
}
# Bootstrap's box for a message, and its kinds.
BOOTSTRAP = frozenset({"alert", "alert-", "alert-dismissible", "alert-success"})
PAGES = frozenset({"admin", "api_docs", "job_run", "jobs_files", "queue", "schedule", "static"})
# What the kernel knows all the same: where, what, and why.
KNOWN = {
    "obcms/kernel/permissions.py": (
        "alert expenditure implementing_moa_id is_active mfbm moa moa_id obligation organization "
        "organization_id ppa work_item",
        "who may do what is one table, in the words of the slices; and who sees whose PPAs",
    ),
    "obcms/kernel/api/subjects.py": ("moa", "it finds what a permission is asked about"),
    "obcms/kernel/config.py": ("mfbm", "the environment is read once, all of it (SPEC 14)"),
    "obcms/kernel/audit/subject.py": ("ppa", "the trail's entries are found by their PPA"),
    "obcms/kernel/audit/models/entry.py": ("ppa", "that column, which is stored so"),
    "obcms/kernel/audit/registry.py": (
        "acronym_key code_hash last_step number_key password_hash payee_key ppa "
        "root_ppa_id title_key tree_key",
        "a column's name makes it a secret, or leaves it out, in whichever table it comes to",
    ),
    "obcms/kernel/security/models.py": ("recovery_code", "the kinds of event are one list"),
    "obcms/kernel/screens/static/app.css": ("recovery_code", "their colors"),
}


@cache
def words() -> frozenset[str]:
    """The slices' tables, and those of their columns that have a name of several words."""
    load_parts(SLICES)
    tables, columns, kernel = set(), set(), set(GENERAL)
    for mapper in Base.registry.mappers:
        names = mapper.local_table.columns.keys()
        if mapper.class_.__module__.startswith("obcms.kernel."):
            kernel.update(names)
        else:
            tables.add(mapper.local_table.name)
            columns.update(name for name in names if "_" in name)
    return frozenset((tables | columns - kernel | ACRONYMS) - OWN.keys())


def check(source: Source) -> Iterator[Finding]:
    known = KNOWN.get(str(source.path), ("", ""))[0].split()
    yield from ((line, f"knows {word}") for line, word in found(source) if word not in known)


def found(source: Source) -> Iterator[Finding]:
    """Each word of a slice in the file, with its line."""
    for line, text in _texts(source):
        for name in set(re.findall(r"[A-Za-z][\w-]*", text)) - BOOTSTRAP:
            told = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).replace("-", "_").lower()
            yield from ((line, word) for word in words() if f"_{word}_" in f"_{told}_")
        for page in re.findall(r"url_for\(\s*[\"'](\w+)", text):
            if page not in PAGES:
                yield line, page


def _texts(source: Source) -> Iterator[tuple[int, str]]:
    """Names and texts of Python without its docstrings and comments; whole lines of the others."""
    if source.path.suffix != ".py":
        yield from enumerate(source.text.splitlines(), 1)
        return
    lone = (node.value for node in ast.walk(source.tree) if isinstance(node, ast.Expr))
    docstrings = {id(value) for value in lone if isinstance(value, ast.Constant)}
    for node in ast.walk(source.tree):
        if id(node) in docstrings or not hasattr(node, "lineno"):
            continue
        if isinstance(node, ast.Call) and node.args:
            yield node.lineno, ast.unparse(node)[:40]  # the address in a call of `url_for`
        for part in ("id", "attr", "arg", "name", "value"):
            if isinstance(text := getattr(node, part, None), str):
                yield node.lineno, text


CONCEPTS = Rule(
    name="The kernel knows no concept",
    reason="What knows a slice from below must be changed with it, and is forgotten.",
    files=tuple(f"obcms/kernel/**/*{kind}" for kind in (".py", ".html", ".js", ".css")),
    check=check,
    breaks=(
        ("obcms/kernel/db/x.py", 'SAID = {"ck_ppa_progress_range": "Progress is a percent."}\n'),
        ("obcms/kernel/audit/x.py", 'LABELS = {"obc_share": "OBC share"}\n'),
        ("obcms/kernel/audit/x.py", "def ppa_of(row):\n    return row\n"),
        ("obcms/kernel/audit/x.py", "class WorkItemLink:\n    pass\n"),
        ("obcms/kernel/screens/x.py", 'url_for("auth.sign_in")\n'),
        ("obcms/kernel/screens/x.html", "<a href=\"{{ url_for('help.page') }}\">Help</a>\n"),
        ("obcms/kernel/screens/x.html", "{{ current_user.organization.acronym }}\n"),
        ("obcms/kernel/screens/x.css", ".badge-alert-open { color: red; }\n"),
        ("obcms/kernel/screens/x.css", ".alert-figures { max-width: 760px; }\n"),
        ("obcms/kernel/screens/x.css", "td.col-budget_allocation { text-align: right; }\n"),
        ("obcms/kernel/screens/x.js", "const number = row.dataset.workItem_id;\n"),
    ),
    keeps=(
        ("obcms/kernel/audit/x.py", '"""Such as a PPA."""\n\nLABELS = {}  # of a PPA\n'),
        ("obcms/kernel/audit/subject.py", 'ROOT = "ppa"\n'),
        ("obcms/kernel/screens/x.py", 'url_for("job_run.index_view")\n'),
        ("obcms/kernel/screens/x.html", '<div class="alert alert-dismissible">Saved.</div>\n'),
    ),
)
